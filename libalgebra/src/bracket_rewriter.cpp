// bracket_rewriter.cpp: [i,[a,b]] = [[i,a],b] - [[i,b],a] until every pair is in the Hall basis.
#include "bracket_rewriter.h"

#include "checked.h"

namespace libalgebra {

status bracket_rewriter::bracket(hall_key i, hall_key j, bracket_sum& sum) {
    sum = bracket_sum();
    if (i == j)
        return status::ok;
    if (i > j) {
        LIBALGEBRA_TRY(bracket(j, i, sum));
        sum.sign = -sum.sign;
        return status::ok;
    }
    if (basis_.left(j) <= i) {
        sum.single = basis_.find(i, j);
        sum.count = 1;
        return status::ok;
    }
    return rewrite(i, j, sum);
}

status bracket_rewriter::append(hall_key i, hall_key j, buffer<lie_term>& terms) {
    const std::size_t frame = frames_.size();
    LIBALGEBRA_TRY(add_jacobi(i, j, frame));
    return move_frame(frame, terms);
}

lie_term bracket_rewriter::term(const bracket_sum& sum, std::size_t index) const {
    if (sum.single != 0)
        return {sum.single, sum.sign};
    const lie_term& t = terms_[sum.begin + index];
    return {t.key, sum.sign * t.coefficient};
}

status bracket_rewriter::rewrite(hall_key i, hall_key j, bracket_sum& sum) {
    if (used_ * 4 >= slots_.size() * 3)
        LIBALGEBRA_TRY(grow());
    const slot* known = find(i, j);
    if (known->i == 0) {
        const std::size_t frame = frames_.size();
        LIBALGEBRA_TRY(add_jacobi(i, j, frame));
        const std::size_t begin = terms_.size();
        LIBALGEBRA_TRY(move_frame(frame, terms_));

        // The recursion may have filled or moved the slots: look again.
        if (used_ * 4 >= slots_.size() * 3)
            LIBALGEBRA_TRY(grow());
        slot* free = find(i, j);
        *free = {i, j, static_cast<std::uint32_t>(terms_.size() - begin), begin};
        ++used_;
        known = free;
    }
    sum.begin = known->begin;
    sum.count = known->count;
    return status::ok;
}

/// Adds [[i, a], b] - [[i, b], a], where j is [a, b], to the sum in progress.
status bracket_rewriter::add_jacobi(hall_key i, hall_key j, std::size_t frame) {
    LIBALGEBRA_TRY(add_nested(i, basis_.left(j), basis_.right(j), 1, frame));
    return add_nested(i, basis_.right(j), basis_.left(j), -1, frame);
}

/// Adds sign [[i, a], b] to the sum in progress.
status bracket_rewriter::add_nested(hall_key i, hall_key a, hall_key b, std::int64_t sign,
                                    std::size_t frame) {
    bracket_sum inner;
    LIBALGEBRA_TRY(bracket(i, a, inner));
    for (std::size_t k = 0; k < inner.count; ++k) {
        const lie_term x = term(inner, k);
        bracket_sum outer;
        LIBALGEBRA_TRY(bracket(x.key, b, outer));
        for (std::size_t m = 0; m < outer.count; ++m) {
            const lie_term y = term(outer, m);
            LIBALGEBRA_TRY(add(frame, y.key, sign * x.coefficient * y.coefficient));
        }
    }
    return status::ok;
}

/// Adds one term to the topmost sum in progress, which begins at `frame`.
status bracket_rewriter::add(std::size_t frame, hall_key key, std::int64_t coefficient) {
    std::size_t low = frame;
    std::size_t high = frames_.size();
    while (low < high) {
        const std::size_t middle = low + (high - low) / 2;
        if (frames_[middle].key < key)
            low = middle + 1;
        else
            high = middle;
    }
    if (low < frames_.size() && frames_[low].key == key) {
        frames_[low].coefficient += coefficient;
        return status::ok;
    }
    LIBALGEBRA_TRY(frames_.push({key, coefficient}));
    for (std::size_t k = frames_.size() - 1; k > low; --k)
        frames_[k] = frames_[k - 1];
    frames_[low] = {key, coefficient};
    return status::ok;
}

/// Ends the sum in progress: its terms go to the end of `terms`.
status bracket_rewriter::move_frame(std::size_t frame, buffer<lie_term>& terms) {
    for (std::size_t k = frame; k < frames_.size(); ++k) {
        const wide_term& t = frames_[k];
        if (t.coefficient > INT32_MAX || t.coefficient < -INT32_MAX)
            return status::too_large;
        if (t.coefficient != 0)
            LIBALGEBRA_TRY(terms.push({t.key, static_cast<std::int32_t>(t.coefficient)}));
    }
    frames_.truncate(frame);
    return status::ok;
}

/// The slot of a pair, or the free slot where it belongs.
bracket_rewriter::slot* bracket_rewriter::find(hall_key i, hall_key j) {
    const std::size_t mask = slots_.size() - 1;
    std::uint32_t hash = i * 0x9E3779B1u ^ j * 0x85EBCA77u;
    hash ^= hash >> 15;
    std::size_t at = hash & mask;
    while (slots_[at].i != 0 && (slots_[at].i != i || slots_[at].j != j))
        at = (at + 1) & mask;
    return &slots_[at];
}

status bracket_rewriter::grow() {
    buffer<slot> old;
    old = static_cast<buffer<slot>&&>(slots_);
    std::size_t size = 0;
    LIBALGEBRA_TRY(checked_multiply(old.size() == 0 ? 32 : old.size(), 2, size));
    LIBALGEBRA_TRY(slots_.resize(size));
    slots_.zero();
    for (std::size_t k = 0; k < old.size(); ++k)
        if (old[k].i != 0)
            *find(old[k].i, old[k].j) = old[k];
    return status::ok;
}

} // namespace libalgebra
