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
#include "tensor_levels.h"

#include <cstring>

namespace libalgebra {

namespace {

/// From letters to brackets of two letters, for `run` suffixes.
void bracket_letters(std::size_t width, std::size_t run, const double* in,
                     double* LIBALGEBRA_RESTRICT out) {
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

/// From the keys of one degree above 1 to those of the next, for `run` suffixes.
class key_bracketing {
public:
    key_bracketing(const hall_basis& basis, const bracket_table& table, std::size_t degree,
                   std::size_t run, const double* in, double* out)
        : basis_(basis), table_(table), degree_(degree), run_(run), in_(in), out_(out),
          begin_(basis.degree_begin(degree)), end_(basis.degree_begin(degree + 1)) {}

    void copy_basis_elements();
    void add_rewritten();

private:
    /// One past the last key from `key` on that has its bracket with `letter` in the basis: left
    /// parents ascend within a degree.
    [[nodiscard]] hall_key limit(hall_key key, hall_key letter) const {
        while (key < end_ && basis_.left(key) <= letter)
            ++key;
        return key;
    }

    [[nodiscard]] const double* in(hall_key key, hall_key letter) const {
        return in_ + ((key - begin_) * basis_.width() + letter - 1) * run_;
    }

    const hall_basis& basis_;
    const bracket_table& table_;
    std::size_t degree_;
    std::size_t run_;
    const double* in_;
    double* LIBALGEBRA_RESTRICT out_;
    hall_key begin_; ///< the keys of `in`
    hall_key end_;
};

/// The brackets that are basis elements come first in their degree, in the order of this loop; the
/// others get zeros.
void key_bracketing::copy_basis_elements() {
    double* LIBALGEBRA_RESTRICT to = out_;
    hall_key copied = begin_;
    for (hall_key letter = 1; letter <= basis_.width(); ++letter) {
        copied = limit(copied, letter);
        for (hall_key key = begin_; key < copied; ++key) {
            const double* from = in(key, letter);
            for (std::size_t v = 0; v < run_; ++v)
                to[v] = from[v];
            to += run_;
        }
    }
    const double* const out_end = out_ + (basis_.degree_begin(degree_ + 2) - end_) * run_;
    std::memset(to, 0, static_cast<std::size_t>(out_end - to) * sizeof(double));
}

void key_bracketing::add_rewritten() {
    std::size_t row = table_.first_row(degree_);
    const lie_term* term = table_.terms(row);
    hall_key copied = begin_;
    for (hall_key letter = 1; letter <= basis_.width(); ++letter) {
        copied = limit(copied, letter);
        for (hall_key key = copied; key < end_; ++key) {
            const double* from = in(key, letter);
            for (const lie_term* const row_end = table_.terms(++row); term != row_end; ++term) {
                const double factor = term->coefficient;
                double* LIBALGEBRA_RESTRICT to = out_ + (term->key - end_) * run_;
                for (std::size_t v = 0; v < run_; ++v)
                    to[v] += factor * from[v];
            }
        }
    }
}

} // namespace

void project_degree_two(std::size_t width, const double* level, double* result) {
    for (std::size_t a = 0; a < width; ++a)
        for (std::size_t b = a + 1; b < width; ++b)
            *result++ = (level[a * width + b] - level[b * width + a]) / 2;
}

void project_degree(const hall_basis& basis, const bracket_table& table, std::size_t n,
                    const double* level, double* result, double* workspace) {
    const std::size_t width = basis.width();
    std::size_t run = level_of(width, n - 2).size;
    double* in = workspace;
    double* other = workspace + width * (width - 1) / 2 * run;
    bracket_letters(width, run, level, in);
    for (std::size_t degree = 2; degree < n; ++degree) {
        run /= width;
        double* const out = degree + 1 == n ? result : other;
        key_bracketing step(basis, table, degree, run, in, out);
        step.copy_basis_elements();
        step.add_rewritten();
        other = in;
        in = out;
    }
    const double divisor = n % 2 == 0 ? -static_cast<double>(n) : static_cast<double>(n);
    const std::size_t keys = basis.degree_begin(n + 1) - basis.degree_begin(n);
    for (std::size_t key = 0; key < keys; ++key)
        result[key] /= divisor;
}

/// The arrays for d = 2 and 3 are the largest: their sizes, keys of degree d times width^(n-d),
/// fall like 1/d, and those of even and of odd d alternate in two places.
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
