// gradient_body.h: the loops of the signature's derivative; included by tensor_kernel_body.h.
#include "tensor_kernel.h"

namespace libalgebra {
namespace LIBALGEBRA_VARIANT {
namespace {

/// One letter's run, from the word `at` on as far as whole `Lanes` go.
template <typename Lanes>
LIBALGEBRA_INLINE std::size_t undo_run(std::size_t at, const letter_runs& level, std::size_t chains,
                                       double z, const double* b, double* s, double* out) {
    const std::size_t run = level.run;
    for (; at + Lanes::reals <= run; at += Lanes::reals) {
        const Lanes rest = Lanes::load(s + at).plus_product(-z, Lanes::load(b + at));
        rest.store(s + at);
        for (std::size_t i = 1; i <= chains; ++i)
            rest.plus_product(z, Lanes::load(b + i * run + at))
                .times(Lanes::broadcast(1.0 / static_cast<double>(i)))
                .store(out + (i - 1) * level.width * run + at);
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
};

/// Contracts from the word `at` on as far as `Vectors` vectors at a time go. Which lane of a sum a
/// word adds to depends on its place alone.
template <std::size_t Steps, typename Lanes, std::size_t Vectors>
LIBALGEBRA_INLINE std::size_t contract_run(std::size_t at, const contraction& task) {
    constexpr std::size_t lanes = Lanes::reals;
    const std::size_t width = task.level.width;
    const std::size_t run = task.level.run;
    for (; at + Vectors * lanes <= run; at += Vectors * lanes) {
        Lanes factor[Steps][Vectors];
        Lanes sum[Steps][Vectors];
        for (std::size_t t = 0; t < Steps; ++t) {
            for (std::size_t i = 0; i < Vectors; ++i) {
                factor[t][i] = Lanes::load(task.b + t * task.b_stride + at + i * lanes);
                sum[t][i] = Lanes::broadcast(0.0);
            }
        }
        for (std::size_t letter = 0; letter < width; ++letter) {
            for (std::size_t i = 0; i < Vectors; ++i) {
                const std::size_t word = at + i * lanes;
                const Lanes x = Lanes::load(task.y + letter * run + word);
                for (std::size_t t = 0; t < Steps; ++t) {
                    sum[t][i] = sum[t][i].plus_product(task.z[t * width + letter], x);
                    double* const to =
                        task.sums + (t * width + letter) * gradient_lanes + word % gradient_lanes;
                    Lanes::load(to).plus_product(x, factor[t][i]).store(to);
                }
            }
        }
        for (std::size_t t = 0; t < Steps; ++t)
            for (std::size_t i = 0; i < Vectors; ++i)
                sum[t][i]
                    .times(Lanes::broadcast(task.scale))
                    .store(task.c + t * run + at + i * lanes);
    }
    return at;
}

LIBALGEBRA_TARGET void contract(const letter_runs& level, const double* y, const double* z,
                                double scale, const double* b, double* c, double* sums) {
    const contraction task = {level, y, z, scale, b, 0, c, sums};
    std::size_t at = contract_run<1, vector_of<double>, 4>(0, task);
    at = contract_run<1, vector_of<double>, 1>(at, task);
    contract_run<1, one<double>, 1>(at, task);
}

LIBALGEBRA_TARGET void contract_steps(const letter_runs& level, const double* y, const double* z,
                                      const double* b, std::size_t b_stride, double* c,
                                      double* sums) {
    const contraction task = {level, y, z, 1.0, b, b_stride, c, sums};
    std::size_t at = contract_run<gradient_steps, vector_of<double>, 1>(0, task);
    contract_run<gradient_steps, one<double>, 1>(at, task);
}

} // namespace
} // namespace LIBALGEBRA_VARIANT
} // namespace libalgebra
