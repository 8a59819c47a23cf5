// nested_brackets.cpp: nesting brackets one letter at a time, for all words of a length at once.
//
// For a suffix v let R(v) be the sum over the words u that may precede it of c(uv) [u], where [u]
// is the left-nested bracket [...[a1,a2],...,ad]. Then R(v) is the sum over letters b of
// [R(bv), b], so the brackets of a letter and a key suffice. For one length d of u, all R(v) are an
// array by key of degree d, then by v: the first one, for d = 1, is the tensor itself; a step from
// d to d + 1 adds runs of consecutive v, multiplied by integers; and the last one, for the empty v,
// is the result. The step adds [b, R(bv)], whose sign is made good at the end.
//
// A product l t of a Lie element l of degree d and a tensor t need not be multiplied out to be
// projected: the sum over the words u of l is d l, so the product adds d l t(v) to R(v) at that
// degree. That is how the top level of a logarithm is found, which is S minus such products.
#include "nested_brackets.h"

#include "checked.h"
#include "kernel.h"

#include <cstring>

namespace libalgebra {

namespace {

double last_scale(std::size_t n) {
    return (n % 2 == 0 ? -1.0 : 1.0) / static_cast<double>(n);
}

/// Arrays by key and suffix begin at whole cache lines where suffixes are many. For two letters the
/// smallest level with so many has twice as much room as the arrays of two degrees take.
double* aligned_array(double* begin, std::size_t run) {
    constexpr std::uintptr_t line = 64;
    const std::uintptr_t beyond = reinterpret_cast<std::uintptr_t>(begin) % line;
    return run < line || beyond == 0 ? begin : begin + (line - beyond) / sizeof(double);
}

} // namespace

void project_degree_two(std::size_t width, const double* level, double* result) {
    for (std::size_t a = 0; a < width; ++a)
        for (std::size_t b = a + 1; b < width; ++b)
            *result++ = (level[a * width + b] - level[b * width + a]) / 2;
}

/// The arrays for degrees 2 and 3 are the largest, and together smaller than the level; those of
/// even and of odd degrees alternate in two places.
bool project_degree(const bracket_table& table, std::size_t width, const tensor_level& n,
                    double* level, const lie_products& products, double* result, pacer& pace) {
    const tensor_kernel& kernel = kernels_in_use().of_tensors;
    tensor_level suffix = level_of(width, n.length - 2);
    double* in = aligned_array(level, suffix.size);
    double* other = aligned_array(in + width * (width - 1) / 2 * suffix.size, suffix.size);
    kernel.bracket_letters({width, n, level, products, in});
    for (std::size_t degree = 3; degree <= n.length; ++degree) {
        suffix.down(width);
        double* const out = degree == n.length ? result : other;
        if (kernel.bracket({table.step(degree), degree, suffix, in, products, out,
                            last_scale(n.length), &pace}))
            return true;
        other = in;
        in = out;
    }
    return false;
}

namespace {

/// What tensor_kernel::bracket does, transposed: from `out` to `in`.
void bracket_vjp(const bracket_step& step, std::size_t width, std::size_t keys_before,
                 std::size_t run, const double* out, double* in) {
    const bracket_term* term = step.terms;
    std::memset(in, 0, keys_before * width * run * sizeof(double));
    for (const key_group* g = step.groups; g != step.groups_end; ++g) {
        for (std::size_t i = 0; i < g->keys; ++i, out += run) {
            for (const bracket_term* const end = term + g->terms; term != end; ++term) {
                const double factor = static_cast<double>(term->coefficient);
                double* const to = in + term->source * run;
                for (std::size_t v = 0; v < run; ++v)
                    to[v] += factor * out[v];
            }
        }
    }
}

std::size_t key_count(const bracket_step& step) {
    std::size_t keys = 0;
    for (const key_group* g = step.groups; g != step.groups_end; ++g)
        keys += g->keys;
    return keys;
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

bool spread_degree(const bracket_table& table, std::size_t width, const tensor_level& n,
                   const double* cotangent, double* level, double* workspace, pacer& pace) {
    double* const even = workspace;
    double* const odd = workspace + width * (width - 1) / 2 * (n.size / width / width);
    double* out = n.length % 2 == 0 ? even : odd;
    const bracket_step last = table.step(n.length);
    const std::size_t keys = key_count(last);
    for (std::size_t i = 0; i < keys; ++i)
        out[i] = cotangent[last.keys[i] - 1] * last_scale(n.length);
    std::size_t run = 1;
    for (std::size_t degree = n.length; degree > 2; --degree, run *= width) {
        double* const in = degree % 2 == 0 ? odd : even;
        const std::size_t keys_before =
            degree == 3 ? width * (width - 1) / 2 : key_count(table.step(degree - 1));
        bracket_vjp(table.step(degree), width, keys_before, run, out, in);
        if (pace.spend(keys_before * width * run * degree))
            return true;
        out = in;
    }
    bracket_letters_vjp(width, run, out, level);
    return pace.spend(n.size);
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
