// nested_brackets.h: sums over words of coefficient times nested bracket, in Hall coordinates.
#pragma once

#include "kernel.h"
#include "libalgebra/bracket_table.h"
#include "libalgebra/hall_basis.h"
#include "libalgebra/hall_basis_cache.h"
#include "libalgebra/shape.h"
#include "libalgebra/status.h"

#include <cstddef>

namespace libalgebra {

/// With one letter every bracket vanishes: nothing beyond degree 1 is worth computing.
[[nodiscard]] inline shape without_vanishing(const shape& s) {
    return s.width == 1 && s.depth > 1 ? shape{1, 1} : s;
}

/// result(a, b) = (level(ab) - level(ba)) / 2 for letters a < b: what degree 2 amounts to. `level`
/// holds width^2 coefficients.
void project_degree_two(std::size_t width, const double* level, double* result);

/// The coordinates of degree n > 2, which are n.length: 1/n times the sum over all words of
/// coefficient times [...[a1,a2],...,an]. `level` holds width^n coefficients, from which the
/// products of a Lie element l and a tensor t, l_1 t_(n-1) + ... + l_(n-1) t_1, are subtracted if
/// there are any; the level is overwritten. `result` has the coordinates of lower degrees if they
/// are needed, and receives those of degree n. True when stopped.
[[nodiscard]] bool project_degree(const bracket_table& table, std::size_t width,
                                  const tensor_level& n, double* level,
                                  const lie_products& products, double* result, pacer& pace);

/// The transposed map, without products: from a cotangent of the coordinates of degree n > 2 to one
/// of the level. `workspace` holds what nested_brackets_doubles says. True when stopped.
[[nodiscard]] bool spread_degree(const bracket_table& table, std::size_t width,
                                 const tensor_level& n, const double* cotangent, double* level,
                                 double* workspace, pacer& pace);

[[nodiscard]] status nested_brackets_doubles(const shape& s, std::size_t& doubles);

/// The transposed map of tensor_to_lie: from a cotangent of the coordinates to one of the tensor.
/// Allocates what tensor_to_lie does.
[[nodiscard]] status tensor_to_lie_vjp(const shape& s, const double* cotangent,
                                       hall_basis_cache& cache, double* tensor, pacer& pace);

/// The coordinates of a Lie element. Its top levels, as many as `unfinished` says, are the tensor's
/// but for the products: see project_degree. The tensor is overwritten.
[[nodiscard]] status project_tensor(const shape& s, double* tensor, std::size_t unfinished,
                                    const lie_products& products, hall_basis_cache& cache,
                                    double* result, pacer& pace);

/// An upper bound of the bytes that the basis and its brackets take while they are built.
[[nodiscard]] status bracket_table_workspace(const shape& s, std::size_t& bytes);

} // namespace libalgebra
