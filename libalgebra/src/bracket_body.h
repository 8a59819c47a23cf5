// bracket_body.h: nesting brackets by one letter; included by tensor_kernel_body.h.
#include "libalgebra/bracket_table.h"
#include "libalgebra/hall_basis.h"
#include "tensor_kernel.h"

#include <cstring>

namespace libalgebra {
namespace LIBALGEBRA_VARIANT {
namespace {

/// to += factor from, for `run` numbers.
LIBALGEBRA_INLINE void add_run(double factor, const double* from, std::size_t run, double* to) {
    std::size_t v = 0;
    for (; v + vector_of<double>::reals <= run; v += vector_of<double>::reals)
        vector_of<double>::load(to + v)
            .plus_product(factor, vector_of<double>::load(from + v))
            .store(to + v);
    for (; v < run; ++v)
        to[v] = multiply_add(factor, from[v], to[v]);
}

/// One past the last key, from `key` to `end`, that has its bracket with `letter` in the basis:
/// left parents ascend within a degree.
LIBALGEBRA_INLINE hall_key bracket_limit(const hall_basis& basis, hall_key key, hall_key end,
                                         hall_key letter) {
    while (key < end && basis.left(key) <= letter)
        ++key;
    return key;
}

/// The brackets that are basis elements come first in their degree, in the order of this loop; the
/// others get zeros.
LIBALGEBRA_INLINE void copy_basis_elements(const bracketing& task, hall_key begin, hall_key end) {
    const hall_basis& basis = task.basis;
    const std::size_t run = task.run;
    double* to = task.out;
    hall_key limit = begin;
    for (hall_key letter = 1; letter <= basis.width(); ++letter) {
        limit = bracket_limit(basis, limit, end, letter);
        for (hall_key key = begin; key < limit; ++key, to += run) {
            const double* from = task.in + ((key - begin) * basis.width() + letter - 1) * run;
            for (std::size_t v = 0; v < run; ++v)
                to[v] = from[v];
        }
    }
    const double* const out_end = task.out + (basis.degree_begin(task.degree + 2) - end) * run;
    std::memset(to, 0, static_cast<std::size_t>(out_end - to) * sizeof(double));
}

LIBALGEBRA_TARGET void bracket(const bracketing& task) {
    const hall_basis& basis = task.basis;
    const std::size_t run = task.run;
    const hall_key begin = basis.degree_begin(task.degree);
    const hall_key end = basis.degree_begin(task.degree + 1);
    copy_basis_elements(task, begin, end);

    std::size_t row = task.table.first_row(task.degree);
    const lie_term* term = task.table.terms(row);
    hall_key limit = begin;
    for (hall_key letter = 1; letter <= basis.width(); ++letter) {
        limit = bracket_limit(basis, limit, end, letter);
        for (hall_key key = limit; key < end; ++key) {
            const double* from = task.in + ((key - begin) * basis.width() + letter - 1) * run;
            for (const lie_term* const row_end = task.table.terms(++row); term != row_end; ++term)
                add_run(term->coefficient, from, run, task.out + (term->key - end) * run);
        }
    }
}

} // namespace
} // namespace LIBALGEBRA_VARIANT
} // namespace libalgebra
