// esig/ext/costs.h: how much arithmetic an answer takes, as far as it decides about threads.
//
// Counted in multiplications with addition, for shapes whose tensors have been found to fit.
#pragma once

#include <libalgebra/shape.h>

#include <cstddef>

namespace esig {

/// What starting on a path and taking a step cost besides their arithmetic.
inline constexpr double cost_of_a_path = 200;
inline constexpr double cost_of_a_step = 20;

/// Levels beyond this many words are not counted: depths without end are refused, not computed.
inline constexpr double words_max = 1e18;

/// The product with the exponential of one increment, by Horner's rule: the sum over the levels k
/// of (depth - k + 1) width^k.
inline double step_cost(const libalgebra::shape& s) {
    const double width = static_cast<double>(s.width);
    if (s.width == 1) {
        return cost_of_a_step;
    }
    double cost = cost_of_a_step;
    double words = 1;
    for (std::size_t k = 1; k <= s.depth && words < words_max; ++k) {
        words *= width;
        cost += static_cast<double>(s.depth - k + 1) * words;
    }
    return cost;
}

/// The product of two signatures: the sum over the levels k of (k - 1) width^k, and what adding
/// the levels themselves takes.
inline double product_cost(const libalgebra::shape& s) {
    const double width = static_cast<double>(s.width);
    if (s.width == 1) {
        return static_cast<double>(s.depth) * static_cast<double>(s.depth);
    }
    double cost = 0;
    double words = 1;
    for (std::size_t k = 1; k <= s.depth && words < words_max; ++k) {
        words *= width;
        cost += static_cast<double>(k + 1) * words;
    }
    return cost;
}

/// One step more than there are, for writing the result.
inline double signature_cost(const libalgebra::shape& s, double length) {
    const double steps = length < 1 ? 1 : length;
    return cost_of_a_path + static_cast<double>(s.depth) + steps * step_cost(s);
}

/// Nothing beside the arithmetic: writing a row is part of each step.
inline double writing_cost(const libalgebra::shape&) {
    return 0;
}

/// The logarithm of a signature and its projection are a few products.
inline double logarithm_cost(const libalgebra::shape& s) {
    return cost_of_a_path + static_cast<double>(s.depth) / 2 * product_cost(s);
}

} // namespace esig
