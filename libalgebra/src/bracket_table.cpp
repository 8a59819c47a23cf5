// bracket_table.cpp: the steps of the table, from the rewriting of pairs.
#include "libalgebra/bracket_table.h"

#include "bracket_rewriter.h"
#include "checked.h"
#include "work_counter.h"

namespace libalgebra {

/// Goes through the brackets of a degree twice: their terms are counted, so that the keys can be
/// grouped, and then they are put where their keys are.
class bracket_table::builder {
public:
    builder(const hall_basis& basis, bracket_table& table, const interruption& stop)
        : basis_(basis), rewriter_(basis), table_(table), work_(stop) {}

    [[nodiscard]] status add_degree(std::size_t degree);

private:
    template <typename Call>
    [[nodiscard]] status for_each_bracket(std::size_t degree, Call call);
    [[nodiscard]] status sort_keys();
    [[nodiscard]] status place_keys(hall_key begin);
    [[nodiscard]] status place_terms(std::size_t degree);

    const hall_basis& basis_;
    bracket_rewriter rewriter_;
    bracket_table& table_;
    work_counter work_;
    buffer<lie_term> found_;      ///< of one bracket
    buffer<std::uint32_t> rank_;  ///< of a key of the degree before, from the first one on
    buffer<std::uint32_t> count_; ///< of the terms of a key of the degree
    buffer<hall_key> order_;      ///< the keys of the degree in the order of its step
    buffer<std::size_t> begins_;
};

status bracket_table::build(const hall_basis& basis, const interruption& stop) {
    steps_.truncate(0);
    groups_.truncate(0);
    keys_.truncate(0);
    terms_.truncate(0);
    builder build(basis, *this, stop);
    for (std::size_t degree = 3; degree <= basis.depth() && basis.width() > 1; ++degree)
        LIBALGEBRA_TRY(build.add_degree(degree));
    LIBALGEBRA_TRY(steps_.push({groups_.size(), keys_.size(), terms_.size()}));
    groups_.shrink();
    keys_.shrink();
    terms_.shrink();
    return status::ok;
}

bracket_step bracket_table::step(std::size_t degree) const {
    const step_begin& begin = steps_[degree - 3];
    return {groups_.data() + begin.group, groups_.data() + steps_[degree - 2].group,
            keys_.data() + begin.key, terms_.data() + begin.term};
}

std::size_t bracket_table::bytes() const {
    return steps_.bytes() + groups_.bytes() + keys_.bytes() + terms_.bytes();
}

status bracket_table::builder::add_degree(std::size_t degree) {
    const hall_key begin = basis_.degree_begin(degree);
    const std::size_t keys = basis_.degree_begin(degree + 1) - begin;
    const std::size_t before = begin - basis_.degree_begin(degree - 1);
    if (before > UINT32_MAX / basis_.width())
        return status::too_large;
    if (degree == 3) {
        LIBALGEBRA_TRY(rank_.resize(before));
        for (std::size_t i = 0; i < before; ++i)
            rank_[i] = static_cast<std::uint32_t>(i);
    }
    LIBALGEBRA_TRY(count_.resize(keys));
    count_.zero();
    LIBALGEBRA_TRY(for_each_bracket(
        degree, [this, begin](std::size_t, const lie_term& t) { ++count_[t.key - begin]; }));
    LIBALGEBRA_TRY(sort_keys());
    LIBALGEBRA_TRY(
        table_.steps_.push({table_.groups_.size(), table_.keys_.size(), table_.terms_.size()}));
    LIBALGEBRA_TRY(place_keys(begin));
    LIBALGEBRA_TRY(place_terms(degree));
    LIBALGEBRA_TRY(rank_.resize(keys));
    for (std::size_t i = 0; i < keys; ++i)
        rank_[order_[i]] = static_cast<std::uint32_t>(i);
    return status::ok;
}

/// Calls with each source and each of its terms. The brackets that are basis elements follow one
/// another in the basis as the pairs do here.
template <typename Call>
status bracket_table::builder::for_each_bracket(std::size_t degree, Call call) {
    constexpr std::int32_t coefficient_max = std::int32_t{1} << 24;
    constexpr std::size_t operations_of_a_term = 256; // rewriting it, roughly
    hall_key next = basis_.degree_begin(degree);
    const hall_key begin = basis_.degree_begin(degree - 1);
    const hall_key end = next;
    for (hall_key letter = 1; letter <= basis_.width(); ++letter) {
        for (hall_key key = begin; key < end; ++key) {
            const std::size_t source = rank_[key - begin] * basis_.width() + letter - 1;
            if (basis_.left(key) <= letter) {
                call(source, {next++, 1});
                continue;
            }
            found_.truncate(0);
            LIBALGEBRA_TRY(rewriter_.append(letter, key, found_));
            LIBALGEBRA_TRY(work_.add(found_.size() * operations_of_a_term));
            for (std::size_t i = 0; i < found_.size(); ++i) {
                if (found_[i].coefficient > coefficient_max ||
                    found_[i].coefficient < -coefficient_max)
                    return status::too_large;
                call(source, found_[i]);
            }
        }
    }
    return status::ok;
}

/// By the number of terms, counting: keys with as many keep their order.
status bracket_table::builder::sort_keys() {
    std::uint32_t largest = 0;
    for (std::size_t i = 0; i < count_.size(); ++i)
        largest = count_[i] > largest ? count_[i] : largest;
    LIBALGEBRA_TRY(begins_.resize(std::size_t{largest} + 2));
    begins_.zero();
    for (std::size_t i = 0; i < count_.size(); ++i)
        ++begins_[count_[i] + 1];
    for (std::size_t i = 1; i < begins_.size(); ++i)
        begins_[i] += begins_[i - 1];
    LIBALGEBRA_TRY(order_.resize(count_.size()));
    for (std::size_t i = 0; i < count_.size(); ++i)
        order_[begins_[count_[i]]++] = static_cast<hall_key>(i);
    return status::ok;
}

/// Appends the keys and groups of a step; the degree's first key is `begin`.
status bracket_table::builder::place_keys(hall_key begin) {
    key_group group = {0, 0};
    for (std::size_t i = 0; i < order_.size(); ++i) {
        const std::uint32_t terms = count_[order_[i]];
        if (group.keys != 0 && group.terms != terms) {
            LIBALGEBRA_TRY(table_.groups_.push(group));
            group.keys = 0;
        }
        group = {group.keys + 1, terms};
        LIBALGEBRA_TRY(table_.keys_.push(begin + order_[i]));
    }
    return table_.groups_.push(group);
}

/// Appends the terms of a step, those of each key in the order of their sources.
status bracket_table::builder::place_terms(std::size_t degree) {
    std::size_t end = table_.terms_.size();
    LIBALGEBRA_TRY(begins_.resize(order_.size()));
    for (std::size_t i = 0; i < order_.size(); ++i) {
        begins_[order_[i]] = end;
        end += count_[order_[i]];
    }
    LIBALGEBRA_TRY(table_.terms_.resize(end));
    const hall_key begin = basis_.degree_begin(degree);
    return for_each_bracket(degree, [this, begin](std::size_t source, const lie_term& t) {
        table_.terms_[begins_[t.key - begin]++] = {static_cast<std::uint32_t>(source),
                                                   static_cast<float>(t.coefficient)};
    });
}

} // namespace libalgebra
