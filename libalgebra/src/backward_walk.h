// backward_walk.h: what the derivatives of signatures and of log signatures share.
#pragma once

#include "libalgebra/buffer.h"
#include "libalgebra/interruption.h"
#include "libalgebra/path.h"
#include "libalgebra/shape.h"
#include "libalgebra/status.h"

#include <cstddef>

namespace libalgebra {

/// The signature without its top level: of depth - 1, for depth 1 and more. It can be interrupted.
[[nodiscard]] status lower_signature(const path_view& path, std::size_t depth,
                                     const interruption& stop, buffer<double>& result);

/// Adds the derivative of the sum over words of cotangent times signature to `gradient`, for at
/// least two points, two letters and depth 1. `signature` is that of the path, of depth - 1.
[[nodiscard]] status walk_backward(const path_view& path, std::size_t depth,
                                   const double* signature, const double* cotangent,
                                   double* gradient, const interruption& stop);

/// The bytes that it allocates.
[[nodiscard]] status walk_backward_workspace(const shape& s, std::size_t& bytes);

/// Checks the arguments and sets the gradient to 0; `is_done` if the path has no steps.
[[nodiscard]] status clear_gradient(const path_view& path, const double* cotangent,
                                    double* gradient, bool& is_done);

} // namespace libalgebra
