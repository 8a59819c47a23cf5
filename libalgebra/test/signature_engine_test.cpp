// signature_engine_test.cpp: appended points, prefixes, interruption, one engine for many paths.
#include "libalgebra/signature.h"

#include "check.h"
#include "samples.h"

#include "libalgebra/tensor.h"

#include <algorithm>

using namespace libalgebra;
using samples::shapes;

static path_view part(const path_view& path, std::size_t first, std::size_t length) {
    path_view result = path;
    result.data = static_cast<const char*>(path.data) +
                  static_cast<std::ptrdiff_t>(first) * path.point_stride;
    result.length = length;
    return result;
}

static void check_near(const double* a, const std::vector<double>& b, double tolerance) {
    for (std::size_t i = 0; i < b.size(); ++i)
        CHECK_NEAR(a[i], b[i], tolerance);
}

TEST(appended_points_give_the_signature_of_the_whole_path) {
    for (const shape& s : shapes) {
        const auto points = samples::generator(1).uniform(12 * s.width);
        const path_view path = samples::view(points, s.width);
        const auto expected = samples::signature(points, s);
        signature_engine<double> engine;
        CHECK_OK(engine.prepare(s));
        for (const std::size_t cut : {0, 1, 5, 10, 11}) {
            std::vector<double> result(expected.size());
            CHECK_OK(engine.signature(part(path, 0, cut + 1), result.data()));
            CHECK_OK(engine.append(result.data(), part(path, cut, 12 - cut), result.data()));
            check_near(result.data(), expected, 1e-12);
        }
    }
}

TEST(prefixes_are_the_signatures_of_all_beginnings) {
    for (const shape& s : shapes) {
        const auto points = samples::generator(2).uniform(9 * s.width);
        const path_view path = samples::view(points, s.width);
        const std::size_t size = samples::tensor_size(s);
        std::vector<double> rows(9 * (size + 1), -1);
        std::vector<double> expected(size);
        signature_engine<double> engine;
        CHECK_OK(engine.prepare(s));
        CHECK_OK(engine.prefixes(path, rows.data(), size + 1));
        for (std::size_t i = 0; i < 9; ++i) {
            CHECK_OK(engine.signature(part(path, 0, i + 1), expected.data()));
            check_near(&rows[i * (size + 1)], expected, 1e-12);
            CHECK(std::equal(&rows[i * (size + 1)], &rows[i * (size + 1)] + 1 + s.width,
                             expected.begin()));
            CHECK(rows[i * (size + 1) + size] == -1);
        }
    }
}

TEST(an_engine_serves_one_path_after_the_other) {
    const shape s = {3, 5};
    signature_engine<double> engine;
    CHECK_OK(engine.prepare(s));
    for (const std::size_t length : {40, 3, 0, 17, 5000, 2, 1}) {
        const auto points = samples::generator(length).uniform(3 * length);
        std::vector<double> result(samples::tensor_size(s));
        CHECK_OK(engine.signature(samples::view(points, 3), result.data()));
        CHECK(result == samples::signature(points, s));
    }
}

TEST(a_caller_can_stop_a_long_computation) {
    struct asked {
        std::size_t count = 0;
        std::size_t answer_after = 0;
    };
    for (const shape& s : {shape{2, 10}, shape{3, 3}, shape{2, 20}, shape{600, 2}}) {
        asked state;
        state.answer_after = 3;
        const interruption stop = {[](void* context) {
                                       asked& a = *static_cast<asked*>(context);
                                       return ++a.count >= a.answer_after;
                                   },
                                   &state};
        const std::size_t steps = s.depth == 20 ? 100 : 50000;
        const std::vector<double> point = samples::generator(5).uniform(s.width);
        // The same point over and over: a stride of 0.
        path_view path = samples::view(point, s.width);
        path.length = steps;
        path.point_stride = 0;
        std::vector<double> result(samples::tensor_size(s));
        signature_engine<double> engine;
        CHECK_OK(engine.prepare(s, stop));
        status last = status::ok;
        for (int i = 0; i < 1000 && last == status::ok; ++i)
            last = engine.signature(path, result.data());
        CHECK(last == status::interrupted);
        CHECK(state.count == 3);
    }
}

TEST(impossible_calls_are_refused) {
    const auto points = samples::generator(6).uniform(6);
    std::vector<double> result(7);
    signature_engine<double> engine;
    CHECK(engine.signature(samples::view(points, 2), result.data()) == status::invalid_argument);
    CHECK(engine.prepare({2, 1000}) == status::too_large);
    CHECK(engine.prepare({0, 1}) == status::invalid_argument);
    CHECK_OK(engine.prepare({2, 2}));
    CHECK(engine.signature(samples::view(points, 3), result.data()) == status::invalid_argument);
    CHECK_OK(engine.signature(samples::view(points, 2), result.data()));
}
