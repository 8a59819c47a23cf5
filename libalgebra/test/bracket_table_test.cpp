// bracket_table_test.cpp: every bracket of the table against the tensors of its members.
#include "libalgebra/bracket_table.h"

#include "check.h"
#include "samples.h"

#include <algorithm>
#include <map>

using namespace libalgebra;

using word = std::vector<hall_key>;
using polynomial = std::map<word, long>;

static void add_product(const polynomial& a, const polynomial& b, long factor, polynomial& sum) {
    for (const auto& u : a) {
        for (const auto& v : b) {
            word uv = u.first;
            uv.insert(uv.end(), v.first.begin(), v.first.end());
            sum[uv] += factor * u.second * v.second;
        }
    }
}

static polynomial commutator(const polynomial& a, const polynomial& b) {
    polynomial sum;
    add_product(a, b, 1, sum);
    add_product(b, a, -1, sum);
    return sum;
}

static std::vector<polynomial> expansions(const hall_basis& basis) {
    std::vector<polynomial> result(basis.size() + 1);
    for (hall_key key = 1; key <= basis.size(); ++key) {
        if (basis.left(key) == 0)
            result[key][{key}] = 1;
        else
            result[key] = commutator(result[basis.left(key)], result[basis.right(key)]);
    }
    return result;
}

/// The keys of a degree in the order of their step.
static std::vector<hall_key> keys_of(const hall_basis& basis, const bracket_table& table,
                                     std::size_t degree) {
    std::vector<hall_key> keys;
    if (degree == 2) {
        for (hall_key key = basis.degree_begin(2); key < basis.degree_begin(3); ++key)
            keys.push_back(key);
        return keys;
    }
    const bracket_step step = table.step(degree);
    const hall_key* key = step.keys;
    for (const key_group* g = step.groups; g != step.groups_end; ++g)
        for (std::size_t i = 0; i < g->keys; ++i)
            keys.push_back(*key++);
    return keys;
}

TEST(the_terms_of_a_source_are_the_bracket_of_its_letter_and_key) {
    for (const shape& s : {shape{2, 2}, shape{2, 8}, shape{3, 5}, shape{4, 4}, shape{5, 4},
                           shape{9, 3}, shape{12, 2}}) {
        hall_basis basis;
        bracket_table table;
        CHECK_OK(basis.build(s));
        CHECK_OK(table.build(basis));
        const auto tensors = expansions(basis);
        for (std::size_t degree = 3; degree <= s.depth; ++degree) {
            const auto before = keys_of(basis, table, degree - 1);
            std::vector<polynomial> sums(before.size() * s.width);
            for (std::size_t source = 0; source < sums.size(); ++source)
                sums[source] =
                    commutator(tensors[source % s.width + 1], tensors[before[source / s.width]]);
            const bracket_step step = table.step(degree);
            const hall_key* key = step.keys;
            const bracket_term* term = step.terms;
            for (const key_group* g = step.groups; g != step.groups_end; ++g) {
                for (std::size_t i = 0; i < g->keys; ++i, ++key) {
                    for (std::size_t t = 0; t < g->terms; ++t, ++term) {
                        CHECK(term->coefficient != 0);
                        for (const auto& u : tensors[*key])
                            sums[term->source][u.first] -=
                                static_cast<long>(term->coefficient) * u.second;
                    }
                }
            }
            for (const polynomial& sum : sums)
                for (const auto& u : sum)
                    CHECK(u.second == 0);
        }
    }
}

TEST(a_step_has_each_key_of_its_degree_once) {
    for (const shape& s : {shape{2, 9}, shape{3, 5}, shape{5, 4}, shape{9, 3}}) {
        hall_basis basis;
        bracket_table table;
        CHECK_OK(basis.build(s));
        CHECK_OK(table.build(basis));
        for (std::size_t degree = 3; degree <= s.depth; ++degree) {
            auto keys = keys_of(basis, table, degree);
            std::sort(keys.begin(), keys.end());
            CHECK(keys.size() == basis.degree_begin(degree + 1) - basis.degree_begin(degree));
            for (std::size_t i = 0; i < keys.size(); ++i)
                CHECK(keys[i] == basis.degree_begin(degree) + i);
        }
    }
}

TEST(depths_below_three_and_one_letter_need_no_steps) {
    for (const shape& s : {shape{3, 0}, shape{3, 1}, shape{40, 2}, shape{1, 5}}) {
        hall_basis basis;
        bracket_table table;
        CHECK_OK(basis.build(s));
        CHECK_OK(table.build(basis));
    }
}

TEST(wide_and_deep_shapes_are_quick) {
    for (const shape& s : {shape{100, 3}, shape{2, 16}, shape{5, 7}, shape{10, 5}}) {
        hall_basis basis;
        bracket_table table;
        CHECK_OK(basis.build(s));
        CHECK_OK(table.build(basis));
    }
}
