// combine_body.h: all products that make one level of a tensor; included by tensor_kernel_body.h.
#include "tensor_kernel.h"

#include <cstring>

namespace libalgebra {
namespace LIBALGEBRA_VARIANT {
namespace {

/// This many sums are formed at a time: those of some runs, or of a part of one. They are on the
/// stack, of which a function takes less than a page: what takes more asks for help of the
/// compiler's runtime on Windows.
constexpr std::size_t sums_size = 2 * combination_run_max;

/// Two letters at this depth are more than any memory holds.
constexpr std::size_t factors_max = 48;

/// The product a_i b_(n-i) in the current run: a coefficient of a times a run of b.
template <typename Real>
struct long_factor {
    const Real* a;
    const Real* b;
    std::size_t period;    ///< how many runs share a coefficient of a
    std::size_t remaining; ///< how many of them are left

    LIBALGEBRA_INLINE void next(std::size_t run) {
        b += run;
        if (--remaining == 0) {
            remaining = period;
            b -= period * run;
            ++a;
        }
    }

    LIBALGEBRA_INLINE void skip(std::size_t runs, std::size_t run) {
        a += runs / period;
        b += runs % period * run;
        remaining -= runs % period;
    }
};

/// From sums to result, from the word `at` of a run on as far as `Vectors` vectors at a time go.
template <typename Real, typename Lanes, std::size_t Vectors>
LIBALGEBRA_INLINE std::size_t finish_run(std::size_t at, std::size_t size, std::size_t begin,
                                         const long_factor<Real>* factors, std::size_t count,
                                         const level_combination<Real>& task, const Real* sums) {
    constexpr std::size_t lanes = Lanes::reals;
    for (; at + Vectors * lanes <= size; at += Vectors * lanes) {
        Lanes sum[Vectors];
        for (std::size_t i = 0; i < Vectors; ++i)
            sum[i] = Lanes::load(sums + at + i * lanes);
        for (std::size_t f = 0; f < count; ++f) {
            const Real* b = factors[f].b + begin + at;
            for (std::size_t i = 0; i < Vectors; ++i)
                sum[i] = sum[i].plus_product(*factors[f].a, Lanes::load(b + i * lanes));
        }
        for (std::size_t i = 0; i < Vectors; ++i)
            Lanes::load(task.base + begin + at + i * lanes)
                .plus_product(task.sign, sum[i])
                .times(Lanes::broadcast(task.scale))
                .store(task.out + begin + at + i * lanes);
    }
    return at;
}

/// out = a b for a right factor of `Size` coefficients.
template <std::size_t Size, typename Real>
LIBALGEBRA_INLINE void put_outer_of(const Real* LIBALGEBRA_RESTRICT a, std::size_t a_size,
                                    const Real* LIBALGEBRA_RESTRICT b,
                                    Real* LIBALGEBRA_RESTRICT out) {
    for (std::size_t i = 0; i < a_size; ++i)
        for (std::size_t j = 0; j < Size; ++j)
            out[i * Size + j] = a[i] * b[j];
}

/// out = a b for the letters b. Vectors reach beyond the last letter, where the next product, or
/// nothing that matters, is written.
template <typename Real>
LIBALGEBRA_INLINE void put_letters(const Real* a, std::size_t a_size, const Real* b,
                                   std::size_t width, Real* out) {
    using lanes = vector_of<Real>;
    if (width == 4 && lanes::reals > 4)
        return put_outer_of<4>(a, a_size, b, out);
    Real rest[lanes::reals] = {};
    const std::size_t whole = width - width % lanes::reals;
    for (std::size_t j = whole; j < width; ++j)
        rest[j - whole] = b[j];
    const lanes last = lanes::load(rest);
    for (std::size_t i = 0; i < a_size; ++i, out += width) {
        const lanes factor = lanes::broadcast(a[i]);
        for (std::size_t j = 0; j < whole; j += lanes::reals)
            factor.times(lanes::load(b + j)).store(out + j);
        if (whole < width)
            factor.times(last).store(out + whole);
    }
}

/// out += a b for a right factor of `Size` coefficients, or of any number of them.
template <std::size_t Size, typename Real>
LIBALGEBRA_INLINE void add_outer_of(const Real* LIBALGEBRA_RESTRICT a, std::size_t a_size,
                                    const Real* LIBALGEBRA_RESTRICT b,
                                    Real* LIBALGEBRA_RESTRICT out) {
    for (std::size_t i = 0; i < a_size; ++i)
        for (std::size_t j = 0; j < Size; ++j)
            out[i * Size + j] = multiply_add(a[i], b[j], out[i * Size + j]);
}

template <typename Real>
LIBALGEBRA_INLINE void add_outer_of(const Real* a, std::size_t a_size, const Real* b,
                                    std::size_t b_size, Real* out) {
    using lanes = vector_of<Real>;
    if (b_size == 4 && lanes::reals > 4)
        return add_outer_of<4>(a, a_size, b, out);
    for (std::size_t i = 0; i < a_size; ++i, out += b_size) {
        std::size_t j = 0;
        for (; j + lanes::reals <= b_size; j += lanes::reals)
            lanes::load(out + j).plus_product(a[i], lanes::load(b + j)).store(out + j);
        for (; j < b_size; ++j)
            out[j] = multiply_add(a[i], b[j], out[j]);
    }
}

/// The sums, for some runs from run `p` of a level on, of the products whose right factor is
/// shorter than a run.
template <typename Real>
LIBALGEBRA_INLINE void put_short_factors(const level_combination<Real>& task, std::size_t p,
                                         std::size_t runs, Real* sums) {
    tensor_level l = task.n;
    tensor_level r;
    l.down(task.width);
    r.up(task.width);
    if (r.size >= task.run || l.length == 0) {
        std::memset(sums, 0, runs * task.run * sizeof(Real));
        return;
    }
    std::size_t a_size = task.run / task.width;
    put_letters(task.a + l.begin + p * a_size, runs * a_size, task.b + r.begin, task.width, sums);
    for (;;) {
        l.down(task.width);
        r.up(task.width);
        if (r.size >= task.run || l.length == 0)
            return;
        a_size /= task.width;
        add_outer_of(task.a + l.begin + p * a_size, runs * a_size, task.b + r.begin, r.size, sums);
    }
}

/// The products whose right factor is at least a run long, and the number of them, from run `first`
/// on.
template <typename Real>
LIBALGEBRA_INLINE std::size_t find_long_factors(const level_combination<Real>& task,
                                                std::size_t first, long_factor<Real>* factors) {
    std::size_t count = 0;
    tensor_level left;
    tensor_level right = task.n;
    while (left.length + 1 < task.n.length && right.size > task.run) {
        left.up(task.width);
        right.down(task.width);
        if (right.size < task.run)
            break;
        const std::size_t period = right.size / task.run;
        factors[count] = {task.a + left.begin, task.b + right.begin, period, period};
        factors[count++].skip(first, task.run);
    }
    return count;
}

/// The level, when its long factors are known. The sums are not on the stack of who finds these:
/// together they would take more than a page.
template <typename Real>
LIBALGEBRA_SHARED void combine_runs(level_combination<Real>& task, long_factor<Real>* factors,
                                    std::size_t count) {
    const std::size_t run = task.run;
    const std::size_t first = task.first / run;
    const std::size_t last = first + task.words / run;
    const std::size_t at_once = run < sums_size ? sums_size / run : 1;
    alignas(64) Real sums[sums_size + vector_of<Real>::reals];
    if (run > combination_run_max)
        std::memset(sums, 0, sizeof sums);
    for (std::size_t p = first; p < last; p += at_once) {
        const std::size_t end = last - p < at_once ? last : p + at_once;
        if (run <= combination_run_max)
            put_short_factors(task, p, end - p, sums);
        for (std::size_t i = p; i < end; ++i) {
            for (std::size_t begin = 0; begin < run; begin += sums_size) {
                const Real* const from = sums + (i - p) * run;
                const std::size_t size = run - begin < sums_size ? run - begin : sums_size;
                std::size_t at = finish_run<Real, vector_of<Real>, 4>(0, size, begin, factors,
                                                                      count, task, from);
                at = finish_run<Real, vector_of<Real>, 1>(at, size, begin, factors, count, task,
                                                          from);
                finish_run<Real, one<Real>, 1>(at, size, begin, factors, count, task, from);
            }
            task.base += run;
            task.out += run;
            for (std::size_t f = 0; f < count; ++f)
                factors[f].next(run);
        }
    }
}

/// Every coefficient is stored once: the products whose right factor is at least a run long are
/// summed in registers, after the others.
template <typename Real>
LIBALGEBRA_TARGET void combine(const level_combination<Real>& whole) {
    level_combination<Real> task = whole;
    long_factor<Real> factors[factors_max];
    combine_runs(task, factors, find_long_factors(task, task.first / task.run, factors));
}

} // namespace
} // namespace LIBALGEBRA_VARIANT
} // namespace libalgebra
