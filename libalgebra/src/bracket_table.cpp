// bracket_table.cpp: filling the table of brackets from the rewriting of pairs.
#include "libalgebra/bracket_table.h"

#include "bracket_rewriter.h"
#include "checked.h"

namespace libalgebra {

status bracket_table::build(const hall_basis& basis) {
    degree_row_.truncate(0);
    row_begin_.truncate(0);
    terms_.truncate(0);

    bracket_rewriter rewriter(basis);
    for (std::size_t degree = 2; degree < basis.depth(); ++degree) {
        LIBALGEBRA_TRY(degree_row_.push(row_begin_.size()));
        const hall_key end = basis.degree_begin(degree + 1);
        hall_key key = basis.degree_begin(degree);
        for (hall_key letter = 1; letter <= basis.width(); ++letter) {
            // Left parents ascend within a degree.
            while (key < end && basis.left(key) <= letter)
                ++key;
            for (hall_key rewritten = key; rewritten < end; ++rewritten) {
                LIBALGEBRA_TRY(row_begin_.push(terms_.size()));
                LIBALGEBRA_TRY(rewriter.append(letter, rewritten, terms_));
            }
        }
    }
    LIBALGEBRA_TRY(row_begin_.push(terms_.size()));
    row_begin_.shrink();
    terms_.shrink();
    return status::ok;
}

std::size_t bracket_table::bytes() const {
    return degree_row_.bytes() + row_begin_.bytes() + terms_.bytes();
}

} // namespace libalgebra
