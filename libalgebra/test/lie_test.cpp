// lie_test.cpp: between Hall coordinates and tensors, and the bracket.
#include "libalgebra/lie.h"

#include "check.h"
#include "libalgebra/tensor.h"
#include "samples.h"

#include <map>
#include <utility>

using namespace libalgebra;
using samples::shapes;

using element = std::vector<double>;

static hall_basis_cache cache;

static element random_lie(const shape& s, std::uint64_t seed) {
    return samples::generator(seed).uniform(samples::lie_size(s));
}

static element expanded(const shape& s, const element& lie) {
    element result(samples::tensor_size(s));
    CHECK_OK(lie_to_tensor(s, lie.data(), cache, result.data()));
    return result;
}

static element projected(const shape& s, const element& tensor) {
    element result(samples::lie_size(s));
    CHECK_OK(tensor_to_lie(s, tensor.data(), cache, result.data()));
    return result;
}

static element bracket(const shape& s, const element& a, const element& b) {
    element result(a.size());
    CHECK_OK(lie_bracket(s, a.data(), b.data(), cache, result.data()));
    return result;
}

static void check_near(const element& a, const element& b, double tolerance) {
    CHECK(a.size() == b.size());
    for (std::size_t i = 0; i < a.size(); ++i)
        CHECK_NEAR(a[i], b[i], tolerance);
}

TEST(a_basis_element_expands_to_the_commutator_of_its_parents) {
    for (const shape& s : shapes) {
        hall_tables tables;
        CHECK_OK(cache.basis(s, tables));
        const hall_basis& basis = tables.basis();
        std::vector<element> tensors(basis.size() + 1);
        for (hall_key key = 1; key <= basis.size(); ++key) {
            element unit(basis.size());
            unit[key - 1] = 1;
            tensors[key] = expanded(s, unit);
            element expected(tensors[key].size());
            if (basis.left(key) == 0) {
                expected[key] = 1;
            } else {
                const element& a = tensors[basis.left(key)];
                const element& b = tensors[basis.right(key)];
                element ba(a.size());
                CHECK_OK(tensor_multiply(s, a.data(), b.data(), expected.data()));
                CHECK_OK(tensor_multiply(s, b.data(), a.data(), ba.data()));
                CHECK_OK(tensor_subtract(s, expected.data(), ba.data(), expected.data()));
            }
            CHECK(tensors[key] == expected);
        }
    }
}

TEST(expansion_is_linear) {
    for (const shape& s : shapes) {
        const element a = random_lie(s, 1);
        const element b = random_lie(s, 2);
        element sum(a.size());
        for (std::size_t i = 0; i < a.size(); ++i)
            sum[i] = 2 * a[i] - b[i];
        element expected = expanded(s, a);
        const element eb = expanded(s, b);
        for (std::size_t i = 0; i < expected.size(); ++i)
            expected[i] = 2 * expected[i] - eb[i];
        check_near(expanded(s, sum), expected, 1e-13);
    }
}

TEST(projection_undoes_expansion) {
    for (const shape& s : shapes)
        check_near(projected(s, expanded(s, random_lie(s, 3))), random_lie(s, 3), 1e-12);
    // Rounding of the tensor is amplified with the depth, by about 1e4 here.
    const shape deep{2, 12};
    check_near(projected(deep, expanded(deep, random_lie(deep, 4))), random_lie(deep, 4), 1e-10);
}

/// The slow reference: 1/n of every word's left-nested bracket, each pair rewritten by Jacobi
/// on its own, with maps and without tables.
class slow_projection {
public:
    using lie = std::map<hall_key, double>;

    explicit slow_projection(const hall_basis& basis) : basis_(basis) {}

    lie bracket(hall_key i, hall_key j) const {
        if (i == j)
            return {};
        if (i > j)
            return scaled(bracket(j, i), -1);
        if (basis_.left(j) <= i)
            return {{basis_.find(i, j), 1.0}};
        lie sum = bracket(bracket(i, basis_.left(j)), basis_.right(j));
        for (const auto& t : bracket(bracket(i, basis_.right(j)), basis_.left(j)))
            sum[t.first] -= t.second;
        return sum;
    }

    lie bracket(const lie& a, hall_key b) const {
        lie sum;
        for (const auto& t : a)
            for (const auto& u : bracket(t.first, b))
                sum[u.first] += t.second * u.second;
        return sum;
    }

    lie nested(const std::vector<hall_key>& word) const {
        lie sum = {{word.front(), 1.0}};
        for (std::size_t i = 1; i < word.size(); ++i)
            sum = bracket(sum, word[i]);
        return sum;
    }

    static lie scaled(lie a, double factor) {
        for (auto& t : a)
            t.second *= factor;
        return a;
    }

private:
    const hall_basis& basis_;
};

TEST(projection_agrees_with_nested_brackets_rewritten_one_by_one) {
    for (const shape& s : shapes) {
        hall_tables tables;
        CHECK_OK(cache.basis(s, tables));
        const hall_basis& basis = tables.basis();
        const slow_projection slow(basis);
        // Any tensor will do, a Lie element or not: both are the same formula.
        const element tensor = samples::generator(5).uniform(samples::tensor_size(s));
        element expected(basis.size());
        for (std::size_t place = 1; place < tensor.size(); ++place) {
            std::vector<hall_key> word;
            for (std::size_t rest = place; rest != 0; rest = (rest - 1) / s.width)
                word.insert(word.begin(), static_cast<hall_key>((rest - 1) % s.width + 1));
            for (const auto& t : slow.nested(word))
                expected[t.first - 1] +=
                    tensor[place] * t.second / static_cast<double>(word.size());
        }
        check_near(projected(s, tensor), expected, 1e-11);
    }
}

TEST(the_bracket_is_antisymmetric_and_obeys_jacobi) {
    for (const shape& s : shapes) {
        const element a = random_lie(s, 6);
        const element b = random_lie(s, 7);
        const element c = random_lie(s, 8);
        const element ab = bracket(s, a, b);
        const element ba = bracket(s, b, a);
        const element jacobi[] = {bracket(s, a, bracket(s, b, c)), bracket(s, b, bracket(s, c, a)),
                                  bracket(s, c, ab)};
        for (std::size_t i = 0; i < a.size(); ++i) {
            CHECK_NEAR(ab[i], -ba[i], 1e-12);
            CHECK_NEAR(jacobi[0][i] + jacobi[1][i] + jacobi[2][i], 0.0, 1e-11);
        }
        for (const double x : bracket(s, a, a))
            CHECK(x == 0.0);
    }
}

TEST(the_bracket_is_the_commutator_and_may_overwrite_its_arguments) {
    const shape s{3, 4};
    element a = random_lie(s, 9);
    const element b = random_lie(s, 10);
    const element ta = expanded(s, a);
    const element tb = expanded(s, b);
    element commutator(ta.size());
    element tba(ta.size());
    CHECK_OK(tensor_multiply(s, ta.data(), tb.data(), commutator.data()));
    CHECK_OK(tensor_multiply(s, tb.data(), ta.data(), tba.data()));
    CHECK_OK(tensor_subtract(s, commutator.data(), tba.data(), commutator.data()));
    CHECK_OK(lie_bracket(s, a.data(), b.data(), cache, a.data()));
    check_near(expanded(s, a), commutator, 1e-12);
}

TEST(degree_one_and_one_letter_are_copied) {
    const element tensor = {7, 1, 2, 3};
    CHECK(projected({3, 1}, tensor) == element({1, 2, 3}));
    CHECK(projected({1, 3}, tensor) == element({1}));
    CHECK(expanded({3, 1}, {1, 2, 3}) == element({0, 1, 2, 3}));
    CHECK(expanded({1, 3}, {5}) == element({0, 5, 0, 0}));
    element nothing = {1};
    CHECK_OK(tensor_to_lie({3, 0}, tensor.data(), cache, nullptr));
    CHECK_OK(lie_to_tensor({3, 0}, nullptr, cache, nothing.data()));
    CHECK(nothing[0] == 0);
}

TEST(impossible_calls_are_refused) {
    double x = 0;
    CHECK(tensor_to_lie({2, 1000}, &x, cache, &x) == status::too_large);
    CHECK(lie_to_tensor({2, 1000}, &x, cache, &x) == status::too_large);
    CHECK(lie_bracket({2, 1000}, &x, &x, cache, &x) == status::too_large);
    CHECK(tensor_to_lie({0, 2}, &x, cache, &x) == status::invalid_argument);
    CHECK(tensor_to_lie({2, 2}, nullptr, cache, &x) == status::invalid_argument);
    CHECK(tensor_to_lie({2, 2}, &x, cache, nullptr) == status::invalid_argument);
    CHECK(lie_to_tensor({2, 2}, &x, cache, nullptr) == status::invalid_argument);
    std::size_t bytes = 0;
    CHECK(tensor_to_lie_workspace({2, 1000}, bytes) == status::too_large);
    CHECK(tensor_to_lie_workspace({0, 2}, bytes) == status::invalid_argument);
}
