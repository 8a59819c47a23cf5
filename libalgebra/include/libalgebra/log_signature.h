// libalgebra/log_signature.h: the log signature of a path, in Hall coordinates.
#pragma once

#include "libalgebra/hall_basis_cache.h"
#include "libalgebra/interruption.h"
#include "libalgebra/path.h"
#include "libalgebra/shape.h"
#include "libalgebra/status.h"

#include <cstddef>

namespace libalgebra {

/// The logarithm of the signature of `path` up to degree `depth`, in the Hall basis of
/// libalgebra/hall_basis.h. `result` receives lie_size({path.width, depth}) doubles.
/// The projection table comes from `cache`, which builds it on first use. Returns `interrupted`
/// when the caller asks to stop.
[[nodiscard]] status log_signature(const path_view& path, std::size_t depth,
                                   hall_basis_cache& cache, double* result,
                                   const interruption& stop = {});

/// The same from a signature of tensor_size(s) doubles whose first entry is 1 (`invalid_argument`
/// otherwise). `signature` and `result` must not overlap.
[[nodiscard]] status signature_to_log_signature(const double* signature, const shape& s,
                                                hall_basis_cache& cache, double* result,
                                                const interruption& stop = {});

/// The same in memory that the caller provides and may use again: the signature is overwritten, and
/// `workspace` holds as many doubles as logarithm_workspace says.
[[nodiscard]] status take_signature_to_log_signature(double* signature, const shape& s,
                                                     double* workspace, hall_basis_cache& cache,
                                                     double* result, const interruption& stop = {});

[[nodiscard]] status logarithm_workspace(const shape& s, std::size_t& doubles);

/// An upper bound of the bytes that either of the first two allocates, its result not included: the
/// signature, the temporaries, and the tables that may stay in the cache.
[[nodiscard]] status log_signature_workspace(const shape& s, std::size_t& bytes);

/// The way back: the exponential of a Lie element of lie_size(s) coordinates. `result` receives
/// tensor_size(s) doubles and must not overlap the argument.
[[nodiscard]] status log_signature_to_signature(const double* log_signature, const shape& s,
                                                hall_basis_cache& cache, double* result,
                                                const interruption& stop = {});

/// An upper bound of the bytes that `log_signature_to_signature` allocates, its result not
/// included.
[[nodiscard]] status log_signature_to_signature_workspace(const shape& s, std::size_t& bytes);

} // namespace libalgebra
