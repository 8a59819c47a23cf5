// log_signature_test.cpp: log signatures against expansions, reference data and special values.
#include "libalgebra/log_signature.h"

#include "check.h"
#include "exact_reference.h"
#include "libalgebra/lie.h"
#include "libalgebra/tensor.h"
#include "reference_data.h"
#include "samples.h"

using namespace libalgebra;
using samples::shapes;

static hall_basis_cache cache;

static std::vector<double> log_signature(const std::vector<double>& points, const shape& s) {
    std::vector<double> result(samples::lie_size(s));
    CHECK_OK(log_signature(samples::view(points, s.width), s.depth, cache, result.data()));
    return result;
}

TEST(the_exponential_of_the_log_signature_is_the_signature) {
    for (const shape& s : shapes) {
        const auto points = samples::generator(1).uniform(9 * s.width);
        const auto expected = samples::signature(points, s);
        std::vector<double> tensor(expected.size());
        CHECK_OK(
            log_signature_to_signature(log_signature(points, s).data(), s, cache, tensor.data()));
        for (std::size_t i = 0; i < tensor.size(); ++i)
            CHECK_NEAR(tensor[i], expected[i], 1e-12);
    }
}

TEST(a_signature_is_grouplike_so_its_logarithm_is_a_lie_element) {
    for (const shape& s : shapes) {
        auto tensor = samples::signature(samples::generator(2).uniform(9 * s.width), s);
        std::vector<double> lie(samples::lie_size(s));
        std::vector<double> expected(tensor.size());
        CHECK_OK(tensor_log(s, tensor.data(), tensor.data()));
        CHECK_OK(tensor_to_lie(s, tensor.data(), cache, lie.data()));
        CHECK_OK(lie_to_tensor(s, lie.data(), cache, expected.data()));
        for (std::size_t i = 0; i < tensor.size(); ++i)
            CHECK_NEAR(tensor[i], expected[i], 1e-11);
    }
}

TEST(a_straight_line_has_only_its_increment) {
    const auto lie = log_signature({1, 2, 3, 5, 5, 8}, {2, 6});
    CHECK_NEAR(lie[0], 4, 1e-15);
    CHECK_NEAR(lie[1], 6, 1e-15);
    for (std::size_t i = 2; i < lie.size(); ++i)
        CHECK_NEAR(lie[i], 0, 1e-11);
}

TEST(the_unit_square_has_its_area) {
    const auto lie = log_signature({0, 0, 1, 0, 1, 1, 0, 1, 0, 0}, {2, 2});
    CHECK(lie == std::vector<double>({0, 0, 1}));
}

TEST(points_and_constant_paths_give_zeros) {
    for (const shape& s : shapes) {
        for (const std::size_t length : {std::size_t{0}, std::size_t{1}, std::size_t{3}})
            for (const double x : log_signature(std::vector<double>(length * s.width, 1.5), s))
                CHECK(x == 0.0);
    }
}

TEST(one_letter_is_quick_at_any_depth) {
    CHECK(log_signature({1, 4, 2}, {1, 100000000}) == std::vector<double>({1}));
}

TEST(special_values_do_not_crash) {
    const auto lie = log_signature({0, 0, std::nan(""), 1, 2, 2}, {2, 4});
    CHECK(std::isnan(lie[0]));
    CHECK(lie[1] == 2);
    CHECK(std::isnan(lie[2]));
}

TEST(a_signature_can_be_converted_afterwards) {
    for (const shape& s : shapes) {
        const auto points = samples::generator(3).uniform(5 * s.width);
        std::vector<double> lie(samples::lie_size(s));
        CHECK_OK(
            signature_to_log_signature(samples::signature(points, s).data(), s, cache, lie.data()));
        CHECK(lie == log_signature(points, s));
    }
    double bad = 2;
    double result[2];
    CHECK(signature_to_log_signature(nullptr, {2, 1}, cache, result) == status::invalid_argument);
    CHECK(signature_to_log_signature(&bad, {2, 0}, cache, result) == status::invalid_argument);
}

TEST(the_established_log_signatures_are_reproduced) {
    for (const reference::path_case& c : reference::cases) {
        std::vector<double> lie(samples::lie_size(c.size));
        CHECK(lie.size() == c.log_signature.size());
        if (c.is_float32) {
            const std::vector<float> narrow(c.points.begin(), c.points.end());
            const auto stride = static_cast<std::ptrdiff_t>(4 * c.size.width);
            CHECK_OK(log_signature({narrow.data(), scalar::float32, narrow.size() / c.size.width,
                                    c.size.width, stride, 4},
                                   c.size.depth, cache, lie.data()));
        } else {
            lie = log_signature(c.points, c.size);
        }
        for (std::size_t i = 0; i < lie.size(); ++i)
            CHECK_NEAR(lie[i], c.log_signature[i], c.is_float32 ? 1e-4 : 1e-10);
    }
}

/// The worst error of each degree over the degree's largest coordinate.
static std::vector<double> errors(const shape& s, const std::vector<double>& lie,
                                  const std::vector<double>& exact) {
    std::vector<double> worst;
    std::size_t begin = 0;
    for (std::size_t degree = 1; degree <= s.depth; ++degree) {
        const std::size_t end = samples::lie_size({s.width, degree});
        double error = 0;
        double largest = 0;
        for (; begin < end; ++begin) {
            error = std::fmax(error, std::fabs(lie[begin] - exact[begin]));
            largest = std::fmax(largest, std::fabs(exact[begin]));
        }
        worst.push_back(largest == 0 ? error : error / largest);
    }
    return worst;
}

/// What esig 0.9.8.3 makes of them: the same errors, case by case, from degree 3 on.
static const std::vector<std::vector<double>> errors_of_esig_0_9_8 = {
    {2.9e-16, 9.3e-16, 9.4e-16, 8.2e-15, 8.0e-15, 4.2e-14, 4.5e-13, 2.8e-12, 3.0e-11, 3.6e-10},
    {3.7e-16, 3.1e-16, 2.2e-15, 1.5e-14, 1.2e-13, 8.4e-13, 5.7e-12},
    {3.9e-16, 8.7e-16, 6.6e-16, 2.2e-15, 1.0e-14},
    {4.3e-16, 5.8e-16, 5.6e-16, 1.6e-16, 1.3e-15},
    {2.9e-16, 1.9e-16, 4.7e-16, 2.9e-15},
    {4.6e-16, 3.0e-15, 9.8e-15},
    {2.1e-16},
};

TEST(log_signatures_are_at_least_as_exact_as_those_of_esig_0_9_8) {
    // A few units in the last place are a matter of luck, and so is a half more or less.
    constexpr double luck = 10 * 2.3e-16;
    CHECK(exact::log_signatures.size() == errors_of_esig_0_9_8.size());
    for (std::size_t i = 0; i < errors_of_esig_0_9_8.size(); ++i) {
        const exact::log_signature_case& c = exact::log_signatures[i];
        const auto found = errors(c.size, log_signature(c.points, c.size), c.log_signature);
        CHECK(found[0] == 0);
        CHECK(found[1] <= luck);
        for (std::size_t degree = 3; degree <= c.size.depth; ++degree) {
            CHECK(found[degree - 1] <= std::fmax(1.5 * errors_of_esig_0_9_8[i][degree - 3], luck));
            CHECK(found[degree - 1] <= 1e-11);
        }
    }
}

TEST(depth_two_takes_no_more_memory_than_the_signature) {
    std::size_t bytes = 0;
    CHECK_OK(log_signature_workspace({4832, 2}, bytes));
    CHECK(bytes < 3 * samples::tensor_size({4832, 2}) * sizeof(double));
}

TEST(the_caller_can_stop_a_long_path) {
    const std::vector<double> points(2 * 1000000, 0.5);
    std::vector<double> lie(samples::lie_size({2, 10}));
    const interruption stop{[](void*) { return true; }, nullptr};
    CHECK(log_signature(samples::view(points, 2), 10, cache, lie.data(), stop) ==
          status::interrupted);
}

TEST(impossible_calls_are_refused) {
    double result = 0;
    const double points[] = {1, 2, 3, 4};
    const path_view path{points, scalar::float64, 2, 2, 16, 8};
    CHECK(log_signature(path, 1000, cache, &result) == status::too_large);
    CHECK(log_signature(path, 2, cache, nullptr) == status::invalid_argument);
    CHECK(log_signature({nullptr, scalar::float64, 2, 2, 16, 8}, 2, cache, &result) ==
          status::invalid_argument);
    std::size_t bytes = 0;
    CHECK(log_signature_workspace({2, 1000}, bytes) == status::too_large);
    CHECK(log_signature_workspace({0, 1}, bytes) == status::invalid_argument);
    CHECK_OK(log_signature_workspace({1, SIZE_MAX}, bytes));
}
