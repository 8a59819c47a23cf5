// libalgebra/hall_basis.h: the Hall basis of the free Lie algebra, as parents of keys.
#pragma once

#include "libalgebra/buffer.h"
#include "libalgebra/shape.h"
#include "libalgebra/status.h"

#include <cstddef>
#include <cstdint>

namespace libalgebra {

/// The number of a basis element, from 1 in basis order; 0 is no element. Coordinates of Lie
/// elements are stored at key - 1.
using hall_key = std::uint32_t;

/// The Hall basis in the order that esig has always used (M. Hall 1950; Bourbaki, Lie Groups and
/// Lie Algebras II.2.10; Reutenauer, Free Lie Algebras, chapter 4, mirrored). Keys 1 to width are
/// the letters. Then for each degree d, for e = 1 to d/2, for i of degree e, for j of degree d - e
/// with i < j and left(j) <= i: the bracket [i, j]. So within a degree the pairs (left, right)
/// ascend, and the right parents of one left parent are consecutive keys.
class hall_basis {
public:
    /// Makes this the basis of `s`. `too_large` from 2^32 - 1 elements on.
    [[nodiscard]] status build(const shape& s);

    [[nodiscard]] std::size_t width() const { return shape_.width; }
    [[nodiscard]] std::size_t depth() const { return shape_.depth; }
    [[nodiscard]] std::size_t size() const { return parents_.size(); }
    [[nodiscard]] std::size_t bytes() const { return parents_.bytes() + degree_begin_.bytes(); }

    /// The parents of a key; a letter's left parent is 0 and its right parent the letter.
    [[nodiscard]] hall_key left(hall_key key) const { return parents_[key - 1].left; }
    [[nodiscard]] hall_key right(hall_key key) const { return parents_[key - 1].right; }

    [[nodiscard]] std::size_t degree(hall_key key) const;

    /// The first key of a degree from 1 on; one past the last key where there is none.
    [[nodiscard]] hall_key degree_begin(std::size_t degree) const;

    /// The key of [left, right] if that is a basis element, else 0.
    [[nodiscard]] hall_key find(hall_key left, hall_key right) const;

private:
    struct parents {
        hall_key left;
        hall_key right;
    };

    void append_degree(std::size_t degree, std::size_t& filled);

    shape shape_{1, 0};
    std::size_t degree_max_ = 0; ///< the degree of the last key: 1 for one letter, else the depth
    buffer<parents> parents_;
    buffer<hall_key> degree_begin_; ///< by degree - 1, one more at the end
};

} // namespace libalgebra
