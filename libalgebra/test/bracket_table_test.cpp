// bracket_table_test.cpp: every row of the table against the tensors of its two members.
#include "libalgebra/bracket_table.h"

#include "check.h"
#include "samples.h"

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

TEST(every_row_is_the_bracket_of_its_letter_and_key) {
    for (const shape& s : {shape{2, 2}, shape{2, 8}, shape{3, 5}, shape{4, 4}, shape{5, 4},
                           shape{9, 3}, shape{12, 2}}) {
        hall_basis basis;
        bracket_table table;
        CHECK_OK(basis.build(s));
        CHECK_OK(table.build(basis));
        const auto tensors = expansions(basis);
        for (hall_key letter = 1; letter <= s.width; ++letter) {
            for (hall_key key = 1; key < basis.degree_begin(s.depth); ++key) {
                polynomial difference = commutator(tensors[letter], tensors[key]);
                for (const lie_term* t = table.terms(letter, key);
                     t != table.terms(letter, key + 1); ++t) {
                    CHECK(t->coefficient != 0);
                    for (const auto& u : tensors[t->key])
                        difference[u.first] -= t->coefficient * u.second;
                }
                for (const auto& u : difference)
                    CHECK(u.second == 0);
            }
        }
    }
}

TEST(depth_zero_and_one_need_no_rows) {
    for (const shape& s : {shape{3, 0}, shape{3, 1}, shape{1, 5}}) {
        hall_basis basis;
        bracket_table table;
        CHECK_OK(basis.build(s));
        CHECK_OK(table.build(basis));
    }
}

TEST(a_letter_commutes_with_itself) {
    hall_basis basis;
    bracket_table table;
    CHECK_OK(basis.build({1, 5}));
    CHECK_OK(table.build(basis));
    CHECK(table.terms(1, 1) == table.terms(1, 2));
}

TEST(wide_and_deep_shapes_are_quick) {
    for (const shape& s : {shape{100, 3}, shape{2, 16}, shape{5, 7}, shape{10, 5}}) {
        hall_basis basis;
        bracket_table table;
        CHECK_OK(basis.build(s));
        CHECK_OK(table.build(basis));
    }
}
