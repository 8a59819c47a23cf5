// samples.h: random numbers and paths for the tests, the same in every run and on every machine.
#pragma once

#include "libalgebra/path.h"
#include "libalgebra/shape.h"
#include "libalgebra/signature.h"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace samples {

using libalgebra::shape;

/// Shapes small enough for slow references, yet wide and deep enough to meet every branch.
inline const std::vector<shape> shapes = {{1, 1}, {1, 4}, {2, 1}, {2, 2}, {2, 3}, {2, 5}, {2, 9},
                                          {3, 2}, {3, 4}, {3, 6}, {4, 3}, {5, 4}, {7, 3}, {11, 2}};

class generator {
public:
    explicit generator(std::uint64_t seed) : state_(seed * 2 + 1) {}

    /// Uniform in [-1, 1).
    double uniform() { return static_cast<double>(bits() >> 11) / 4503599627370496.0 - 1.0; }

    /// Uniform in -limit ... limit.
    double integer(int limit) {
        return static_cast<double>(static_cast<int>(bits() >> 40) % (2 * limit + 1) - limit);
    }

    std::vector<double> uniform(std::size_t count) {
        std::vector<double> values(count);
        for (double& value : values)
            value = uniform();
        return values;
    }

private:
    std::uint64_t bits() {
        state_ = state_ * 6364136223846793005u + 1442695040888963407u;
        return (state_ ^ (state_ >> 29)) * 0x9E3779B97F4A7C15u;
    }

    std::uint64_t state_;
};

inline std::size_t tensor_size(const shape& s) {
    std::size_t size = 0;
    return libalgebra::tensor_size(s, size) == libalgebra::status::ok ? size : 0;
}

inline std::size_t lie_size(const shape& s) {
    std::size_t size = 0;
    return libalgebra::lie_size(s, size) == libalgebra::status::ok ? size : 0;
}

/// A view of contiguous points.
inline libalgebra::path_view view(const std::vector<double>& points, std::size_t width) {
    constexpr std::ptrdiff_t item = sizeof(double);
    return {points.data(),
            libalgebra::scalar::float64,
            points.size() / width,
            width,
            item * static_cast<std::ptrdiff_t>(width),
            item};
}

/// The signature of contiguous points; empty on failure.
inline std::vector<double> signature(const std::vector<double>& points, const shape& s) {
    std::vector<double> result(samples::tensor_size(s));
    if (libalgebra::signature(view(points, s.width), s.depth, result.data()) !=
        libalgebra::status::ok)
        result.clear();
    return result;
}

} // namespace samples
