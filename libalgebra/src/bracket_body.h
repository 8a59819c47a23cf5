// bracket_body.h: nesting brackets by one letter; included by tensor_kernel_body.h.
#include "tensor_kernel.h"

namespace libalgebra {
namespace LIBALGEBRA_VARIANT {
namespace {

/// Two runs of words, and what is subtracted from them.
struct letter_pair {
    const double* ab;
    const double* ba;
    double a;
    double b;
    double twice;
    const double* tail_of_a; ///< the tail's words that begin with this letter
    const double* tail_of_b;
    const double* tail;
};

/// out = ba - ab, as far as vectors go.
template <typename Lanes, bool HasProducts>
LIBALGEBRA_INLINE std::size_t bracket_pair(std::size_t at, std::size_t run, const letter_pair& p,
                                           double* out) {
    const Lanes a = Lanes::broadcast(-p.a);
    const Lanes b = Lanes::broadcast(-p.b);
    const Lanes twice = Lanes::broadcast(p.twice);
    for (; at + Lanes::reals <= run; at += Lanes::reals) {
        Lanes ab = Lanes::load(p.ab + at);
        Lanes ba = Lanes::load(p.ba + at);
        if constexpr (HasProducts) {
            ab = ab.plus_product(a, Lanes::load(p.tail_of_b + at));
            ba = ba.plus_product(b, Lanes::load(p.tail_of_a + at));
            ba.minus(ab).plus_product(twice, Lanes::load(p.tail + at)).store(out + at);
        } else {
            ba.minus(ab).store(out + at);
        }
    }
    return at;
}

template <bool HasProducts>
LIBALGEBRA_INLINE void bracket_pairs(const letter_bracketing& task) {
    const std::size_t width = task.width;
    const std::size_t run = task.n.size / width / width;
    tensor_level suffix = task.n;
    suffix.down(width);
    const double* const of_letters = task.products.tail + suffix.begin;
    suffix.down(width);
    const double* key = task.products.lie + width;
    double* out = task.out;
    for (std::size_t a = 0; a < width; ++a) {
        for (std::size_t b = a + 1; b < width; ++b, out += run) {
            letter_pair p = {};
            p.ab = task.level + (a * width + b) * run;
            p.ba = task.level + (b * width + a) * run;
            if constexpr (HasProducts) {
                p.a = task.products.lie[a];
                p.b = task.products.lie[b];
                p.twice = 2 * *key++;
                p.tail_of_a = of_letters + a * run;
                p.tail_of_b = of_letters + b * run;
                p.tail = task.products.tail + suffix.begin;
            }
            const std::size_t at = bracket_pair<vector_of<double>, HasProducts>(0, run, p, out);
            bracket_pair<one<double>, HasProducts>(at, run, p, out);
        }
    }
}

LIBALGEBRA_TARGET void bracket_letters(const letter_bracketing& task) {
    if (task.products.lie == nullptr)
        bracket_pairs<false>(task);
    else
        bracket_pairs<true>(task);
}

/// One key of a step and what its sums begin with.
struct bracket_row {
    const bracket_term* terms;
    std::size_t count;
    const double* in;
    const double* tail; ///< if there are products
    double factor;
    double* out;
};

/// The sums of one key, from the suffix `at` on as far as `Vectors` vectors at a time go.
template <typename Lanes, std::size_t Vectors, bool HasProducts>
LIBALGEBRA_INLINE std::size_t bracket_suffixes(std::size_t at, std::size_t run,
                                               const bracket_row& row) {
    constexpr std::size_t lanes = Lanes::reals;
    for (; at + Vectors * lanes <= run; at += Vectors * lanes) {
        Lanes sum[Vectors];
        for (std::size_t i = 0; i < Vectors; ++i) {
            if constexpr (HasProducts)
                sum[i] = Lanes::load(row.tail + at + i * lanes).times(Lanes::broadcast(row.factor));
            else
                sum[i] = Lanes::broadcast(0.0);
        }
        for (std::size_t t = 0; t < row.count; ++t) {
            const double* const from = row.in + row.terms[t].source * run + at;
            const Lanes factor = Lanes::broadcast(static_cast<double>(row.terms[t].coefficient));
            for (std::size_t i = 0; i < Vectors; ++i)
                sum[i] = sum[i].plus_product(factor, Lanes::load(from + i * lanes));
        }
        for (std::size_t i = 0; i < Vectors; ++i)
            sum[i].store(row.out + at + i * lanes);
    }
    return at;
}

/// A number of suffixes that fills no vector, and that the compiler knows.
template <std::size_t Run, bool HasProducts>
LIBALGEBRA_INLINE void bracket_few(const bracket_row& row) {
    double sum[Run];
    for (std::size_t v = 0; v < Run; ++v)
        sum[v] = HasProducts ? row.factor * row.tail[v] : 0.0;
    for (std::size_t t = 0; t < row.count; ++t) {
        const double* const from = row.in + row.terms[t].source * Run;
        const double factor = static_cast<double>(row.terms[t].coefficient);
        for (std::size_t v = 0; v < Run; ++v)
            sum[v] = multiply_add(factor, from[v], sum[v]);
    }
    for (std::size_t v = 0; v < Run; ++v)
        row.out[v] = sum[v];
}

/// With `Run` suffixes, or any number of them for 0.
template <std::size_t Run, bool HasProducts>
LIBALGEBRA_INLINE bool bracket_runs(const bracketing& task) {
    using lanes = vector_of<double>;
    const std::size_t run = task.suffix.size;
    const double sign = task.degree % 2 == 0 ? 1.0 : -1.0;
    const double degree = sign * static_cast<double>(task.degree);
    const hall_key* key = task.step.keys;
    bracket_row row = {task.step.terms, 0, task.in, nullptr, 0.0, task.out};
    if constexpr (HasProducts)
        row.tail = task.products.tail + task.suffix.begin;
    for (const key_group* g = task.step.groups; g != task.step.groups_end; ++g) {
        row.count = g->terms;
        for (std::size_t i = 0; i < g->keys; ++i, ++key, row.terms += row.count, row.out += run) {
            if constexpr (HasProducts)
                row.factor = degree * task.products.lie[*key - 1];
            if constexpr (Run != 0) {
                bracket_few<Run, HasProducts>(row);
                continue;
            }
            std::size_t at = bracket_suffixes<lanes, 4, HasProducts>(0, run, row);
            at = bracket_suffixes<lanes, 2, HasProducts>(at, run, row);
            at = bracket_suffixes<lanes, 1, HasProducts>(at, run, row);
            bracket_suffixes<one<double>, 1, HasProducts>(at, run, row);
        }
        if (task.pace->spend(g->keys * g->terms * run))
            return true;
    }
    return false;
}

/// The coordinates of `Keys` keys, of `count` terms each, where no suffixes are left.
template <std::size_t Keys>
LIBALGEBRA_INLINE void bracket_keys(const bracketing& task, const hall_key* keys,
                                    const bracket_term* terms, std::size_t count) {
    double sums[Keys] = {};
    for (std::size_t t = 0; t < count; ++t) {
        for (std::size_t i = 0; i < Keys; ++i) {
            const bracket_term& term = terms[i * count + t];
            sums[i] =
                multiply_add(static_cast<double>(term.coefficient), task.in[term.source], sums[i]);
        }
    }
    for (std::size_t i = 0; i < Keys; ++i)
        task.out[keys[i] - 1] = sums[i] * task.scale;
}

/// Several keys at a time, since a sum waits for each of its terms.
LIBALGEBRA_INLINE bool bracket_last(const bracketing& task) {
    constexpr std::size_t at_once = 4;
    const bracket_term* terms = task.step.terms;
    const hall_key* keys = task.step.keys;
    for (const key_group* g = task.step.groups; g != task.step.groups_end; ++g) {
        std::size_t left = g->keys;
        for (; left >= at_once; left -= at_once, keys += at_once, terms += at_once * g->terms)
            bracket_keys<at_once>(task, keys, terms, g->terms);
        for (; left != 0; --left, ++keys, terms += g->terms)
            bracket_keys<1>(task, keys, terms, g->terms);
        if (task.pace->spend(g->keys * g->terms))
            return true;
    }
    return false;
}

template <bool HasProducts>
LIBALGEBRA_INLINE bool bracket_any(const bracketing& task) {
    switch (task.suffix.size) {
    case 2:
        return bracket_runs<2, HasProducts>(task);
    case 3:
        return bracket_runs<3, HasProducts>(task);
    case 4:
        return bracket_runs<4, HasProducts>(task);
    case 5:
        return bracket_runs<5, HasProducts>(task);
    default:
        return bracket_runs<0, HasProducts>(task);
    }
}

LIBALGEBRA_TARGET bool bracket(const bracketing& task) {
    if (task.suffix.length == 0)
        return bracket_last(task);
    return task.products.lie == nullptr ? bracket_any<false>(task) : bracket_any<true>(task);
}

} // namespace
} // namespace LIBALGEBRA_VARIANT
} // namespace libalgebra
