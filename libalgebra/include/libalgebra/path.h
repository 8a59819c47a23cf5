// libalgebra/path.h: a view of a path in memory, as other libraries lay it out.
#pragma once

#include "libalgebra/status.h"

#include <cstddef>

namespace libalgebra {

/// The type of a path's coordinates.
enum class scalar { float32, float64 };

/// `length` points of `width` coordinates each, piecewise linear between them. Coordinate j of
/// point i is at `data + i * point_stride + j * letter_stride`: strides are in bytes, may be
/// negative or 0, and nothing needs to be aligned. The view owns nothing.
struct path_view {
    const void* data;
    scalar type;
    std::size_t length;
    std::size_t width;
    std::ptrdiff_t point_stride;
    std::ptrdiff_t letter_stride;
};

/// `ok` if the width is at least 1 and there is data wherever there are points.
[[nodiscard]] status path_check(const path_view& path);

/// increment[j] = point(step + 1)[j] - point(step)[j], subtracted in double whatever the type.
/// step + 1 < path.length; `increment` holds path.width doubles.
void path_increment(const path_view& path, std::size_t step, double* increment);

} // namespace libalgebra
