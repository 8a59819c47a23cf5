// libalgebra/bracket_table.h: brackets of letters with Hall basis elements, for log signatures.
#pragma once

#include "libalgebra/buffer.h"
#include "libalgebra/hall_basis.h"
#include "libalgebra/interruption.h"
#include "libalgebra/status.h"

#include <cstddef>
#include <cstdint>

namespace libalgebra {

/// A term of a sum over brackets [letter, key].
struct bracket_term {
    std::uint32_t source; ///< which of them: see bracket_step
    float coefficient;    ///< an integer
};

/// Keys of one degree that have as many terms.
struct key_group {
    std::uint32_t keys;
    std::uint32_t terms;
};

/// How a sum of brackets [letter, key] gets coordinates, for all keys of a degree n. Sources go by
/// key of degree n - 1, in the order of its own step, then by letter. The keys of degree 2 are in
/// the order of the basis.
struct bracket_step {
    const key_group* groups;
    const key_group* groups_end;
    const hall_key* keys;      ///< by group
    const bracket_term* terms; ///< by key
};

/// The steps of all degrees from 3 on.
///
/// Where left(key) <= letter, [letter, key] is itself a basis element. Another pair is rewritten by
/// Jacobi, [i,[a,b]] = [[i,a],b] - [[i,b],a], until its pairs are in the basis; this ends because
/// the degree is kept while the smaller member grows (Hall 1950).
class bracket_table {
public:
    /// `too_large` if a coefficient leaves 24 bits; that would take a depth past 28.
    [[nodiscard]] status build(const hall_basis& basis, const interruption& stop = {});

    /// For a degree from 3 to the depth.
    [[nodiscard]] bracket_step step(std::size_t degree) const;

    [[nodiscard]] std::size_t bytes() const;

private:
    class builder;

    /// Where a step begins.
    struct step_begin {
        std::size_t group;
        std::size_t key;
        std::size_t term;
    };

    buffer<step_begin> steps_; ///< by degree - 3, one more at the end
    buffer<key_group> groups_;
    buffer<hall_key> keys_;
    buffer<bracket_term> terms_;
};

} // namespace libalgebra
