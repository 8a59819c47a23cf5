// windows_test.cpp: windows are what their points give, whoever computes them, and how many.
#include "libalgebra/windows.h"

#include "check.h"
#include "samples.h"

#include <cmath>
#include <limits>

using namespace libalgebra;

static path_view part(const path_view& path, std::size_t first, std::size_t length) {
    path_view result = path;
    result.data = static_cast<const char*>(path.data) +
                  static_cast<std::ptrdiff_t>(first) * path.point_stride;
    result.length = length;
    return result;
}

/// All windows, group by group, from the last one on: no group needs another.
static std::vector<double> all_windows(const window_plan& plan, const path_view& path) {
    const std::size_t size = samples::tensor_size(plan.tensors());
    std::vector<double> rows(plan.count() * size + 1);
    window_engine<double> engine;
    CHECK_OK(engine.prepare(plan));
    for (std::size_t group = plan.groups(); group-- > 0;)
        CHECK_OK(engine.compute(path, group, &rows[plan.group_begin(group) * size], size));
    return rows;
}

TEST(windows_are_counted_as_the_definition_says) {
    for (std::size_t points = 0; points < 20; ++points) {
        for (const sliding w : {sliding{1, 1}, sliding{3, 1}, sliding{3, 2}, sliding{7, 9}}) {
            std::size_t count = 0;
            while (count * w.step + w.length <= points)
                ++count;
            CHECK(window_count(points, w) == count);
        }
    }
}

TEST(groups_are_all_windows_once_in_their_order) {
    for (const shape& s : samples::shapes) {
        for (const sliding w : {sliding{2, 1}, sliding{300, 1}, sliding{300, 7}, sliding{5, 9}}) {
            const window_plan plan(s, w, 1000);
            CHECK(plan.group_begin(0) == 0);
            CHECK(plan.group_begin(plan.groups()) == plan.count());
            for (std::size_t group = 0; group < plan.groups(); ++group) {
                const std::size_t size = plan.group_begin(group + 1) - plan.group_begin(group);
                CHECK(size >= 1 && size <= plan.group_size_max());
            }
        }
    }
}

TEST(windows_are_the_signatures_of_their_points) {
    bool was_direct = false;
    bool was_in_blocks = false;
    for (const shape& s : samples::shapes) {
        if (s.depth == 0)
            continue;
        const std::size_t size = samples::tensor_size(s);
        const auto points = samples::generator(3).uniform(260 * s.width);
        const path_view path = samples::view(points, s.width);
        for (const sliding w : {sliding{1, 1}, sliding{120, 1}, sliding{120, 50}, sliding{3, 70}}) {
            const window_plan plan(s, w, path.length);
            (plan.is_direct() ? was_direct : was_in_blocks) = true;
            const std::vector<double> rows = all_windows(plan, path);
            std::vector<double> expected(size);
            for (std::size_t i = 0; i < plan.count(); ++i) {
                CHECK_OK(signature(part(path, i * w.step, w.length), s.depth, expected.data()));
                double largest = 1;
                for (const double value : expected)
                    largest = std::fabs(value) > largest ? std::fabs(value) : largest;
                for (std::size_t word = 0; word < size; ++word)
                    CHECK_NEAR(rows[i * size + word], expected[word], 1e-13 * largest);
                for (std::size_t letter = 0; letter < s.width; ++letter)
                    CHECK(rows[i * size + 1 + letter] == expected[1 + letter]);
            }
        }
    }
    CHECK(was_direct && was_in_blocks);
}

TEST(what_is_not_a_number_stays_in_its_windows) {
    const shape s{2, 3};
    const std::size_t size = samples::tensor_size(s);
    auto points = samples::generator(4).uniform(400);
    points[2 * 90] = std::numeric_limits<double>::quiet_NaN();
    const sliding w{80, 1};
    const window_plan plan(s, w, 200);
    CHECK(!plan.is_direct());
    const std::vector<double> rows = all_windows(plan, samples::view(points, s.width));
    for (std::size_t i = 0; i < plan.count(); ++i) {
        const bool is_inside = i <= 90 && 90 < i + w.length;
        // At an end of a window it is in the difference of the ends; else in a step between.
        CHECK(std::isnan(rows[i * size + 1]) == is_inside);
        CHECK(!std::isnan(rows[i * size + 2]));
    }
}

TEST(a_window_can_be_interrupted) {
    const double point[2] = {0, 0};
    const path_view endless{point, scalar::float64, std::size_t{1} << 40, 2, 0, 8};
    const window_plan plan({2, 3}, {endless.length, 1}, endless.length);
    int questions = 0;
    const auto ask = [](void* context) { return ++*static_cast<int*>(context) == 3; };
    std::vector<double> row(samples::tensor_size(plan.tensors()));
    window_engine<double> engine;
    CHECK_OK(engine.prepare(plan, {ask, &questions}));
    CHECK(engine.compute(endless, 0, row.data(), row.size()) == status::interrupted);
    CHECK(questions == 3);
}
