// libalgebra/lie.h: Lie elements in Hall coordinates, and their tensors.
#pragma once

#include "libalgebra/hall_basis_cache.h"
#include "libalgebra/interruption.h"
#include "libalgebra/shape.h"
#include "libalgebra/status.h"

namespace libalgebra {

/// A Lie element of shape s is an array of lie_size(s) coordinates in the order of the Hall basis.
/// Bases and tables come from the cache, which builds them on first use. The sizes behave as in
/// libalgebra/tensor.h; no argument may overlap the result.

/// The Lie element whose tensor is `tensor` (tensor_size(s) coefficients; the constant term is not
/// read). By the theorem of Dynkin, Specht and Wever a Lie element of degree n is 1/n times the sum
/// over words of its coefficient times [...[a1,a2],...,an]; those brackets are nested in Hall
/// coordinates, one letter at a time. What is not a Lie element is mapped by the same formula.
/// Rounding errors of the tensor are amplified with the depth; with two letters by up to 1e2 at
/// depth 8 and 1e4 at depth 12.
[[nodiscard]] status tensor_to_lie(const shape& s, const double* tensor, hall_basis_cache& cache,
                                   double* result);

/// The tensor of a Lie element: every basis element [a,b] expanded to ab - ba. Returns
/// `interrupted` when the caller asks to stop.
[[nodiscard]] status lie_to_tensor(const shape& s, const double* lie, hall_basis_cache& cache,
                                   double* result, const interruption& stop = {});

/// [a, b], without the terms of degree above the depth. Here the result may be a or b.
[[nodiscard]] status lie_bracket(const shape& s, const double* a, const double* b,
                                 hall_basis_cache& cache, double* result);

/// An upper bound of the bytes that tensor_to_lie allocates, the tables in the cache included.
[[nodiscard]] status tensor_to_lie_workspace(const shape& s, std::size_t& bytes);

/// The same for lie_to_tensor.
[[nodiscard]] status lie_to_tensor_workspace(const shape& s, std::size_t& bytes);

} // namespace libalgebra
