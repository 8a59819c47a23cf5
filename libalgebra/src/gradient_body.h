// gradient_body.h: the loops of the signature's derivative; included by tensor_kernel_body.h.
#include "tensor_kernel.h"

namespace libalgebra {
namespace LIBALGEBRA_VARIANT {
namespace {

struct reciprocal_table {
    double of[depth_max + 1] = {};

    constexpr reciprocal_table() {
        for (std::size_t i = 1; i <= depth_max; ++i)
            of[i] = 1.0 / static_cast<double>(i);
    }
};

constexpr reciprocal_table reciprocals;

/// One letter's run, from the word `at` on as far as whole `Lanes` go.
template <typename Lanes>
LIBALGEBRA_INLINE std::size_t undo_run(std::size_t at, const letter_runs& level, std::size_t chains,
                                       double z, const double* b, double* s, double* out) {
    const std::size_t run = level.run;
    const std::size_t run_stride = padded(run);
    const std::size_t level_stride = padded(level.width * run);
    for (; at + Lanes::reals <= run; at += Lanes::reals) {
        const Lanes rest = Lanes::load(s + at).plus_product(-z, Lanes::load(b + at));
        rest.store(s + at);
        for (std::size_t i = 1; i <= chains; ++i)
            rest.plus_product(z, Lanes::load(b + i * run_stride + at))
                .times(Lanes::broadcast(reciprocals.of[i]))
                .store(out + (i - 1) * level_stride + at);
    }
    return at;
}

LIBALGEBRA_TARGET void undo(const letter_runs& level, std::size_t chains, const double* z,
                            const double* b, double* s, double* out) {
    for (std::size_t letter = 0; letter < level.width; ++letter) {
        std::size_t at = undo_run<group_of<double>>(0, level, chains, z[letter], b, s, out);
        at = undo_run<vector_of<double>>(at, level, chains, z[letter], b, s, out);
        undo_run<one<double>>(at, level, chains, z[letter], b, s, out);
        s += level.run;
        out += level.run;
    }
}

/// What a contraction reads and writes, for one step or several.
struct contraction {
    letter_runs level;
    const double* y;
    const double* z;
    double scale;
    const double* b;
    std::size_t b_stride;
    double* c;
    double* sums;
    double* total; ///< what y is added to, or null
};

/// Words that are contracted before the next lanes of the sums take their turn: few enough to stay
/// in the cache.
constexpr std::size_t contract_block = 256;

/// Contracts `Letters` letters from `letter` on, for every gradient_lanes-th vector of words from
/// `at` up to `end`. Their sums stay in registers; c is read unless these are the first letters,
/// and is scaled after the last ones.
template <std::size_t Steps, std::size_t Letters, bool Adds>
LIBALGEBRA_INLINE void contract_letters(const contraction& task, std::size_t letter, std::size_t at,
                                        std::size_t end) {
    using lanes = vector_of<double>;
    const std::size_t width = task.level.width;
    const std::size_t run = task.level.run;
    const std::size_t run_stride = padded(run);
    const bool is_last = letter + Letters == width;
    double* const sums = task.sums + letter * gradient_lanes + at % gradient_lanes;
    lanes sum[Steps][Letters];
    for (std::size_t t = 0; t < Steps; ++t)
        for (std::size_t l = 0; l < Letters; ++l)
            sum[t][l] = lanes::load(sums + (t * width + l) * gradient_lanes);
    for (; at < end; at += gradient_lanes) {
        lanes x[Letters];
        for (std::size_t l = 0; l < Letters; ++l) {
            x[l] = lanes::load(task.y + (letter + l) * run + at);
            if constexpr (Adds) {
                double* const total = task.total + (letter + l) * run + at;
                lanes::load(total).plus(x[l]).store(total);
            }
        }
        for (std::size_t t = 0; t < Steps; ++t) {
            const double* const z = task.z + t * width + letter;
            double* const c = task.c + t * run_stride + at;
            const lanes factor = lanes::load(task.b + t * task.b_stride + at);
            lanes local = letter == 0 ? lanes::broadcast(0.0) : lanes::load(c);
            for (std::size_t l = 0; l < Letters; ++l) {
                local = local.plus_product(z[l], x[l]);
                sum[t][l] = sum[t][l].plus_product(x[l], factor);
            }
            (is_last ? local.times(lanes::broadcast(task.scale)) : local).store(c);
        }
    }
    for (std::size_t t = 0; t < Steps; ++t)
        for (std::size_t l = 0; l < Letters; ++l)
            sum[t][l].store(sums + (t * width + l) * gradient_lanes);
}

/// All letters, at most `Letters` at a time, for the words that fill whole lanes of the sums.
template <std::size_t Steps, std::size_t Letters, bool Adds>
LIBALGEBRA_INLINE void contract_lanes(const contraction& task) {
    const std::size_t width = task.level.width;
    const std::size_t whole = task.level.run - task.level.run % gradient_lanes;
    for (std::size_t begin = 0; begin < whole; begin += contract_block) {
        const std::size_t end = whole - begin < contract_block ? whole : begin + contract_block;
        for (std::size_t at = begin; at < begin + gradient_lanes; at += vector_of<double>::reals) {
            std::size_t letter = 0;
            for (; letter + Letters <= width; letter += Letters)
                contract_letters<Steps, Letters, Adds>(task, letter, at, end);
            if constexpr (Letters > 2)
                for (; letter + 2 <= width; letter += 2)
                    contract_letters<Steps, 2, Adds>(task, letter, at, end);
            for (; letter < width; ++letter)
                contract_letters<Steps, 1, Adds>(task, letter, at, end);
        }
    }
}

/// The words that are left, one by one, into the lanes of their places.
template <std::size_t Steps, bool Adds>
LIBALGEBRA_INLINE void contract_rest(const contraction& task) {
    const std::size_t width = task.level.width;
    const std::size_t run = task.level.run;
    for (std::size_t at = run - run % gradient_lanes; at < run; ++at) {
        for (std::size_t t = 0; t < Steps; ++t) {
            const double factor = task.b[t * task.b_stride + at];
            double local = 0.0;
            double* sum = task.sums + t * width * gradient_lanes + at % gradient_lanes;
            for (std::size_t letter = 0; letter < width; ++letter, sum += gradient_lanes) {
                const double x = task.y[letter * run + at];
                local = multiply_add(task.z[t * width + letter], x, local);
                *sum = multiply_add(x, factor, *sum);
            }
            task.c[t * padded(run) + at] = local * task.scale;
        }
        for (std::size_t letter = 0; Adds && letter < width; ++letter)
            task.total[letter * run + at] += task.y[letter * run + at];
    }
}

template <std::size_t Steps, std::size_t Letters, bool Adds>
LIBALGEBRA_INLINE void contract_all(const contraction& task) {
    contract_lanes<Steps, Letters, Adds>(task);
    contract_rest<Steps, Adds>(task);
}

/// Letters whose sums fit in the registers, for one step and for several.
constexpr std::size_t letters_of_step = 4;
constexpr std::size_t letters_of_steps = LIBALGEBRA_VECTOR_BYTES >= 64 ? 4 : 2;

LIBALGEBRA_TARGET void contract(const letter_runs& level, const double* y, const double* z,
                                const double* b, double* c, double* sums) {
    contract_all<1, letters_of_step, false>({level, y, z, 1.0, b, 0, c, sums, nullptr});
}

LIBALGEBRA_TARGET void contract_steps(const letter_runs& level, const double* y, const double* z,
                                      const double* b, std::size_t b_stride, double* c,
                                      double* sums) {
    contract_all<gradient_steps, letters_of_steps, false>(
        {level, y, z, 1.0, b, b_stride, c, sums, nullptr});
}

LIBALGEBRA_TARGET void transpose(const letter_runs& level, std::size_t chains, const double* z,
                                 const double* b, double* y, const double* c, double* out,
                                 double* sums) {
    contract_all<1, letters_of_step, false>({level, y, z, 1.0, b, 0, out, sums, nullptr});
    for (std::size_t i = 1; i <= chains; ++i, c += padded(level.width * level.run)) {
        b += padded(level.run);
        out += padded(level.run);
        contract_all<1, letters_of_step, true>(
            {level, c, z, reciprocals.of[i + 1], b, 0, out, sums, y});
    }
}

} // namespace
} // namespace LIBALGEBRA_VARIANT
} // namespace libalgebra
