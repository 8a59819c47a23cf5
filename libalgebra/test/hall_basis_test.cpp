// hall_basis_test.cpp: the order, the size and the lookup of the Hall basis.
#include "libalgebra/hall_basis.h"

#include "check.h"
#include "samples.h"

#include <utility>

using namespace libalgebra;

/// The basis exactly as its definition reads, with no shortcut.
static std::vector<std::pair<hall_key, hall_key>> slow_basis(const shape& s) {
    std::vector<std::pair<hall_key, hall_key>> parents(1);
    std::vector<std::vector<hall_key>> of_degree(s.depth + 1);
    for (hall_key letter = 1; letter <= s.width && s.depth > 0; ++letter) {
        parents.push_back({0, letter});
        of_degree[1].push_back(letter);
    }
    for (std::size_t d = 2; d <= s.depth; ++d)
        for (std::size_t e = 1; e <= d / 2; ++e)
            for (const hall_key i : of_degree[e])
                for (const hall_key j : of_degree[d - e])
                    if (i < j && parents[j].first <= i) {
                        of_degree[d].push_back(static_cast<hall_key>(parents.size()));
                        parents.push_back({i, j});
                    }
    return parents;
}

TEST(the_basis_is_the_one_of_its_definition) {
    std::vector<shape> shapes = samples::shapes;
    shapes.insert(shapes.end(), {{2, 0}, {1, 0}, {2, 12}, {4, 6}, {6, 5}, {20, 3}, {50, 2}});
    for (const shape& s : shapes) {
        hall_basis basis;
        CHECK_OK(basis.build(s));
        const auto expected = slow_basis(s);
        CHECK(basis.size() + 1 == expected.size());
        CHECK(basis.size() == samples::lie_size(s));
        for (hall_key key = 1; key <= basis.size(); ++key) {
            CHECK(basis.left(key) == expected[key].first);
            CHECK(basis.right(key) == expected[key].second);
        }
    }
}

TEST(degrees_are_consecutive_ranges_of_witts_sizes) {
    hall_basis basis;
    CHECK_OK(basis.build({3, 7}));
    CHECK(basis.width() == 3 && basis.depth() == 7);
    CHECK(basis.degree_begin(1) == 1);
    for (std::size_t degree = 1; degree <= 7; ++degree) {
        CHECK(basis.degree_begin(degree + 1) == samples::lie_size({3, degree}) + 1);
        CHECK(basis.degree(basis.degree_begin(degree)) == degree);
        CHECK(basis.degree(basis.degree_begin(degree + 1) - 1) == degree);
    }
}

TEST(every_bracket_is_found_and_no_other_pair) {
    hall_basis basis;
    CHECK_OK(basis.build({3, 5}));
    for (hall_key i = 1; i <= basis.size(); ++i) {
        for (hall_key j = 1; j <= basis.size(); ++j) {
            if (basis.degree(i) + basis.degree(j) > 5)
                continue;
            const hall_key key = basis.find(i, j);
            if (i < j && basis.left(j) <= i)
                CHECK(key != 0 && basis.left(key) == i && basis.right(key) == j);
            else
                CHECK(key == 0);
        }
    }
}

TEST(one_letter_has_one_element_at_every_depth) {
    hall_basis basis;
    CHECK_OK(basis.build({1, SIZE_MAX}));
    CHECK(basis.size() == 1);
    CHECK(basis.degree(1) == 1);
    CHECK(basis.degree_begin(2) == 2 && basis.degree_begin(SIZE_MAX) == 2);
}

TEST(a_basis_can_be_built_again_for_another_shape) {
    hall_basis basis;
    CHECK_OK(basis.build({3, 4}));
    CHECK_OK(basis.build({2, 3}));
    CHECK(basis.size() == 5);
    CHECK(basis.find(2, 3) == 5);
}

TEST(bases_beyond_32_bits_are_too_large) {
    hall_basis basis;
    CHECK(basis.build({2, 60}) == status::too_large);
    CHECK(basis.build({100000, 2}) == status::too_large);
    CHECK(basis.build({0, 2}) == status::invalid_argument);
}
