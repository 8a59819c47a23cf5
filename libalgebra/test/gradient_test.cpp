// gradient_test.cpp: derivatives against exact values, finite differences and their own algebra.
#include "libalgebra/gradient.h"

#include "check.h"
#include "exact_reference.h"
#include "libalgebra/log_signature.h"
#include "libalgebra/tensor.h"
#include "samples.h"

using namespace libalgebra;
using samples::shapes;

static hall_basis_cache cache;

static std::vector<double> signature_gradient(const std::vector<double>& points, const shape& s,
                                              const std::vector<double>& cotangent) {
    std::vector<double> gradient(points.size());
    CHECK_OK(
        signature_vjp(samples::view(points, s.width), s.depth, cotangent.data(), gradient.data()));
    return gradient;
}

/// The derivative of `value` by each coordinate, to the fourth order of the step.
template <typename Value>
static std::vector<double> differences(std::vector<double> points, Value value) {
    constexpr double h = 1.0 / 256;
    std::vector<double> result;
    for (double& x : points) {
        const double there = x;
        const auto at = [&](double offset) {
            x = there + offset;
            return value(points);
        };
        result.push_back((8 * (at(h) - at(-h)) - (at(2 * h) - at(-2 * h))) / (12 * h));
        x = there;
    }
    return result;
}

static double dot(const std::vector<double>& a, const std::vector<double>& b) {
    double sum = 0;
    for (std::size_t i = 0; i < a.size(); ++i)
        sum += a[i] * b[i];
    return sum;
}

TEST(exact_derivatives_are_reproduced) {
    for (const exact::gradient_case& c : exact::gradients) {
        const auto gradient = signature_gradient(c.points, c.size, c.cotangent);
        double largest = 0;
        for (const double x : c.gradient)
            largest = std::fmax(largest, std::fabs(x));
        for (std::size_t i = 0; i < gradient.size(); ++i)
            CHECK(std::fabs(gradient[i] - c.gradient[i]) <= 1e-14 * largest);
    }
}

TEST(derivatives_of_the_signature_are_limits_of_differences) {
    for (const shape& s : shapes) {
        for (const std::size_t length : {std::size_t{2}, std::size_t{5}, std::size_t{10}}) {
            const auto points = samples::generator(length).uniform(length * s.width);
            const auto cotangent = samples::generator(1).uniform(samples::tensor_size(s));
            const auto expected = differences(points, [&](const std::vector<double>& moved) {
                return dot(samples::signature(moved, s), cotangent);
            });
            const auto gradient = signature_gradient(points, s, cotangent);
            for (std::size_t i = 0; i < points.size(); ++i)
                CHECK_NEAR(gradient[i], expected[i], 1e-6);
        }
    }
}

TEST(derivatives_of_the_log_signature_are_limits_of_differences) {
    for (const shape& s : shapes) {
        for (const std::size_t length : {std::size_t{2}, std::size_t{7}}) {
            const auto points = samples::generator(length).uniform(length * s.width);
            const auto cotangent = samples::generator(2).uniform(samples::lie_size(s));
            const auto expected = differences(points, [&](const std::vector<double>& moved) {
                std::vector<double> lie(cotangent.size());
                CHECK_OK(log_signature(samples::view(moved, s.width), s.depth, cache, lie.data()));
                return dot(lie, cotangent);
            });
            std::vector<double> gradient(points.size());
            CHECK_OK(log_signature_vjp(samples::view(points, s.width), s.depth, cotangent.data(),
                                       cache, gradient.data()));
            for (std::size_t i = 0; i < points.size(); ++i)
                CHECK_NEAR(gradient[i], expected[i], 1e-6);
        }
    }
}

TEST(a_translation_changes_nothing_so_the_derivatives_add_up_to_zero) {
    const shape s{3, 5};
    const auto points = samples::generator(3).uniform(50 * s.width);
    const auto cotangent = samples::generator(4).uniform(samples::tensor_size(s));
    const auto gradient = signature_gradient(points, s, cotangent);
    for (std::size_t letter = 0; letter < s.width; ++letter) {
        double sum = 0;
        for (std::size_t i = letter; i < gradient.size(); i += s.width)
            sum += gradient[i];
        CHECK_NEAR(sum, 0.0, 1e-10);
    }
}

TEST(along_the_path_itself_each_level_grows_by_its_length) {
    // Levels are homogeneous in the points. These tensors are too large for what is walked at once.
    for (const shape& s : {shape{2, 14}, shape{3, 9}, shape{4, 8}, shape{10, 5}, shape{40, 3}}) {
        const auto points = samples::generator(12).uniform(37 * s.width);
        const auto cotangent = samples::generator(13).uniform(samples::tensor_size(s));
        const auto signature = samples::signature(points, s);
        double expected = 0;
        std::size_t word = 0;
        for (std::size_t n = 0; n <= s.depth; ++n)
            for (; word < samples::tensor_size({s.width, n}); ++word)
                expected += static_cast<double>(n) * cotangent[word] * signature[word];
        const double found = dot(signature_gradient(points, s, cotangent), points);
        CHECK_NEAR(found / expected, 1.0, 1e-11);
    }
}

TEST(walking_a_long_path_from_either_end_gives_the_same_derivative) {
    // The signature of the path reversed is the antipode of the signature, so the derivative can be
    // found from the other end, where what was recomputed most often is then met first.
    const shape s{2, 6};
    constexpr std::size_t length = 5000;
    const auto points = samples::generator(5).uniform(length * s.width);
    const auto cotangent = samples::generator(7).uniform(samples::tensor_size(s));
    std::vector<double> reversed_points(points.size());
    std::vector<double> reversed_cotangent(cotangent.size());
    for (std::size_t i = 0; i < length; ++i)
        for (std::size_t j = 0; j < s.width; ++j)
            reversed_points[i * s.width + j] = points[(length - 1 - i) * s.width + j];
    CHECK_OK(tensor_antipode(s, cotangent.data(), reversed_cotangent.data()));

    const auto gradient = signature_gradient(points, s, cotangent);
    const auto reversed = signature_gradient(reversed_points, s, reversed_cotangent);
    double largest = 0;
    for (const double x : gradient)
        largest = std::fmax(largest, std::fabs(x));
    for (std::size_t i = 0; i < length; ++i)
        for (std::size_t j = 0; j < s.width; ++j)
            CHECK(std::fabs(gradient[i * s.width + j] - reversed[(length - 1 - i) * s.width + j]) <=
                  1e-12 * largest);
}

TEST(types_and_strides_do_not_matter) {
    const shape s{2, 3};
    const std::vector<float> narrow = {1, 2, 9, 3, 5, 9, 4, 4, 9};
    const std::vector<double> points = {1, 2, 3, 5, 4, 4};
    const auto cotangent = samples::generator(8).uniform(samples::tensor_size(s));
    std::vector<double> gradient(6);
    CHECK_OK(signature_vjp({narrow.data(), scalar::float32, 3, 2, 12, 4}, 3, cotangent.data(),
                           gradient.data()));
    CHECK(gradient == signature_gradient(points, s, cotangent));
}

TEST(variants_that_fuse_agree_to_the_last_bit) {
    if (!simd_is_available(simd::avx512))
        SKIP("one variant fuses on this machine, or none");
    const simd before = simd_in_use();
    for (const shape& s : {shape{2, 9}, shape{3, 6}, shape{5, 4}, shape{7, 3}, shape{11, 3}}) {
        const auto points = samples::generator(9).uniform(11 * s.width);
        const auto words = samples::generator(10).uniform(samples::tensor_size(s));
        const auto lie = samples::generator(11).uniform(samples::lie_size(s));
        std::vector<double> results[2];
        for (const simd variant : {simd::avx2, simd::avx512}) {
            CHECK_OK(simd_select(variant));
            std::vector<double>& result = results[variant == simd::avx512];
            result = signature_gradient(points, s, words);
            std::vector<double> more(points.size());
            CHECK_OK(log_signature_vjp(samples::view(points, s.width), s.depth, lie.data(), cache,
                                       more.data()));
            result.insert(result.end(), more.begin(), more.end());
            more.resize(lie.size());
            CHECK_OK(log_signature(samples::view(points, s.width), s.depth, cache, more.data()));
            result.insert(result.end(), more.begin(), more.end());
        }
        CHECK(results[0] == results[1]);
    }
    CHECK_OK(simd_select(before));
}

TEST(points_and_depth_zero_have_no_derivative) {
    const std::vector<double> cotangent(samples::tensor_size({3, 4}), 1.0);
    CHECK(signature_gradient({}, {3, 4}, cotangent).empty());
    CHECK(signature_gradient({1, 2, 3}, {3, 4}, cotangent) == std::vector<double>(3));
    CHECK(signature_gradient({1, 2, 3, 4, 5, 6}, {3, 0}, cotangent) == std::vector<double>(6));
}

TEST(the_caller_can_stop_a_long_path) {
    const std::vector<double> points(2 * 100000, 0.5);
    const std::vector<double> cotangent(samples::tensor_size({2, 10}), 1.0);
    std::vector<double> gradient(points.size());
    int asked = 0;
    const interruption stop{[](void* count) { return ++*static_cast<int*>(count) == 2; }, &asked};
    CHECK(signature_vjp(samples::view(points, 2), 10, cotangent.data(), gradient.data(), stop) ==
          status::interrupted);
    CHECK(asked == 2);
}

TEST(impossible_calls_are_refused) {
    double x = 0;
    const double points[] = {1, 2, 3, 4};
    const path_view path{points, scalar::float64, 2, 2, 16, 8};
    std::vector<double> gradient(4);
    CHECK(signature_vjp(path, 1000, &x, gradient.data()) == status::too_large);
    CHECK(signature_vjp(path, 2, nullptr, gradient.data()) == status::invalid_argument);
    CHECK(signature_vjp(path, 2, &x, nullptr) == status::invalid_argument);
    CHECK(signature_vjp({nullptr, scalar::float64, 2, 2, 16, 8}, 2, &x, gradient.data()) ==
          status::invalid_argument);
    std::size_t bytes = 0;
    CHECK(signature_vjp_workspace({2, 1000}, bytes) == status::too_large);
    CHECK(signature_vjp_workspace({0, 1}, bytes) == status::invalid_argument);
    CHECK_OK(signature_vjp_workspace({1, 1000}, bytes));
    CHECK(log_signature_vjp(path, 1000, &x, cache, gradient.data()) == status::too_large);
    CHECK(log_signature_vjp(path, 2, nullptr, cache, gradient.data()) == status::invalid_argument);
    CHECK(log_signature_vjp_workspace({2, 1000}, bytes) == status::too_large);
    CHECK(log_signature_vjp_workspace({0, 1}, bytes) == status::invalid_argument);
    CHECK_OK(log_signature_vjp_workspace({1, SIZE_MAX}, bytes));
}
