// tensor_log_vjp.cpp: the derivative of the logarithm, its steps transposed in reverse order.
#include "checked.h"
#include "libalgebra/tensor.h"
#include "tensor_levels.h"
#include "tensor_log.h"

#include <cstring>

namespace libalgebra {

namespace {

/// For g, the cotangent of the product a b of two levels: a_bar += sign g b, contracted over the
/// words of b, and b_bar += sign g a, over those of a. Sums over words are formed in parts.
void add_factors_vjp(double sign, const double* g, const double* a, std::size_t a_size,
                     const double* b, std::size_t b_size, double* a_bar, double* b_bar) {
    constexpr std::size_t parts = 8;
    for (std::size_t i = 0; i < a_size; ++i) {
        const double factor = sign * a[i];
        const double* LIBALGEBRA_RESTRICT row = g + i * b_size;
        double* LIBALGEBRA_RESTRICT to = b_bar;
        for (std::size_t j = 0; j < b_size; ++j)
            to[j] += factor * row[j];

        double sums[parts] = {};
        std::size_t j = 0;
        for (; j + parts <= b_size; j += parts)
            for (std::size_t k = 0; k < parts; ++k)
                sums[k] += row[j + k] * b[j + k];
        for (std::size_t k = 0; j < b_size; ++j, ++k)
            sums[k] += row[j] * b[j];
        double sum = 0.0;
        for (std::size_t k = 0; k < parts; ++k)
            sum += sums[k];
        a_bar[i] += sign * sum;
    }
}

/// The same for the sum over 0 < i < n of a_i b_(n-i), whose cotangent is g. True when stopped.
bool add_inner_products_vjp(double sign, const tensor_level& n, std::size_t width, const double* g,
                            const double* a, const double* b, double* a_bar, double* b_bar,
                            pacer& pace) {
    tensor_level left;
    tensor_level right = n;
    for (std::size_t i = 1; i < n.length; ++i) {
        left.up(width);
        right.down(width);
        add_factors_vjp(sign, g, a + left.begin, left.size, b + right.begin, right.size,
                        a_bar + left.begin, b_bar + right.begin);
        if (pace.spend(2 * n.size))
            return true;
    }
    return false;
}

} // namespace

/// From the top level down: level n of the cotangent is complete when all levels above it are done
/// and those of the t(k)_n, which are l_n + ... divided by k, are added.
bool tensor_log_vjp(const shape& s, const double* log, const double* tails, double* workspace,
                    double* cotangent, pacer& pace) {
    tails = log_tails(s, const_cast<double*>(tails));
    std::size_t tails_size = 0;
    for (std::size_t depth = 1; depth < s.depth; ++depth) {
        const tensor_level top = level_of(s.width, depth);
        tails_size += tail_distance(top);
    }
    if (tails_size != 0)
        std::memset(workspace, 0, tails_size * sizeof(double));

    for (tensor_level n = level_of(s.width, s.depth); n.length > 0; n.down(s.width)) {
        double* const level = cotangent + n.begin;
        const double* t = tails;
        double* t_bar = workspace;
        tensor_level top = level_of(s.width, s.depth - 1);
        for (std::size_t k = 2; k <= s.depth - n.length + 1; ++k) {
            const std::size_t size = tail_distance(top);
            double* const g = t_bar + n.begin;
            for (std::size_t i = 0; i < n.size; ++i) {
                g[i] /= static_cast<double>(k);
                level[i] += g[i];
            }
            t += size;
            t_bar += size;
            if (add_inner_products_vjp(1.0, n, s.width, g, log, t, cotangent, t_bar, pace))
                return true;
            top.down(s.width);
        }
        if (add_inner_products_vjp(-1.0, n, s.width, level, log, tails, cotangent, workspace, pace))
            return true;
    }
    return false;
}

} // namespace libalgebra
