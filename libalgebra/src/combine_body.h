// combine_body.h: all products that make one level of a tensor; included by tensor_kernel_body.h.
#include "tensor_kernel.h"

#include <cstring>

namespace libalgebra {
namespace LIBALGEBRA_VARIANT {
namespace {

/// Words are handled in runs of consecutive ones. A run ends with all words of as many letters as
/// this many sums hold, or of one letter; then its sums are formed part by part.
///
/// The sums are on the stack, of which a function takes less than a page: what takes more asks for
/// help of the compiler's runtime on Windows.
constexpr std::size_t sums_size = 128;

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

/// out += a b for a right factor of `Size` coefficients.
template <std::size_t Size, typename Real>
LIBALGEBRA_INLINE void add_short_outer(const Real* LIBALGEBRA_RESTRICT a, std::size_t a_size,
                                       const Real* LIBALGEBRA_RESTRICT b,
                                       Real* LIBALGEBRA_RESTRICT out) {
    for (std::size_t i = 0; i < a_size; ++i)
        for (std::size_t j = 0; j < Size; ++j)
            out[i * Size + j] = multiply_add(a[i], b[j], out[i * Size + j]);
}

/// The same for any size; those that fill no vector cost less when the compiler knows them.
template <typename Real>
LIBALGEBRA_INLINE void add_short_outer(const Real* a, std::size_t a_size, const Real* b,
                                       std::size_t b_size, Real* out) {
    using lanes = vector_of<Real>;
    if (b_size < lanes::reals || b_size == 3) {
        switch (b_size) {
        case 2:
            return add_short_outer<2>(a, a_size, b, out);
        case 3:
            return add_short_outer<3>(a, a_size, b, out);
        case 4:
            return add_short_outer<4>(a, a_size, b, out);
        case 5:
            return add_short_outer<5>(a, a_size, b, out);
        default:
            break;
        }
    }
    for (std::size_t i = 0; i < a_size; ++i, out += b_size) {
        std::size_t j = 0;
        for (; j + lanes::reals <= b_size; j += lanes::reals)
            lanes::load(out + j).plus_product(a[i], lanes::load(b + j)).store(out + j);
        for (; j < b_size; ++j)
            out[j] = multiply_add(a[i], b[j], out[j]);
    }
}

/// The factors that are as long as a run, and the number of them; `left` and `right` become the
/// levels of the last one.
template <typename Real>
LIBALGEBRA_INLINE std::size_t
find_long_factors(const level_combination<Real>& task, const tensor_level& prefix, std::size_t run,
                  tensor_level& left, tensor_level& right, long_factor<Real>* factors) {
    std::size_t count = 0;
    while (left.length < prefix.length && left.length + 1 < task.n.length) {
        left.up(task.width);
        right.down(task.width);
        const std::size_t period = right.size / run;
        factors[count++] = {task.a + left.begin, task.b + right.begin, period, period};
    }
    return count;
}

/// Every coefficient is stored once: the products whose right factor is at least a run long are
/// summed in registers, after the others.
template <typename Real>
LIBALGEBRA_TARGET void combine(const level_combination<Real>& whole) {
    level_combination<Real> task = whole;
    tensor_level prefix = task.n;
    std::size_t run = 1;
    while (prefix.length > 1 && (run == 1 || run * task.width <= sums_size)) {
        prefix.down(task.width);
        run *= task.width;
    }
    long_factor<Real> factors[factors_max];
    tensor_level left;
    tensor_level right = task.n;
    const std::size_t count = find_long_factors(task, prefix, run, left, right, factors);

    const std::size_t first = prefix.size / task.parts * task.part;
    const bool is_last = task.part + 1 == task.parts;
    const std::size_t last = is_last ? prefix.size : first + prefix.size / task.parts;
    task.base += first * run;
    task.out += first * run;
    for (std::size_t f = 0; f < count; ++f)
        factors[f].skip(first, run);

    Real sums[sums_size];
    for (std::size_t p = first; p < last; ++p) {
        for (std::size_t begin = 0; begin < run; begin += sums_size) {
            const std::size_t size = run - begin < sums_size ? run - begin : sums_size;
            std::memset(sums, 0, size * sizeof(Real));
            tensor_level l = left;
            tensor_level r = right;
            while (l.length + 1 < task.n.length) {
                l.up(task.width);
                r.down(task.width);
                const std::size_t a_size = l.size / prefix.size;
                add_short_outer(task.a + l.begin + p * a_size, a_size, task.b + r.begin, r.size,
                                sums);
            }
            std::size_t at =
                finish_run<Real, vector_of<Real>, 4>(0, size, begin, factors, count, task, sums);
            at = finish_run<Real, vector_of<Real>, 1>(at, size, begin, factors, count, task, sums);
            finish_run<Real, one<Real>, 1>(at, size, begin, factors, count, task, sums);
        }
        task.base += run;
        task.out += run;
        for (std::size_t f = 0; f < count; ++f)
            factors[f].next(run);
    }
}

} // namespace
} // namespace LIBALGEBRA_VARIANT
} // namespace libalgebra
