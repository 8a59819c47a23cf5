// libalgebra/gradient.h: derivatives of signatures and log signatures with respect to the points.
#pragma once

#include "libalgebra/hall_basis_cache.h"
#include "libalgebra/interruption.h"
#include "libalgebra/path.h"
#include "libalgebra/shape.h"
#include "libalgebra/status.h"

#include <cstddef>

namespace libalgebra {

/// Vector-Jacobian products, as reverse-mode differentiation needs them. With S the signature of
/// the path and c the cotangent, gradient[i * path.width + j] is the derivative of the sum over
/// words of c S with respect to coordinate j of point i; it holds path.length * path.width doubles.
/// `cotangent` holds tensor_size({path.width, depth}) doubles; that of the empty word is not read.
///
/// The path is walked from its middle to both ends with what the cotangent says of brackets at each
/// point (src/gradient.cpp), which is as large as half a signature at most: the memory does not
/// depend on the length. Returns `interrupted` when the caller asks to stop.
[[nodiscard]] status signature_vjp(const path_view& path, std::size_t depth,
                                   const double* cotangent, double* gradient,
                                   const interruption& stop = {});

/// The same for the log signature: `cotangent` holds lie_size({path.width, depth}) doubles.
[[nodiscard]] status log_signature_vjp(const path_view& path, std::size_t depth,
                                       const double* cotangent, hall_basis_cache& cache,
                                       double* gradient, const interruption& stop = {});

/// Upper bounds of the bytes that these allocate, the tables in the cache included.
[[nodiscard]] status signature_vjp_workspace(const shape& s, std::size_t& bytes);
[[nodiscard]] status log_signature_vjp_workspace(const shape& s, std::size_t& bytes);

} // namespace libalgebra
