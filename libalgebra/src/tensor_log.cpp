// tensor_log.cpp: the logarithm in the truncated tensor algebra, by inverting the exponential.
#include "tensor_log.h"
#include "checked.h"
#include "kernel.h"
#include "libalgebra/buffer.h"
#include "libalgebra/tensor.h"
#include "tensor_levels.h"

namespace libalgebra {

namespace {

/// The logarithm l is found by inverting Horner's rule for its exponential, one level after the
/// other: with t(N+1) = 1 and t(k) = 1 + l t(k+1) / k the argument is 1 + l t(2), so
///     l_n = a_n - the sum over 0 < i < n of l_i t(2)_(n-i),
///     t(k)_n = (l_n + the sum over 0 < i < n of l_i t(k+1)_(n-i)) / k   for k = 2 to N - n + 1.
/// That is as many products as the series in a - 1 takes, but nothing cancels: the exponential of
/// the result is `a` but for the rounding of a few operations on each coefficient. The series
/// would lose a factor of about 1.4^N (N-1)! where the first level dominates.
template <typename Real>
bool logarithm(const shape& s, std::size_t levels, const Real* a, Real* tails, Real* result,
               pacer& pace) {
    result[0] = Real(0);
    tensor_level n;
    while (n.length < levels) {
        n.up(s.width);
        Real* t = tails;
        Real* const level = result + n.begin;
        if (combine_level(level_combination<Real>{n, s.width, result, t, a + n.begin, Real(-1),
                                                  Real(1), level},
                          pace))
            return true;
        tensor_level top = level_of(s.width, s.depth - 1);
        for (std::size_t k = 2; k <= s.depth - n.length + 1; ++k) {
            Real* const next = t + tail_distance(top);
            if (combine_level(level_combination<Real>{n, s.width, result, next, level, Real(1),
                                                      Real(1) / static_cast<Real>(k), t + n.begin},
                              pace))
                return true;
            t = next;
            top.down(s.width);
        }
    }
    return false;
}

} // namespace

template <typename Real>
status tensor_log(const shape& s, const Real* a, Real* result, const interruption& stop) {
    std::size_t size = 0;
    std::size_t spent = 0;
    pacer pace(stop, spent);
    buffer<Real> tails;
    LIBALGEBRA_TRY(tensor_log_workspace(s, size));
    if (a == nullptr || result == nullptr || !(a[0] == Real(1)))
        return status::invalid_argument;
    LIBALGEBRA_TRY(tails.resize(size));
    return logarithm(s, s.depth, a, tails.data(), result, pace) ? status::interrupted : status::ok;
}

bool tensor_log_with(const shape& s, std::size_t levels, const double* a, double* workspace,
                     double* result, pacer& pace) {
    return logarithm(s, levels, a, log_tails(s, workspace), result, pace);
}

/// With l_n inserted, 2 t(2)_n is a_n and the sum of l_i u_(n-i), where u = t(3) - t(2): so l_n of
/// the level n = N - 1 need not be known.
bool tensor_log_below(const shape& s, double* a, double* workspace, pacer& pace) {
    double* const t = log_tails(s, workspace);
    if (logarithm(s, s.depth - 2, a, t, a, pace))
        return true;
    const tensor_level n = level_of(s.width, s.depth - 1);
    double* const next = t + tail_distance(n);
    for (std::size_t i = 0; i < n.begin; ++i)
        next[i] -= t[i];
    return combine_level(
        level_combination<double>{n, s.width, a, next, a + n.begin, 1.0, 0.5, t + n.begin}, pace);
}

/// Room for t(2) to t(N), of depths N - 1 to 1, and for their alignment.
status tensor_log_workspace(const shape& s, std::size_t& coefficients) {
    std::size_t size = 0;
    LIBALGEBRA_TRY(tensor_size(s, size));
    coefficients = s.depth < 2 ? 0 : 8;
    for (std::size_t depth = 1; depth < s.depth; ++depth) {
        LIBALGEBRA_TRY(tensor_size({s.width, depth}, size));
        LIBALGEBRA_TRY(checked_add(size, 7, size));
        LIBALGEBRA_TRY(checked_add(coefficients, size, coefficients));
    }
    return status::ok;
}

template status tensor_log<float>(const shape&, const float*, float*, const interruption&);
template status tensor_log<double>(const shape&, const double*, double*, const interruption&);

} // namespace libalgebra
