// simd_test.cpp: every variant that this machine has, against one another and bit for bit.
#include "libalgebra/simd.h"

#include "check.h"
#include "samples.h"

#include "libalgebra/signature.h"

#include <algorithm>
#include <cstring>
#include <limits>

using namespace libalgebra;

static const simd variants[] = {simd::baseline, simd::avx2, simd::avx512};

/// Runs `call` with each variant that there is, and puts the choice back.
template <typename Call>
static void with_each_variant(Call call) {
    const simd before = simd_in_use();
    for (const simd variant : variants) {
        if (!simd_is_available(variant))
            continue;
        CHECK_OK(simd_select(variant));
        call();
    }
    CHECK_OK(simd_select(before));
}

/// Shapes that meet every kind of tree: small, in registers, above registers, with rests.
static const std::vector<shape> shapes = {{2, 2}, {2, 5},  {2, 6},  {2, 13}, {3, 3},  {3, 4},
                                          {3, 7}, {4, 2},  {4, 3},  {4, 6},  {5, 3},  {5, 5},
                                          {6, 4}, {9, 2},  {9, 3},  {13, 3}, {16, 2}, {17, 2},
                                          {7, 5}, {33, 2}, {40, 3}, {64, 2}, {8, 4}};

template <typename Real>
static std::vector<Real> by_engine(const std::vector<double>& points, const shape& s) {
    std::vector<Real> result(samples::tensor_size(s));
    signature_engine<Real> engine;
    CHECK_OK(engine.prepare(s));
    CHECK_OK(engine.signature(samples::view(points, s.width), result.data()));
    return result;
}

/// Each increment multiplied on its own from the right, in the plainest way: S_n becomes the sum
/// of S_(n-i) z^i/i!.
static std::vector<double> one_by_one(const std::vector<double>& points, const shape& s) {
    std::vector<double> result(samples::tensor_size(s));
    signature_engine<double> engine;
    CHECK_OK(engine.prepare(s));
    result[0] = 1;
    for (std::size_t i = 0; i + 1 < points.size() / s.width; ++i) {
        path_view step = samples::view(points, s.width);
        step.data = points.data() + i * s.width;
        step.length = 2;
        CHECK_OK(engine.append(result.data(), step, result.data()));
    }
    return result;
}

template <typename Real>
static double largest_difference(const std::vector<Real>& a, const std::vector<double>& b) {
    double difference = 0;
    double largest = 0;
    for (std::size_t i = 0; i < b.size(); ++i) {
        difference = std::max(difference, std::fabs(static_cast<double>(a[i]) - b[i]));
        largest = std::max(largest, std::fabs(b[i]));
    }
    return difference / largest;
}

TEST(names_and_choices_are_told) {
    CHECK(std::strcmp(simd_name(simd::baseline), "baseline") == 0);
    CHECK(std::strcmp(simd_name(simd::avx2), "avx2") == 0);
    CHECK(std::strcmp(simd_name(simd::avx512), "avx512") == 0);
    CHECK(simd_is_available(simd::baseline));
    for (const simd variant : variants) {
        const simd before = simd_in_use();
        const bool is_available = simd_is_available(variant);
        CHECK(simd_select(variant) == (is_available ? status::ok : status::invalid_argument));
        CHECK(simd_in_use() == (is_available ? variant : before));
        CHECK_OK(simd_select(before));
    }
}

TEST(every_variant_agrees_with_one_step_after_the_other) {
    for (const shape& s : shapes) {
        for (const std::size_t length : {2, 3, 4, 5, 8, 22, 39}) {
            const auto points = samples::generator(length).uniform(length * s.width);
            const auto expected = one_by_one(points, s);
            with_each_variant([&] {
                CHECK(largest_difference(by_engine<double>(points, s), expected) < 1e-13);
                CHECK(largest_difference(by_engine<float>(points, s), expected) < 1e-5);
                CHECK(samples::signature(points, s) == by_engine<double>(points, s));
            });
        }
    }
}

TEST(variants_that_fuse_give_the_same_bits) {
    if (!simd_is_available(simd::avx512))
        SKIP("this machine has no AVX-512");
    const simd before = simd_in_use();
    for (const shape& s : shapes) {
        const auto points = samples::generator(7).uniform(21 * s.width);
        CHECK_OK(simd_select(simd::avx2));
        const auto expected = by_engine<double>(points, s);
        CHECK_OK(simd_select(simd::avx512));
        CHECK(by_engine<double>(points, s) == expected);
    }
    CHECK_OK(simd_select(before));
}

template <typename Real>
static void check_batch(const shape& s, std::size_t count, std::size_t length) {
    const std::size_t size = samples::tensor_size(s);
    const std::size_t stride = size + 3;
    const auto points = samples::generator(count).uniform(count * length * s.width);
    path_view first = samples::view(points, s.width);
    first.length = length;
    const auto path_bytes = static_cast<std::ptrdiff_t>(length * s.width * sizeof(double));
    std::vector<Real> results(count * stride, Real(-7));
    signature_engine<Real> engine;
    CHECK_OK(engine.prepare(s));
    CHECK_OK(engine.signatures({first, count, path_bytes}, results.data(), stride));
    for (std::size_t i = 0; i < count; ++i) {
        const auto begin = points.begin() + static_cast<std::ptrdiff_t>(i * length * s.width);
        const auto expected =
            by_engine<Real>({begin, begin + static_cast<std::ptrdiff_t>(length * s.width)}, s);
        CHECK(std::equal(expected.begin(), expected.end(),
                         results.begin() + static_cast<std::ptrdiff_t>(i * stride)));
        for (std::size_t gap = i * stride + size; gap < (i + 1) * stride; ++gap)
            CHECK(results[gap] == Real(-7));
    }
}

TEST(a_batch_gives_the_bits_of_its_paths_one_by_one) {
    with_each_variant([] {
        for (const shape& s : {shape{1, 3}, shape{3, 1}, shape{2, 2}, shape{2, 5}, shape{3, 3},
                               shape{3, 4}, shape{4, 3}, shape{6, 3}, shape{12, 2}, shape{5, 5}}) {
            for (const std::size_t count : {1, 2, 7, 17, 33}) {
                for (const std::size_t length : {1, 2, 6, 13}) {
                    check_batch<double>(s, count, length);
                    check_batch<float>(s, count, length);
                }
            }
        }
    });
}

TEST(special_values_in_one_path_of_a_batch_stay_there) {
    const shape s = {3, 3};
    const std::size_t size = samples::tensor_size(s);
    const std::size_t count = 19;
    const std::ptrdiff_t path_bytes = 10 * 3 * sizeof(double);
    auto points = samples::generator(3).uniform(count * 30);
    path_view first = samples::view(points, 3);
    first.length = 10;
    with_each_variant([&] {
        signature_engine<double> engine;
        std::vector<double> expected(count * size);
        std::vector<double> results(count * size);
        CHECK_OK(engine.prepare(s));
        CHECK_OK(engine.signatures({first, count, path_bytes}, expected.data(), size));
        const double before = points[18 * 30 + 7];
        points[18 * 30 + 7] = std::numeric_limits<double>::quiet_NaN();
        CHECK_OK(engine.signatures({first, count, path_bytes}, results.data(), size));
        points[18 * 30 + 7] = before;
        CHECK(std::equal(results.begin(), results.end() - static_cast<std::ptrdiff_t>(size),
                         expected.begin()));
        CHECK(std::isnan(results[18 * size + 2]));
        CHECK(results[18 * size + 1] == expected[18 * size + 1]);
    });
}

TEST(special_values_reach_exactly_the_words_with_their_letter_in_every_tree) {
    with_each_variant([] {
        for (const shape& s : {shape{2, 7}, shape{3, 4}, shape{5, 4}, shape{11, 3}, shape{20, 2}}) {
            auto points = samples::generator(4).uniform(9 * s.width);
            const auto finite = by_engine<double>(points, s);
            points[4 * s.width + 1] = std::numeric_limits<double>::infinity();
            const auto t = by_engine<double>(points, s);
            for (std::size_t word = 0; word < t.size(); ++word) {
                bool contains = false;
                for (std::size_t rest = word; rest != 0; rest = (rest - 1) / s.width)
                    contains = contains || (rest - 1) % s.width == 1;
                CHECK(contains ? !std::isfinite(t[word]) : t[word] == finite[word]);
            }
        }
    });
}

TEST(long_paths_are_cut_and_stay_accurate) {
    const std::size_t steps = 100000;
    std::vector<double> points;
    for (std::size_t i = 0; i <= steps; ++i) {
        const double t = static_cast<double>(i) / static_cast<double>(steps);
        points.push_back(t);
        points.push_back(2 * t);
    }
    with_each_variant([&] {
        const auto t = samples::signature(points, {2, 3});
        CHECK(t[1] == 1 && t[2] == 2);
        const double expected[] = {0.5, 1, 1, 2};
        for (std::size_t i = 0; i < 4; ++i)
            CHECK_NEAR(t[3 + i], expected[i], 3e-15);
        for (std::size_t i = 0; i < 8; ++i)
            CHECK_NEAR(t[7 + i], std::pow(2, (i >> 2) + (i >> 1 & 1) + (i & 1)) / 6, 1e-14);
    });
}
