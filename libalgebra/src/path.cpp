// path.cpp: reading the coordinates of a path, whatever their type, strides and alignment.
#include "libalgebra/path.h"

#include <cstring>

namespace libalgebra {

status path_check(const path_view& path) {
    if (path.width == 0 || (path.data == nullptr && path.length != 0))
        return status::invalid_argument;
    return status::ok;
}

namespace {

/// A coordinate that may be unaligned; compilers turn the copy into a plain load.
template <typename Real>
double load(const char* coordinate) {
    Real value;
    std::memcpy(&value, coordinate, sizeof value);
    return static_cast<double>(value);
}

template <typename Real>
void subtract(const char* from, const path_view& path, double* increment) {
    for (std::size_t letter = 0; letter < path.width; ++letter) {
        const char* here = from + static_cast<std::ptrdiff_t>(letter) * path.letter_stride;
        increment[letter] = load<Real>(here + path.point_stride) - load<Real>(here);
    }
}

} // namespace

void path_increment(const path_view& path, std::size_t step, double* increment) {
    const char* from =
        static_cast<const char*>(path.data) + static_cast<std::ptrdiff_t>(step) * path.point_stride;
    if (path.type == scalar::float32)
        subtract<float>(from, path, increment);
    else
        subtract<double>(from, path, increment);
}

} // namespace libalgebra
