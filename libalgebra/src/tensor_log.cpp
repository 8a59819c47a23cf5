// tensor_log.cpp: the logarithm in the truncated tensor algebra, by inverting the exponential.
#include "checked.h"
#include "libalgebra/buffer.h"
#include "libalgebra/tensor.h"
#include "tensor_levels.h"

#include <cstring>

namespace libalgebra {

namespace {

/// Words are handled in runs of consecutive ones, at least this long where the level is.
constexpr std::size_t run_min = 64;

/// How many words of a run are summed before they are stored. A run that has products with factors
/// shorter than itself is shorter than run_min * width, and the width less than run_min then.
constexpr std::size_t sums_size = run_min * run_min;

/// The product a_i b_(n-i) in the current run: a coefficient of a times a run of b.
template <typename Real>
struct long_factor {
    const Real* a;
    const Real* b;
    const Real* b_begin;
    std::size_t period;    ///< how many runs share a coefficient of a
    std::size_t remaining; ///< how many of them are left

    void next(std::size_t run) {
        b += run;
        if (--remaining == 0) {
            remaining = period;
            b = b_begin;
            ++a;
        }
    }
};

/// sums[j] += the sum over the factors of a b[j] for `Size` words, in registers.
template <std::size_t Size, typename Real>
void add_factors(const long_factor<Real>* factors, std::size_t count, std::size_t begin,
                 Real* LIBALGEBRA_RESTRICT sums) {
    Real local[Size];
    for (std::size_t j = 0; j < Size; ++j)
        local[j] = sums[begin + j];
    for (std::size_t i = 0; i < count; ++i) {
        const Real x = *factors[i].a;
        const Real* LIBALGEBRA_RESTRICT b = factors[i].b + begin;
        for (std::size_t j = 0; j < Size; ++j)
            local[j] += x * b[j];
    }
    for (std::size_t j = 0; j < Size; ++j)
        sums[begin + j] = local[j];
}

/// out += a b for a right factor of `Size` coefficients.
template <std::size_t Size, typename Real>
void add_fixed_outer(const Real* LIBALGEBRA_RESTRICT a, std::size_t a_size,
                     const Real* LIBALGEBRA_RESTRICT b, Real* LIBALGEBRA_RESTRICT out) {
    for (std::size_t i = 0; i < a_size; ++i)
        for (std::size_t j = 0; j < Size; ++j)
            out[i * Size + j] += a[i] * b[j];
}

/// The same for any size; the short ones cost less when the compiler knows them.
template <typename Real>
void add_short_outer(const Real* a, std::size_t a_size, const Real* b, std::size_t b_size,
                     Real* out) {
    switch (b_size) {
    case 2:
        return add_fixed_outer<2>(a, a_size, b, out);
    case 3:
        return add_fixed_outer<3>(a, a_size, b, out);
    case 4:
        return add_fixed_outer<4>(a, a_size, b, out);
    case 5:
        return add_fixed_outer<5>(a, a_size, b, out);
    case 8:
        return add_fixed_outer<8>(a, a_size, b, out);
    default:
        return add_outer(a, a_size, b, b_size, out);
    }
}

/// out = scale (base + sign times the sum over 0 < i < n of a_i b_(n-i)) for the level n, where
/// `base` and `out` point to, and may be the same. Every coefficient is stored once.
template <typename Real>
void combine_level(const tensor_level& n, std::size_t width, const Real* a, const Real* b,
                   const Real* base, Real sign, Real scale, Real* out) {
    tensor_level prefix = n;
    std::size_t run = 1;
    while (prefix.length > 1 && run < run_min) {
        prefix.down(width);
        run *= width;
    }

    long_factor<Real> factors[8 * sizeof(std::size_t)];
    std::size_t factors_count = 0;
    tensor_level left;
    tensor_level right = n;
    while (left.length < prefix.length && left.length + 1 < n.length) {
        left.up(width);
        right.down(width);
        const Real* const from = b + right.begin;
        const std::size_t period = right.size / run;
        factors[factors_count++] = {a + left.begin, from, from, period, period};
    }

    Real sums[sums_size];
    for (std::size_t p = 0; p < prefix.size; ++p) {
        for (std::size_t begin = 0; begin < run; begin += sums_size) {
            const std::size_t size = run - begin < sums_size ? run - begin : sums_size;
            std::memset(sums, 0, size * sizeof(Real));
            tensor_level l = left;
            tensor_level r = right;
            while (l.length + 1 < n.length) {
                l.up(width);
                r.down(width);
                const std::size_t count = l.size / prefix.size;
                add_short_outer(a + l.begin + p * count, count, b + r.begin, r.size, sums);
            }
            std::size_t j = 0;
            for (; j + 16 <= size; j += 16)
                add_factors<16>(factors, factors_count, j, sums);
            for (; j + 4 <= size; j += 4)
                add_factors<4>(factors, factors_count, j, sums);
            for (; j < size; ++j)
                add_factors<1>(factors, factors_count, j, sums);
            for (j = 0; j < size; ++j)
                out[begin + j] = scale * (base[begin + j] + sign * sums[j]);
        }
        base += run;
        out += run;
        for (std::size_t i = 0; i < factors_count; ++i)
            factors[i].next(run);
    }
}

} // namespace

/// Room for t(2) to t(N), of depths N - 1 to 1.
status tensor_log_workspace(const shape& s, std::size_t& coefficients) {
    std::size_t size = 0;
    LIBALGEBRA_TRY(tensor_size(s, size));
    coefficients = 0;
    for (std::size_t depth = 1; depth < s.depth; ++depth) {
        LIBALGEBRA_TRY(tensor_size({s.width, depth}, size));
        LIBALGEBRA_TRY(checked_add(coefficients, size, coefficients));
    }
    return status::ok;
}

/// The logarithm l is found by inverting Horner's rule for its exponential, one level after the
/// other: with t(N+1) = 1 and t(k) = 1 + l t(k+1) / k the argument is 1 + l t(2), so
///     l_n = a_n - the sum over 0 < i < n of l_i t(2)_(n-i),
///     t(k)_n = (l_n + the sum over 0 < i < n of l_i t(k+1)_(n-i)) / k   for k = 2 to N - n + 1.
/// That is as many products as the series in a - 1 takes, but nothing cancels: the exponential of
/// the result is `a` but for the rounding of a few operations on each coefficient. The series
/// would lose a factor of about 1.4^N (N-1)! where the first level dominates.
template <typename Real>
status tensor_log(const shape& s, const Real* a, Real* result) {
    std::size_t size = 0;
    buffer<Real> tails;
    LIBALGEBRA_TRY(tensor_log_workspace(s, size));
    if (a == nullptr || result == nullptr || !(a[0] == Real(1)))
        return status::invalid_argument;
    LIBALGEBRA_TRY(tails.resize(size));

    result[0] = Real(0);
    tensor_level n;
    while (n.length < s.depth) {
        n.up(s.width);
        Real* t = tails.data();
        Real* const level = result + n.begin;
        combine_level(n, s.width, result, t, a + n.begin, Real(-1), Real(1), level);
        tensor_level top = level_of(s.width, s.depth - 1);
        for (std::size_t k = 2; k <= s.depth - n.length + 1; ++k) {
            Real* const next = t + top.begin + top.size;
            combine_level(n, s.width, result, next, level, Real(1), Real(1) / static_cast<Real>(k),
                          t + n.begin);
            t = next;
            top.down(s.width);
        }
    }
    return status::ok;
}

template status tensor_log<float>(const shape&, const float*, float*);
template status tensor_log<double>(const shape&, const double*, double*);

} // namespace libalgebra
