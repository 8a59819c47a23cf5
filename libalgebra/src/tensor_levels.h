// tensor_levels.h: where the levels of a tensor are, and the product of two levels.
#pragma once

#include "checked.h"

#include <cstddef>

namespace libalgebra {

/// The words of one length: `size` coefficients from `begin` on.
struct tensor_level {
    std::size_t length = 0;
    std::size_t begin = 0;
    std::size_t size = 1;

    void up(std::size_t width) {
        ++length;
        begin += size;
        size *= width;
    }

    void down(std::size_t width) {
        --length;
        size /= width;
        begin -= size;
    }
};

[[nodiscard]] inline tensor_level level_of(std::size_t width, std::size_t length) {
    tensor_level level;
    while (level.length < length)
        level.up(width);
    return level;
}

/// out += a b, for the tensor product of two levels; `out` overlaps neither.
template <typename Real>
void add_outer(const Real* LIBALGEBRA_RESTRICT a, std::size_t a_size,
               const Real* LIBALGEBRA_RESTRICT b, std::size_t b_size,
               Real* LIBALGEBRA_RESTRICT out) {
    for (std::size_t i = 0; i < a_size; ++i) {
        const Real factor = a[i];
        Real* LIBALGEBRA_RESTRICT block = out + i * b_size;
        for (std::size_t j = 0; j < b_size; ++j)
            block[j] += factor * b[j];
    }
}

/// out += the sum over 0 < i < n of a_i b_(n-i), where n is the level of `out`.
template <typename Real>
void add_inner_products(const tensor_level& n, std::size_t width, const Real* a, const Real* b,
                        Real* out) {
    tensor_level left;
    tensor_level right = n;
    for (std::size_t i = 1; i < n.length; ++i) {
        left.up(width);
        right.down(width);
        add_outer(a + left.begin, left.size, b + right.begin, right.size, out);
    }
}

} // namespace libalgebra
