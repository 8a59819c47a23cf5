// path_lanes.h: several paths read side by side, a lane of vectors for each.
#pragma once

#include "checked.h"
#include "libalgebra/signature.h"
#include "path_steps.h"
#include "tree_layout.h"

#include <cstddef>

namespace libalgebra {

template <typename Real>
[[nodiscard]] lane_points take_lane_points(std::size_t width, std::size_t lanes,
                                           arena<Real>& memory) {
    lane_points p;
    p.lanes = lanes;
    p.letters = width * lanes;
    p.points = take_doubles(memory, (blocks_of_lanes * steps_at_once + 1) * p.letters);
    p.last = take_doubles(memory, p.letters);
    p.sums = take_doubles(memory, p.letters);
    return p;
}

/// Copies `count` points of a path from point `first` on into a lane.
template <typename Coordinate>
void copy_points(const path_view& path, std::size_t first, std::size_t count, double* to,
                 std::size_t lanes) {
    constexpr std::ptrdiff_t item = sizeof(Coordinate);
    const char* point = static_cast<const char*>(path.data) +
                        static_cast<std::ptrdiff_t>(first) * path.point_stride;
    const auto width = static_cast<std::ptrdiff_t>(path.width);
    const bool is_contiguous = path.letter_stride == item && path.point_stride == item * width;
    if (is_contiguous) {
        for (std::size_t i = 0; i < count * path.width; ++i, point += item, to += lanes)
            *to = load_coordinate<Coordinate>(point);
        return;
    }
    for (std::size_t i = 0; i < count; ++i, point += path.point_stride) {
        const char* from = point;
        for (std::size_t letter = 0; letter < path.width; ++letter, to += lanes) {
            *to = load_coordinate<Coordinate>(from);
            from += path.letter_stride;
        }
    }
}

inline void copy_points(const path_view& path, std::size_t first, std::size_t count, double* to,
                        std::size_t lanes) {
    if (path.type == scalar::float32)
        copy_points<float>(path, first, count, to, lanes);
    else
        copy_points<double>(path, first, count, to, lanes);
}

/// As read_level_one, for one lane, after the first points of the paths have been read.
template <typename Real>
void level_one_of_lane(const lane_points& p, std::size_t lane, Real* level) {
    for (std::size_t j = lane; j < p.letters; j += p.lanes) {
        const bool is_finite = p.sums[j] - p.sums[j] == 0.0;
        *level++ = static_cast<Real>(is_finite ? p.last[j] - p.points[j] : p.sums[j]);
    }
}

} // namespace libalgebra
