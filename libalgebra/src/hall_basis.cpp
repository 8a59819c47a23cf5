// hall_basis.cpp: building the Hall basis degree by degree, and looking brackets up in it.
#include "libalgebra/hall_basis.h"

#include "checked.h"

namespace libalgebra {

status hall_basis::build(const shape& s) {
    std::size_t size = 0;
    LIBALGEBRA_TRY(lie_size(s, size));
    if (size >= UINT32_MAX)
        return status::too_large;

    shape_ = s;
    degree_max_ = s.width == 1 && s.depth > 1 ? 1 : s.depth;
    LIBALGEBRA_TRY(parents_.resize(size));
    LIBALGEBRA_TRY(degree_begin_.resize(degree_max_ + 1));

    std::size_t filled = 0;
    for (std::size_t degree = 1; degree <= degree_max_; ++degree) {
        degree_begin_[degree - 1] = static_cast<hall_key>(filled + 1);
        append_degree(degree, filled);
    }
    degree_begin_[degree_max_] = static_cast<hall_key>(filled + 1);
    return status::ok;
}

void hall_basis::append_degree(std::size_t degree, std::size_t& filled) {
    if (degree == 1) {
        for (; filled < shape_.width; ++filled)
            parents_[filled] = {0, static_cast<hall_key>(filled + 1)};
        return;
    }
    for (std::size_t e = 1; e <= degree / 2; ++e) {
        const hall_key begin = degree_begin(degree - e);
        const hall_key end = degree_begin(degree - e + 1);
        // left(j) ascends with j, so what i may be bracketed with is a range whose end ascends.
        hall_key limit = begin;
        for (hall_key i = degree_begin(e); i < degree_begin(e + 1); ++i) {
            while (limit < end && left(limit) <= i)
                ++limit;
            for (hall_key j = i < begin ? begin : i + 1; j < limit; ++j)
                parents_[filled++] = {i, j};
        }
    }
}

std::size_t hall_basis::degree(hall_key key) const {
    std::size_t degree = 1;
    while (degree < degree_max_ && degree_begin_[degree] <= key)
        ++degree;
    return degree;
}

hall_key hall_basis::degree_begin(std::size_t degree) const {
    return degree_begin_[degree <= degree_max_ ? degree - 1 : degree_max_];
}

hall_key hall_basis::find(hall_key left_key, hall_key right_key) const {
    const std::size_t sum = degree(left_key) + degree(right_key);
    const hall_key end = degree_begin(sum + 1);
    hall_key low = degree_begin(sum);
    hall_key high = end;
    while (low < high) {
        const hall_key middle = low + (high - low) / 2;
        const bool before =
            left(middle) < left_key || (left(middle) == left_key && right(middle) < right_key);
        if (before)
            low = middle + 1;
        else
            high = middle;
    }
    return low < end && left(low) == left_key && right(low) == right_key ? low : 0;
}

} // namespace libalgebra
