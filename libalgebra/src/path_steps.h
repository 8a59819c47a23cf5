// path_steps.h: the increments of a path as the kernels read them, from the last one backwards.
#pragma once

#include "kernel.h"
#include "libalgebra/path.h"

#include <cstddef>
#include <cstring>

namespace libalgebra {

/// A coordinate that may be unaligned; compilers turn the copy into a plain load.
template <typename Coordinate>
[[nodiscard]] double load_coordinate(const char* from) {
    Coordinate value;
    std::memcpy(&value, from, sizeof value);
    return static_cast<double>(value);
}

/// A part of a path: `count` points from point `first` on.
[[nodiscard]] inline path_view path_part(const path_view& path, std::size_t first,
                                         std::size_t count) {
    path_view part = path;
    part.data = static_cast<const char*>(path.data) +
                static_cast<std::ptrdiff_t>(first) * path.point_stride;
    part.length = count;
    return part;
}

template <typename Coordinate, typename Real>
void read_steps_of(const path_view& path, std::size_t after, std::size_t count,
                   const step_rows<Real>& rows) {
    const char* const begin = static_cast<const char*>(path.data);
    const char* letter_end =
        begin + static_cast<std::ptrdiff_t>(path.length - 1) * path.point_stride;
    const char* letter_next = begin + static_cast<std::ptrdiff_t>(after) * path.point_stride;
    for (std::size_t letter = 0; letter < path.width; ++letter) {
        const double end = load_coordinate<Coordinate>(letter_end);
        double next = load_coordinate<Coordinate>(letter_next);
        double sum = rows.sums[letter];
        const char* from = letter_next;
        std::size_t to = letter * rows.letter_distance;
        for (std::size_t i = 0; i < count; ++i, to += rows.row) {
            from -= path.point_stride;
            const double here = load_coordinate<Coordinate>(from);
            const double increment = next - here;
            rows.increments[to] = static_cast<Real>(increment);
            rows.ends[to] = static_cast<Real>(end - next);
            sum += increment;
            next = here;
        }
        rows.sums[letter] = sum;
        letter_end += path.letter_stride;
        letter_next += path.letter_stride;
    }
}

/// Reads the `count` steps before point `after`, the last one first. Differences are formed in
/// double, whatever the types.
template <typename Real>
void read_steps(const path_view& path, std::size_t after, std::size_t count,
                const step_rows<Real>& rows) {
    if (path.type == scalar::float32)
        read_steps_of<float>(path, after, count, rows);
    else
        read_steps_of<double>(path, after, count, rows);
}

/// Level 1 of a signature: the last point minus the first one, to the last bit. Where a NaN or an
/// infinity stands between them, `sums`, of all increments, has noticed.
template <typename Real>
void read_level_one(const path_view& path, const double* sums, std::size_t letter_distance,
                    Real* level) {
    const char* first = static_cast<const char*>(path.data);
    const char* last = first + static_cast<std::ptrdiff_t>(path.length - 1) * path.point_stride;
    for (std::size_t letter = 0; letter < path.width; ++letter) {
        const double whole = path.type == scalar::float32
                                 ? load_coordinate<float>(last) - load_coordinate<float>(first)
                                 : load_coordinate<double>(last) - load_coordinate<double>(first);
        const bool is_finite = sums[letter] - sums[letter] == 0.0;
        level[letter * letter_distance] = static_cast<Real>(is_finite ? whole : sums[letter]);
        first += path.letter_stride;
        last += path.letter_stride;
    }
}

} // namespace libalgebra
