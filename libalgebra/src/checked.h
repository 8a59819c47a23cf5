// checked.h: sizes that cannot wrap around, and the early return on a failed status.
#pragma once

#include "libalgebra/status.h"

#include <cstddef>
#include <cstdint>

/// Returns from the calling function with the status of `expression` unless that is ok.
#define LIBALGEBRA_TRY(expression)                                                                 \
    do {                                                                                           \
        const ::libalgebra::status tried = (expression);                                           \
        if (tried != ::libalgebra::status::ok)                                                     \
            return tried;                                                                          \
    } while (false)

/// Promises the compiler that two pointers do not overlap; without it inner loops do not vectorise.
#if defined(_MSC_VER)
#define LIBALGEBRA_RESTRICT __restrict
#else
#define LIBALGEBRA_RESTRICT __restrict__
#endif

namespace libalgebra {

[[nodiscard]] inline status checked_add(std::size_t a, std::size_t b, std::size_t& sum) {
    if (b > SIZE_MAX - a)
        return status::too_large;
    sum = a + b;
    return status::ok;
}

[[nodiscard]] inline status checked_multiply(std::size_t a, std::size_t b, std::size_t& product) {
    if (a != 0 && b > SIZE_MAX / a)
        return status::too_large;
    product = a * b;
    return status::ok;
}

} // namespace libalgebra
