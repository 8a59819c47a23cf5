// shape.cpp: the sizes of a truncated tensor algebra and of its free Lie algebra.
#include "libalgebra/shape.h"

#include "checked.h"

namespace libalgebra {

status tensor_size(const shape& s, std::size_t& size) {
    if (s.width == 0)
        return status::invalid_argument;
    if (s.width == 1)
        return checked_add(s.depth, 1, size);

    std::size_t words = 1;
    std::size_t total = 1;
    for (std::size_t length = 1; length <= s.depth; ++length) {
        LIBALGEBRA_TRY(checked_multiply(words, s.width, words));
        LIBALGEBRA_TRY(checked_add(total, words, total));
    }
    size = total;
    return status::ok;
}

namespace {

/// The Moebius function: 0 if a square divides n, else the sign of the number of its primes.
int moebius(std::size_t n) {
    int sign = 1;
    for (std::size_t prime = 2; prime <= n; ++prime) {
        if (n % prime != 0)
            continue;
        n /= prime;
        if (n % prime == 0)
            return 0;
        sign = -sign;
    }
    return sign;
}

/// base^exponent = quotient * divisor + remainder, without ever forming the power: it may leave a
/// size_t although the quotient does not.
status divided_power(std::size_t base, std::size_t exponent, std::size_t divisor,
                     std::size_t& quotient, std::size_t& remainder) {
    quotient = 1 / divisor;
    remainder = 1 % divisor;
    for (std::size_t i = 0; i < exponent; ++i) {
        LIBALGEBRA_TRY(checked_multiply(quotient, base, quotient));
        LIBALGEBRA_TRY(checked_multiply(remainder, base, remainder));
        LIBALGEBRA_TRY(checked_add(quotient, remainder / divisor, quotient));
        remainder %= divisor;
    }
    return status::ok;
}

/// Number of Hall basis elements of one degree, by Witt's formula.
status degree_size(std::size_t width, std::size_t degree, std::size_t& size) {
    std::size_t plus = 0;
    std::size_t minus = 0;
    std::size_t plus_remainder = 0;
    std::size_t minus_remainder = 0;
    for (std::size_t e = 1; e <= degree; ++e) {
        const int sign = degree % e == 0 ? moebius(e) : 0;
        if (sign == 0)
            continue;
        std::size_t quotient = 0;
        std::size_t remainder = 0;
        LIBALGEBRA_TRY(divided_power(width, degree / e, degree, quotient, remainder));
        LIBALGEBRA_TRY(checked_add(sign > 0 ? plus : minus, quotient, sign > 0 ? plus : minus));
        (sign > 0 ? plus_remainder : minus_remainder) += remainder;
    }
    // The remainders differ by a multiple of the degree, because the whole sum is one.
    size = plus - minus;
    if (plus_remainder >= minus_remainder)
        return checked_add(size, (plus_remainder - minus_remainder) / degree, size);
    size -= (minus_remainder - plus_remainder) / degree;
    return status::ok;
}

} // namespace

status lie_size(const shape& s, std::size_t& size) {
    if (s.width == 0)
        return status::invalid_argument;
    if (s.width == 1) {
        size = s.depth == 0 ? 0 : 1;
        return status::ok;
    }

    std::size_t total = 0;
    for (std::size_t degree = 1; degree <= s.depth; ++degree) {
        std::size_t elements = 0;
        LIBALGEBRA_TRY(degree_size(s.width, degree, elements));
        LIBALGEBRA_TRY(checked_add(total, elements, total));
    }
    size = total;
    return status::ok;
}

std::size_t tensor_depth_max(std::size_t width, std::size_t size_max) {
    if (width == 0 || size_max == 0)
        return 0;
    if (width == 1)
        return size_max - 1;

    std::size_t depth = 0;
    std::size_t size = 0;
    while (tensor_size({width, depth + 1}, size) == status::ok && size <= size_max)
        ++depth;
    return depth;
}

std::size_t lie_depth_max(std::size_t width, std::size_t size_max) {
    if (width == 0 || size_max == 0)
        return 0;
    if (width == 1)
        return SIZE_MAX;

    std::size_t depth = 0;
    std::size_t size = 0;
    while (lie_size({width, depth + 1}, size) == status::ok && size <= size_max)
        ++depth;
    return depth;
}

} // namespace libalgebra
