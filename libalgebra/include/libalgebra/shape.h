// libalgebra/shape.h: the sizes of a truncated tensor algebra and of its free Lie algebra.
#pragma once

#include "libalgebra/status.h"

#include <cstddef>

namespace libalgebra {

/// Width (number of letters, at least 1) and depth (length of the longest words kept, 0 or more).
struct shape {
    std::size_t width;
    std::size_t depth;
};

/// Number of words of length 0 to depth: the sum of width^k.
/// `too_large` if it is not a size_t, `invalid_argument` if the width is 0.
[[nodiscard]] status tensor_size(const shape& s, std::size_t& size);

/// Dimension of the free Lie algebra up to depth, by Witt's formula: the sum over k of
/// 1/k * sum over e dividing k of mu(e) * width^(k/e).
/// `too_large` if it is not a size_t, `invalid_argument` if the width is 0.
[[nodiscard]] status lie_size(const shape& s, std::size_t& size);

/// The largest depth whose tensor_size is at most size_max; 0 if not even depth 1 fits.
[[nodiscard]] std::size_t tensor_depth_max(std::size_t width, std::size_t size_max);

/// The largest depth whose lie_size is at most size_max; 0 if not even depth 1 fits.
/// With one letter the dimension is 1 at every depth, so the answer is SIZE_MAX.
[[nodiscard]] std::size_t lie_depth_max(std::size_t width, std::size_t size_max);

} // namespace libalgebra
