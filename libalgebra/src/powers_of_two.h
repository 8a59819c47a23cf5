// powers_of_two.h: scaling that costs no digit, by the bits of a double.
#pragma once

#include <cstdint>
#include <cstring>

namespace libalgebra {

static_assert(sizeof(double) == sizeof(std::uint64_t), "a double is that of IEEE 754");

/// The exponent of a finite number: 2^e <= |x| < 2^(e+1). What is smaller than 2^-1000, 0 too,
/// counts as that, so that the power and its inverse are both normal numbers.
[[nodiscard]] inline int binary_exponent(double x) {
    std::uint64_t bits = 0;
    std::memcpy(&bits, &x, sizeof bits);
    const int exponent = static_cast<int>(bits >> 52 & 0x7FF) - 1023;
    return exponent < -1000 ? -1000 : exponent;
}

/// 2^exponent, for exponents from -1022 to 1023.
[[nodiscard]] inline double power_of_two(int exponent) {
    const std::uint64_t bits = static_cast<std::uint64_t>(exponent + 1023) << 52;
    double result = 0.0;
    std::memcpy(&result, &bits, sizeof result);
    return result;
}

} // namespace libalgebra
