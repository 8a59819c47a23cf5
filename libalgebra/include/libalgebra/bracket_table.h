// libalgebra/bracket_table.h: the brackets of letters with Hall basis elements.
#pragma once

#include "libalgebra/buffer.h"
#include "libalgebra/hall_basis.h"
#include "libalgebra/status.h"

#include <cstddef>
#include <cstdint>

namespace libalgebra {

/// One term of a Lie element with integer coordinates.
struct lie_term {
    hall_key key;
    std::int32_t coefficient;
};

/// [letter, key] in the Hall basis for every letter and every key of degree 2 to depth - 1 whose
/// left parent is above the letter. The other brackets of these keys need no table: where
/// left(key) <= letter, [letter, key] is itself a basis element, and those of one degree follow one
/// another in the basis as the pairs (letter, key) do.
///
/// A pair outside the basis is rewritten by Jacobi, [i,[a,b]] = [[i,a],b] - [[i,b],a], until its
/// pairs are in it; this ends because the degree is kept while the smaller member grows (Hall
/// 1950).
class bracket_table {
public:
    /// `too_large` if a coefficient leaves 32 bits; that would take a depth past 30.
    [[nodiscard]] status build(const hall_basis& basis);

    /// The rows of one degree follow one another, by letter, then by key. The first one's number:
    [[nodiscard]] std::size_t first_row(std::size_t degree) const {
        return degree_row_[degree - 2];
    }

    /// The terms of a row are terms(row) up to terms(row + 1).
    [[nodiscard]] const lie_term* terms(std::size_t row) const {
        return terms_.data() + row_begin_[row];
    }

    [[nodiscard]] std::size_t bytes() const;

private:
    buffer<std::size_t> degree_row_; ///< by degree - 2
    buffer<std::size_t> row_begin_;  ///< by row, one more at the end
    buffer<lie_term> terms_;
};

} // namespace libalgebra
