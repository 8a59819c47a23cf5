// bracket_table.cpp: filling the table of brackets from the rewriting of pairs.
#include "libalgebra/bracket_table.h"

#include "bracket_rewriter.h"
#include "checked.h"

namespace libalgebra {

status bracket_table::build(const hall_basis& basis) {
    keys_ = basis.depth() < 2 ? 0 : basis.degree_begin(basis.depth()) - 1u;
    std::size_t rows = 0;
    LIBALGEBRA_TRY(checked_multiply(keys_, basis.width(), rows));
    LIBALGEBRA_TRY(checked_add(rows, 1, rows));
    LIBALGEBRA_TRY(begin_.resize(rows));
    terms_.truncate(0);

    bracket_rewriter rewriter(basis);
    std::size_t row = 0;
    for (hall_key letter = 1; letter <= basis.width() && keys_ != 0; ++letter) {
        for (hall_key key = 1; key <= keys_; ++key) {
            begin_[row++] = terms_.size();
            bracket_sum sum;
            LIBALGEBRA_TRY(rewriter.bracket(letter, key, sum));
            for (std::size_t i = 0; i < sum.count; ++i) {
                const signed_term term = rewriter.term(sum, i);
                if (term.coefficient > INT32_MAX || term.coefficient < -INT32_MAX)
                    return status::too_large;
                LIBALGEBRA_TRY(
                    terms_.push({term.key, static_cast<std::int32_t>(term.coefficient)}));
            }
        }
    }
    begin_[row] = terms_.size();
    return status::ok;
}

} // namespace libalgebra
