// row_updates.h: subtracting multiples of rows from a row, which is where recombination works.
#pragma once

#include "checked.h"

#include <cstddef>

namespace libalgebra {

/// |a|, without what <cmath> draws in: its functions are the C++ library's, which differ.
[[nodiscard]] inline double magnitude(double a) {
    return a < 0.0 ? -a : a;
}

/// How many rows are subtracted in one pass over the row that changes.
constexpr std::size_t rows_max = 4;

/// Up to `rows_max` rows and what they are multiplied with.
struct row_combination {
    const double* rows[rows_max];
    double factors[rows_max];
    std::size_t size = 0;
};

/// to -= the combination, for `length` entries from `begin` on.
inline void subtract_rows(const row_combination& what, std::size_t begin, std::size_t length,
                          double* to) {
    double* LIBALGEBRA_RESTRICT out = to + begin;
    if (what.size == rows_max) {
        const double* LIBALGEBRA_RESTRICT a = what.rows[0] + begin;
        const double* LIBALGEBRA_RESTRICT b = what.rows[1] + begin;
        const double* LIBALGEBRA_RESTRICT c = what.rows[2] + begin;
        const double* LIBALGEBRA_RESTRICT d = what.rows[3] + begin;
        const double f0 = what.factors[0], f1 = what.factors[1];
        const double f2 = what.factors[2], f3 = what.factors[3];
        for (std::size_t i = 0; i < length; ++i)
            out[i] -= (f0 * a[i] + f1 * b[i]) + (f2 * c[i] + f3 * d[i]);
        return;
    }
    for (std::size_t row = 0; row < what.size; ++row) {
        const double* LIBALGEBRA_RESTRICT from = what.rows[row] + begin;
        const double factor = what.factors[row];
        for (std::size_t i = 0; i < length; ++i)
            out[i] -= factor * from[i];
    }
}

} // namespace libalgebra
