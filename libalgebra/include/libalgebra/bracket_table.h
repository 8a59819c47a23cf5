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

/// [letter, key] in the Hall basis, for every letter and every key of degree less than the depth:
/// all that the projection of a tensor to Hall coordinates needs.
///
/// A pair outside the basis is rewritten by Jacobi, [i,[a,b]] = [[i,a],b] - [[i,b],a], until its
/// pairs are in it; this ends because the degree is kept while the smaller member grows (Hall
/// 1950).
class bracket_table {
public:
    /// `too_large` if a coefficient leaves 32 bits; that would take a depth past 30.
    [[nodiscard]] status build(const hall_basis& basis);

    /// The terms of [letter, key] are terms(letter, key) up to terms(letter, key + 1).
    [[nodiscard]] const lie_term* terms(hall_key letter, hall_key key) const {
        return terms_.data() + begin_[(letter - 1) * keys_ + key - 1];
    }

private:
    std::size_t keys_ = 0;      ///< number of keys of degree less than the depth
    buffer<std::size_t> begin_; ///< by letter, then key; one more at the end
    buffer<lie_term> terms_;
};

} // namespace libalgebra
