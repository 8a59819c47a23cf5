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
        for (std::size_t degree = 2; degree < s.depth; ++degree) {
            std::size_t row = table.first_row(degree);
            for (hall_key letter = 1; letter <= s.width; ++letter) {
                for (hall_key key = basis.degree_begin(degree);
                     key < basis.degree_begin(degree + 1); ++key) {
                    if (basis.left(key) <= letter)
                        continue;
                    polynomial difference = commutator(tensors[letter], tensors[key]);
                    for (const lie_term* t = table.terms(row); t != table.terms(row + 1); ++t) {
                        CHECK(t->coefficient != 0);
                        for (const auto& u : tensors[t->key])
                            difference[u.first] -= t->coefficient * u.second;
                    }
                    for (const auto& u : difference)
                        CHECK(u.second == 0);
                    ++row;
                }
            }
            CHECK(degree + 1 == s.depth || row == table.first_row(degree + 1));
        }
    }
}

TEST(brackets_without_a_row_are_consecutive_basis_elements) {
    for (const shape& s : {shape{2, 9}, shape{3, 5}, shape{5, 4}, shape{9, 3}}) {
        hall_basis basis;
        CHECK_OK(basis.build(s));
        for (std::size_t degree = 2; degree < s.depth; ++degree) {
            hall_key expected = basis.degree_begin(degree + 1);
            for (hall_key letter = 1; letter <= s.width; ++letter)
                for (hall_key key = basis.degree_begin(degree);
                     key < basis.degree_begin(degree + 1); ++key)
                    if (basis.left(key) <= letter)
                        CHECK(basis.find(letter, key) == expected++);
        }
    }
}

TEST(depths_below_three_and_one_letter_need_no_rows) {
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
