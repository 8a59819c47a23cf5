// signature_test.cpp: identities of path signatures, layouts, exactness, special values.
#include "libalgebra/signature.h"

#include "check.h"
#include "reference_data.h"
#include "samples.h"

#include "libalgebra/tensor.h"

#include <algorithm>
#include <cstring>

using namespace libalgebra;
using samples::shapes;

using tensor = std::vector<double>;

static std::vector<double> random_path(std::size_t length, std::size_t width, std::uint64_t seed) {
    return samples::generator(seed).uniform(length * width);
}

static std::vector<double> reversed(std::vector<double> points, std::size_t width) {
    std::reverse(points.begin(), points.end());
    for (std::size_t i = 0; i < points.size(); i += width)
        std::reverse(points.begin() + static_cast<std::ptrdiff_t>(i),
                     points.begin() + static_cast<std::ptrdiff_t>(i + width));
    return points;
}

static void check_near(const tensor& a, const tensor& b, double tolerance) {
    CHECK(a.size() == b.size() && !a.empty());
    for (std::size_t i = 0; i < a.size() && i < b.size(); ++i)
        CHECK_NEAR(a[i], b[i], tolerance);
}

TEST(a_segment_gives_the_exponential_of_its_increment) {
    for (const shape& s : shapes) {
        const auto points = random_path(2, s.width, 1);
        tensor expected(samples::tensor_size(s));
        for (std::size_t i = 0; i < s.width; ++i)
            expected[1 + i] = points[s.width + i] - points[i];
        CHECK_OK(tensor_exp(s, expected.data(), expected.data()));
        check_near(samples::signature(points, s), expected, 1e-14);
    }
}

TEST(chens_identity_holds) {
    for (const shape& s : shapes) {
        const auto points = random_path(11, s.width, 2);
        for (std::size_t cut = 0; cut < 11; cut += 2) {
            const auto middle = points.begin() + static_cast<std::ptrdiff_t>(cut * s.width);
            const auto before = samples::signature(
                {points.begin(), middle + static_cast<std::ptrdiff_t>(s.width)}, s);
            const auto after = samples::signature({middle, points.end()}, s);
            tensor product(before.size());
            CHECK_OK(tensor_multiply(s, before.data(), after.data(), product.data()));
            check_near(samples::signature(points, s), product, 1e-11);
        }
    }
}

TEST(the_reversed_path_gives_the_inverse_and_the_antipode) {
    for (const shape& s : shapes) {
        const auto points = random_path(9, s.width, 3);
        const auto forth = samples::signature(points, s);
        const auto back = samples::signature(reversed(points, s.width), s);
        tensor t(forth.size());
        tensor unit(forth.size());
        CHECK_OK(tensor_unit(s, unit.data()));
        CHECK_OK(tensor_multiply(s, back.data(), forth.data(), t.data()));
        check_near(t, unit, 1e-11);
        CHECK_OK(tensor_inverse(s, forth.data(), t.data()));
        check_near(t, back, 1e-10);
        CHECK_OK(tensor_antipode(s, forth.data(), t.data()));
        check_near(t, back, 1e-11);
    }
}

/// Adds `scale` times the sum of the coefficients of all shuffles of u and v.
static double shuffle(const shape& s, const tensor& t, const std::vector<std::size_t>& u,
                      std::size_t i, const std::vector<std::size_t>& v, std::size_t j,
                      std::size_t word) {
    if (i == u.size() && j == v.size())
        return t[word];
    double sum = 0;
    if (i < u.size())
        sum += shuffle(s, t, u, i + 1, v, j, word * s.width + 1 + u[i]);
    if (j < v.size())
        sum += shuffle(s, t, u, i, v, j + 1, word * s.width + 1 + v[j]);
    return sum;
}

static std::vector<std::size_t> letters(const shape& s, std::size_t word) {
    std::vector<std::size_t> result;
    for (; word != 0; word = (word - 1) / s.width)
        result.insert(result.begin(), (word - 1) % s.width);
    return result;
}

TEST(products_of_coefficients_are_shuffles) {
    for (const shape& s : shapes) {
        const auto t = samples::signature(random_path(8, s.width, 4), s);
        const std::size_t words = std::min<std::size_t>(t.size(), 40);
        for (std::size_t a = 0; a < words; ++a) {
            for (std::size_t b = 0; b < words; ++b) {
                const auto u = letters(s, a);
                const auto v = letters(s, b);
                if (u.size() + v.size() <= s.depth)
                    CHECK_NEAR(t[a] * t[b], shuffle(s, t, u, 0, v, 0, 0), 1e-11);
            }
        }
    }
}

TEST(a_signature_does_not_change_with_parametrisation_or_place) {
    const shape s{3, 4};
    const auto points = random_path(6, 3, 5);
    std::vector<double> slower;
    for (std::size_t i = 0; i < 6; ++i) {
        for (std::size_t j = 0; j < 3; ++j)
            slower.push_back(points[3 * i + j] + 1);
        for (std::size_t j = 0; i < 5 && j < 3; ++j)
            slower.push_back(0.75 * points[3 * i + j] + 0.25 * points[3 * i + 3 + j] + 1);
    }
    check_near(samples::signature(slower, s), samples::signature(points, s), 1e-12);
}

TEST(every_number_of_steps_modulo_four_agrees_with_a_product_of_exponentials) {
    const shape s{3, 5};
    for (std::size_t length = 2; length <= 10; ++length) {
        const auto points = random_path(length, 3, 6);
        tensor expected(samples::tensor_size(s));
        CHECK_OK(tensor_unit(s, expected.data()));
        for (std::size_t step = 0; step + 1 < length; ++step) {
            tensor factor(expected.size());
            path_increment(samples::view(points, 3), step, factor.data() + 1);
            CHECK_OK(tensor_exp(s, factor.data(), factor.data()));
            CHECK_OK(tensor_multiply(s, expected.data(), factor.data(), expected.data()));
        }
        check_near(samples::signature(points, s), expected, 1e-12);
    }
}

TEST(integer_paths_are_exact_at_depth_two) {
    for (std::size_t width = 1; width <= 7; ++width) {
        std::vector<double> points(30 * width);
        samples::generator random(7);
        for (double& value : points)
            value = random.integer(1000);
        tensor expected(1 + width + width * width);
        expected[0] = 1;
        for (std::size_t step = 0; step < 29; ++step) {
            const double* p = &points[step * width];
            for (std::size_t i = 0; i < width; ++i)
                for (std::size_t j = 0; j < width; ++j)
                    expected[1 + width + i * width + j] +=
                        (p[i] - points[i] + (p[width + i] - p[i]) / 2) * (p[width + j] - p[j]);
        }
        for (std::size_t i = 0; i < width; ++i)
            expected[1 + i] = points[29 * width + i] - points[i];
        CHECK(samples::signature(points, {width, 2}) == expected);
    }
}

TEST(every_layout_gives_the_same_bits) {
    const shape s{3, 4};
    const std::size_t length = 7;
    const auto points = random_path(length, 3, 8);
    const auto expected = samples::signature(points, s);
    tensor result(expected.size());

    std::vector<double> columns(points.size());
    for (std::size_t i = 0; i < length; ++i)
        for (std::size_t j = 0; j < 3; ++j)
            columns[j * length + i] = points[i * 3 + j];
    CHECK_OK(signature({columns.data(), scalar::float64, length, 3, 8, 8 * 7}, 4, result.data()));
    CHECK(result == expected);

    std::vector<double> backwards(points.rbegin(), points.rend());
    CHECK_OK(signature({&backwards.back(), scalar::float64, length, 3, -24, -8}, 4, result.data()));
    CHECK(result == expected);

    std::vector<char> shifted(points.size() * 8 + 1);
    std::memcpy(shifted.data() + 1, points.data(), points.size() * 8);
    CHECK_OK(signature({shifted.data() + 1, scalar::float64, length, 3, 24, 8}, 4, result.data()));
    CHECK(result == expected);
}

TEST(float32_gives_the_signature_of_the_same_values_in_double) {
    const shape s{2, 5};
    const auto points = random_path(9, 2, 9);
    const std::vector<float> narrow(points.begin(), points.end());
    const std::vector<double> wide(narrow.begin(), narrow.end());
    tensor result(samples::tensor_size(s));
    CHECK_OK(signature({narrow.data(), scalar::float32, 9, 2, 8, 4}, 5, result.data()));
    CHECK(result == samples::signature(wide, s));
}

TEST(fewer_than_two_points_give_the_unit) {
    const double point[] = {3, 4};
    tensor unit(7);
    unit[0] = 1;
    tensor result(7, -1);
    CHECK_OK(signature({nullptr, scalar::float64, 0, 2, 16, 8}, 2, result.data()));
    CHECK(result == unit);
    std::fill(result.begin(), result.end(), -1);
    CHECK_OK(signature({point, scalar::float64, 1, 2, 16, 8}, 2, result.data()));
    CHECK(result == unit);
}

TEST(depth_zero_is_the_constant_one) {
    double result = 0;
    const double points[] = {3, 4};
    CHECK_OK(signature({points, scalar::float64, 2, 1, 8, 8}, 0, &result));
    CHECK(result == 1);
}

static bool contains(const shape& s, std::size_t word, std::size_t letter) {
    const auto u = letters(s, word);
    return std::find(u.begin(), u.end(), letter) != u.end();
}

TEST(nan_and_infinity_reach_exactly_the_words_with_their_letter) {
    for (const double special : {std::nan(""), HUGE_VAL, -HUGE_VAL}) {
        for (const shape& s : {shape{1, 3}, shape{2, 5}, shape{3, 4}, shape{5, 1}}) {
            for (std::size_t at = 0; at < 9; ++at) {
                auto points = random_path(9, s.width, 10);
                const auto finite = samples::signature(points, s);
                points[at * s.width] = special;
                const auto t = samples::signature(points, s);
                CHECK(t[0] == 1.0);
                for (std::size_t word = 1; word < t.size(); ++word) {
                    if (contains(s, word, 0))
                        CHECK(!std::isfinite(t[word]));
                    else
                        CHECK(t[word] == finite[word]);
                }
            }
        }
    }
}

TEST(the_established_signatures_are_reproduced) {
    for (const reference::path_case& c : reference::cases) {
        tensor result(samples::tensor_size(c.size));
        CHECK(result.size() == c.signature.size());
        if (c.is_float32) {
            const std::vector<float> narrow(c.points.begin(), c.points.end());
            const auto stride = static_cast<std::ptrdiff_t>(4 * c.size.width);
            CHECK_OK(signature({narrow.data(), scalar::float32, narrow.size() / c.size.width,
                                c.size.width, stride, 4},
                               c.size.depth, result.data()));
        } else {
            result = samples::signature(c.points, c.size);
        }
        check_near(result, c.signature, c.is_float32 ? 1e-4 : 1e-10);
    }
}

TEST(impossible_calls_are_refused) {
    double result = 0;
    const double points[] = {1, 2, 3, 4};
    const path_view path{points, scalar::float64, 2, 2, 16, 8};
    CHECK(signature(path, 1000, &result) == status::too_large);
    CHECK(signature(path, SIZE_MAX, &result) == status::too_large);
    CHECK(signature(path, 8 * sizeof(std::size_t) - 3, &result) == status::too_large);
    CHECK(signature(path, 2, nullptr) == status::invalid_argument);
    CHECK(signature({points, scalar::float64, 2, 0, 16, 8}, 2, &result) ==
          status::invalid_argument);
}

TEST(the_workspace_is_bounded_and_checked) {
    std::size_t bytes = 1;
    CHECK_OK(signature_workspace({2, 2}, bytes));
    CHECK(bytes == 0);
    CHECK_OK(signature_workspace({1, 1000}, bytes));
    CHECK(bytes == 0);
    CHECK_OK(signature_workspace({5, 5}, bytes));
    CHECK(bytes >= 8 * 4 * 625 && bytes < 8 * 3906 * 3);
    CHECK(signature_workspace({2, 8 * sizeof(std::size_t) - 4}, bytes) == status::too_large);
}
