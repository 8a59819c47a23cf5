// nested_brackets.cpp: nesting brackets one letter at a time, for all words of a length at once.
//
// For a suffix v let R(v) be the sum over the words u that may precede it of c(uv) [u], where [u]
// is the left-nested bracket [...[a1,a2],...,ad]. Then R(v) is the sum over letters b of
// [R(bv), b], so the table of [letter, key] suffices. For one length d of u, all R(v) are an array
// by key of degree d, then by v: the first one, for d = 1, is the tensor itself; a step from d to
// d + 1 adds runs of consecutive v, multiplied by integers; and the last one, for the empty v, is
// the result. The step adds [b, R(bv)], whose sign is made good at the end.
#include "nested_brackets.h"

#include "checked.h"
#include "kernel.h"

#include <cstring>

namespace libalgebra {

namespace {

/// From letters to brackets of two letters, for `run` suffixes. `out` may be `in`: what is read is
/// always beyond what is written.
void bracket_letters(std::size_t width, std::size_t run, const double* in, double* out) {
    for (std::size_t a = 0; a < width; ++a) {
        for (std::size_t b = a + 1; b < width; ++b) {
            const double* ba = in + (b * width + a) * run;
            const double* ab = in + (a * width + b) * run;
            for (std::size_t v = 0; v < run; ++v)
                out[v] = ba[v] - ab[v];
            out += run;
        }
    }
}

} // namespace

void project_degree_two(std::size_t width, const double* level, double* result) {
    for (std::size_t a = 0; a < width; ++a)
        for (std::size_t b = a + 1; b < width; ++b)
            *result++ = (level[a * width + b] - level[b * width + a]) / 2;
}

bool project_degree(const hall_basis& basis, const bracket_table& table, std::size_t n,
                    const double* level, double* result, double* workspace, pacer& pace) {
    const std::size_t width = basis.width();
    const tensor_kernel& kernel = kernels_in_use().of_tensors;
    std::size_t run = level_of(width, n - 2).size;
    double* in = workspace;
    double* other = workspace + width * (width - 1) / 2 * run;
    bracket_letters(width, run, level, in);
    for (std::size_t degree = 2; degree < n; ++degree) {
        run /= width;
        double* const out = degree + 1 == n ? result : other;
        if (kernel.bracket({basis, table, degree, run, in, out, &pace}))
            return true;
        other = in;
        in = out;
    }
    const double divisor = n % 2 == 0 ? -static_cast<double>(n) : static_cast<double>(n);
    const std::size_t keys = basis.degree_begin(n + 1) - basis.degree_begin(n);
    for (std::size_t key = 0; key < keys; ++key)
        result[key] /= divisor;
    return false;
}

namespace {

/// What tensor_kernel::bracket does, transposed: from `out` to `in`.
void bracket_vjp(const bracketing& task, double* in) {
    const hall_basis& basis = task.basis;
    const std::size_t run = task.run;
    const hall_key begin = basis.degree_begin(task.degree);
    const hall_key end = basis.degree_begin(task.degree + 1);
    const double* copied = task.out;
    std::size_t row = task.table.first_row(task.degree);
    const lie_term* term = task.table.terms(row);
    for (hall_key letter = 1; letter <= basis.width(); ++letter) {
        for (hall_key key = begin; key < end; ++key) {
            double* const to = in + ((key - begin) * basis.width() + letter - 1) * run;
            if (basis.left(key) <= letter) {
                std::memcpy(to, copied, run * sizeof(double));
                copied += run;
                continue;
            }
            std::memset(to, 0, run * sizeof(double));
            for (const lie_term* const row_end = task.table.terms(++row); term != row_end; ++term) {
                const double* from = task.out + (term->key - end) * run;
                for (std::size_t v = 0; v < run; ++v)
                    to[v] += term->coefficient * from[v];
            }
        }
    }
}

/// What bracket_letters does, transposed.
void bracket_letters_vjp(std::size_t width, std::size_t run, const double* out, double* in) {
    std::memset(in, 0, width * width * run * sizeof(double));
    for (std::size_t a = 0; a < width; ++a) {
        for (std::size_t b = a + 1; b < width; ++b) {
            double* ba = in + (b * width + a) * run;
            double* ab = in + (a * width + b) * run;
            for (std::size_t v = 0; v < run; ++v) {
                ba[v] = out[v];
                ab[v] = -out[v];
            }
            out += run;
        }
    }
}

} // namespace

void spread_degree(const hall_basis& basis, const bracket_table& table, std::size_t n,
                   const double* cotangent, double* level, double* workspace) {
    const std::size_t width = basis.width();
    const tensor_level pairs = level_of(width, n - 2);
    double* const even = workspace;
    double* const odd = workspace + width * (width - 1) / 2 * pairs.size;
    const double divisor = n % 2 == 0 ? -static_cast<double>(n) : static_cast<double>(n);
    const std::size_t keys = basis.degree_begin(n + 1) - basis.degree_begin(n);
    double* out = n % 2 == 0 ? even : odd;
    for (std::size_t key = 0; key < keys; ++key)
        out[key] = cotangent[key] / divisor;
    std::size_t run = 1;
    for (std::size_t degree = n - 1; degree >= 2; --degree, run *= width) {
        double* const in = degree % 2 == 0 ? even : odd;
        bracket_vjp({basis, table, degree, run, nullptr, out, nullptr}, in);
        out = in;
    }
    bracket_letters_vjp(width, run, out, level);
}

/// The arrays for d = 2 and 3 are the largest: their sizes, keys of degree d times width^(n-d), are
/// at most width^n / d, and those of even and of odd d alternate in two places.
status nested_brackets_doubles(const shape& s, std::size_t& doubles) {
    doubles = 0;
    if (s.depth < 3)
        return status::ok;
    std::size_t pairs = 0;
    std::size_t run = 1;
    for (std::size_t degree = 2; degree < s.depth; ++degree)
        LIBALGEBRA_TRY(checked_multiply(run, s.width, run));
    LIBALGEBRA_TRY(checked_multiply(s.width, s.width - 1, pairs));
    LIBALGEBRA_TRY(checked_multiply(pairs / 2, run, doubles));
    // (w^3 - w)/3 times w^(n-3) is (w^2 - 1)/3 times w^(n-2).
    std::size_t triples = 0;
    LIBALGEBRA_TRY(lie_size({s.width, 3}, triples));
    triples -= s.width + pairs / 2;
    LIBALGEBRA_TRY(checked_multiply(triples, run / s.width, triples));
    return checked_add(doubles, triples, doubles);
}

} // namespace libalgebra
