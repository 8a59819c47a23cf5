// bracket_body.h: nesting brackets by one letter; included by tensor_kernel_body.h.
#include "libalgebra/bracket_table.h"
#include "libalgebra/hall_basis.h"
#include "tensor_kernel.h"

#include <cstring>

namespace libalgebra {
namespace LIBALGEBRA_VARIANT {
namespace {

/// A number of suffixes that the compiler knows: most brackets are those of the longest keys, of
/// which few suffixes are left.
template <std::size_t Run>
struct fixed_run {
    LIBALGEBRA_INLINE static constexpr std::size_t size(const bracketing&) { return Run; }

    LIBALGEBRA_INLINE static void copy(const double* from, std::size_t, double* to) {
        for (std::size_t v = 0; v < Run; ++v)
            to[v] = from[v];
    }

    LIBALGEBRA_INLINE static void add(double factor, const double* from, std::size_t, double* to) {
        for (std::size_t v = 0; v < Run; ++v)
            to[v] = multiply_add(factor, from[v], to[v]);
    }
};

struct any_run {
    LIBALGEBRA_INLINE static std::size_t size(const bracketing& task) { return task.run; }

    LIBALGEBRA_INLINE static void copy(const double* from, std::size_t run, double* to) {
        for (std::size_t v = 0; v < run; ++v)
            to[v] = from[v];
    }

    LIBALGEBRA_INLINE static void add(double factor, const double* from, std::size_t run,
                                      double* to) {
        using lanes = vector_of<double>;
        std::size_t v = 0;
        for (; v + lanes::reals <= run; v += lanes::reals)
            lanes::load(to + v).plus_product(factor, lanes::load(from + v)).store(to + v);
        for (; v < run; ++v)
            to[v] = multiply_add(factor, from[v], to[v]);
    }
};

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
template <typename Run>
LIBALGEBRA_INLINE void copy_basis_elements(const bracketing& task, hall_key begin, hall_key end) {
    const hall_basis& basis = task.basis;
    const std::size_t run = Run::size(task);
    double* to = task.out;
    hall_key limit = begin;
    for (hall_key letter = 1; letter <= basis.width(); ++letter) {
        limit = bracket_limit(basis, limit, end, letter);
        for (hall_key key = begin; key < limit; ++key, to += run)
            Run::copy(task.in + ((key - begin) * basis.width() + letter - 1) * run, run, to);
    }
    const double* const out_end = task.out + (basis.degree_begin(task.degree + 2) - end) * run;
    std::memset(to, 0, static_cast<std::size_t>(out_end - to) * sizeof(double));
}

template <typename Run>
LIBALGEBRA_TARGET bool bracket_runs(const bracketing& task) {
    const hall_basis& basis = task.basis;
    const std::size_t run = Run::size(task);
    const hall_key begin = basis.degree_begin(task.degree);
    const hall_key end = basis.degree_begin(task.degree + 1);
    copy_basis_elements<Run>(task, begin, end);

    std::size_t row = task.table.first_row(task.degree);
    const lie_term* term = task.table.terms(row);
    hall_key limit = begin;
    for (hall_key letter = 1; letter <= basis.width(); ++letter) {
        limit = bracket_limit(basis, limit, end, letter);
        for (hall_key key = limit; key < end; ++key) {
            const double* from = task.in + ((key - begin) * basis.width() + letter - 1) * run;
            for (const lie_term* const row_end = task.table.terms(++row); term != row_end; ++term)
                Run::add(term->coefficient, from, run, task.out + (term->key - end) * run);
        }
        if (task.pace->spend((end - begin) * run * task.degree))
            return true;
    }
    return false;
}

LIBALGEBRA_TARGET bool bracket(const bracketing& task) {
    switch (task.run) {
    case 1:
        return bracket_runs<fixed_run<1>>(task);
    case 2:
        return bracket_runs<fixed_run<2>>(task);
    case 3:
        return bracket_runs<fixed_run<3>>(task);
    case 4:
        return bracket_runs<fixed_run<4>>(task);
    default:
        return bracket_runs<any_run>(task);
    }
}

} // namespace
} // namespace LIBALGEBRA_VARIANT
} // namespace libalgebra
