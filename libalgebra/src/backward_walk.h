// backward_walk.h: what the derivatives of signatures and of log signatures share.
#pragma once

#include "libalgebra/buffer.h"
#include "libalgebra/interruption.h"
#include "libalgebra/path.h"
#include "libalgebra/shape.h"
#include "libalgebra/status.h"

#include <cstddef>

namespace libalgebra {

/// The signatures of the halves of a path, without their top levels, and room for the walk.
struct path_halves {
    buffer<double> memory;
    double* before;
    double* after;
    double* rest;
};

/// Those for a signature of depth 1 and more, of a path of a point at least. It can be interrupted.
[[nodiscard]] status half_signatures(const path_view& path, std::size_t depth,
                                     const interruption& stop, path_halves& halves);

/// The bytes that it allocates.
[[nodiscard]] status half_signatures_workspace(const shape& s, std::size_t& bytes);

/// Adds the derivative of the sum over words of cotangent times signature to `gradient`, for at
/// least two points, and two letters or depth 1. Of `halves` it changes the rest.
[[nodiscard]] status walk_both_ways(const path_view& path, std::size_t depth,
                                    const path_halves& halves, const double* cotangent,
                                    double* gradient, const interruption& stop);

/// Checks the arguments and sets the gradient to 0; `is_done` if the path has no steps.
[[nodiscard]] status clear_gradient(const path_view& path, const double* cotangent,
                                    double* gradient, bool& is_done);

} // namespace libalgebra
