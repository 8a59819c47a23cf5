// recombine_test.cpp: moments are kept, few points are, and what cannot be done is refused.
#include "libalgebra/recombine.h"

#include "check.h"
#include "samples.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <vector>

using namespace libalgebra;

namespace {

struct point_cloud {
    std::size_t width;
    std::vector<double> points;
    std::vector<double> weights;
    std::vector<std::int64_t> selector;

    point_cloud(std::size_t width, std::vector<double> points)
        : width(width), points(std::move(points)), weights(this->points.size() / width, 1.0) {}

    measure_view view() const {
        return {points.data(), width, selector.empty() ? nullptr : selector.data(), weights.data(),
                weights.size()};
    }

    const double* point(std::size_t position) const {
        const std::size_t row =
            selector.empty() ? position : static_cast<std::size_t>(selector[position]);
        return &points[row * width];
    }
};

struct mass_list {
    std::vector<std::size_t> positions;
    std::vector<double> weights;
};

mass_list recombined(const point_cloud& cloud, std::size_t degree) {
    recombined_measure result;
    CHECK_OK(recombine(cloud.view(), degree, {}, result));
    mass_list masses;
    for (std::size_t i = 0; i < result.positions.size(); ++i) {
        masses.positions.push_back(static_cast<std::size_t>(result.positions[i]));
        masses.weights.push_back(result.weights[i]);
    }
    return masses;
}

/// The integrals of all products of up to `degree` coordinates, to twice the precision or more.
void add_moments(const double* point, std::size_t width, std::size_t degree, long double product,
                 std::size_t first, std::vector<long double>& moments, std::size_t& at) {
    moments[at++] += product;
    for (std::size_t k = first; degree > 0 && k < width; ++k)
        add_moments(point, width, degree - 1, product * point[k], k, moments, at);
}

std::vector<long double> moments(const point_cloud& cloud, const mass_list& masses,
                                 std::size_t degree) {
    std::size_t size = 0;
    CHECK_OK(monomials_size(cloud.width, degree, size));
    std::vector<long double> result(size);
    for (std::size_t i = 0; i < masses.positions.size(); ++i) {
        std::size_t at = 0;
        add_moments(cloud.point(masses.positions[i]), cloud.width, degree, masses.weights[i], 0,
                    result, at);
        CHECK(at == size);
    }
    return result;
}

mass_list all_masses(const point_cloud& cloud) {
    mass_list all{std::vector<std::size_t>(cloud.weights.size()), cloud.weights};
    std::iota(all.positions.begin(), all.positions.end(), std::size_t{0});
    return all;
}

/// Coordinates are up to about 1, so that the mass is the size of every moment.
void check_recombined(const point_cloud& cloud, std::size_t degree, std::size_t points_max,
                      double tolerance = 1e-13) {
    const mass_list left = recombined(cloud, degree);
    CHECK(left.positions.size() <= points_max);
    CHECK(std::is_sorted(left.positions.begin(), left.positions.end()));
    CHECK(std::adjacent_find(left.positions.begin(), left.positions.end()) == left.positions.end());
    for (const double weight : left.weights)
        CHECK(weight > 0);
    const auto before = moments(cloud, all_masses(cloud), degree);
    const auto after = moments(cloud, left, degree);
    for (std::size_t k = 0; k < before.size(); ++k)
        CHECK_NEAR(static_cast<double>(after[k] / before[0]),
                   static_cast<double>(before[k] / before[0]), tolerance);
}

point_cloud random_cloud(std::size_t size, std::size_t width, std::uint64_t seed) {
    return {width, samples::generator(seed).uniform(size * width)};
}

} // namespace

TEST(as_many_points_remain_as_there_are_monomials) {
    for (const std::size_t size : {1U, 2U, 10U, 100U, 1000U})
        for (const std::size_t width : {1U, 2U, 3U, 7U})
            for (const std::size_t degree : {1U, 2U, 3U, 5U}) {
                std::size_t monomials = 0;
                CHECK_OK(monomials_size(width, degree, monomials));
                check_recombined(random_cloud(size, width, size + width), degree, monomials);
            }
}

TEST(points_in_a_subspace_leave_no_more_than_it_needs) {
    const std::size_t size = 2000, width = 20, dimension = 6;
    samples::generator random(1);
    const auto map = random.uniform(dimension * width);
    const auto inner = random.uniform(size * dimension);
    point_cloud cloud(width, std::vector<double>(size * width, 0.25));
    for (std::size_t i = 0; i < size; ++i)
        for (std::size_t j = 0; j < dimension; ++j)
            for (std::size_t k = 0; k < width; ++k)
                cloud.points[i * width + k] += inner[i * dimension + j] * map[j * width + k];
    check_recombined(cloud, 1, dimension + 1);
}

TEST(duplicate_collinear_and_constant_coordinates_count_once) {
    samples::generator random(2);
    point_cloud cloud(4, {});
    for (std::size_t i = 0; i < 300; ++i) {
        const double t = random.uniform();
        for (int repeated = 0; repeated < 3; ++repeated)
            cloud.points.insert(cloud.points.end(), {t, 0.3 - t / 7, 0.0, 7.3});
    }
    cloud.weights.assign(900, 0.5);
    check_recombined(cloud, 1, 2);
    check_recombined(cloud, 2, 3, 1e-11);
}

TEST(points_of_a_grid_meet_many_ties) {
    for (const int limit : {1, 2, 3}) {
        samples::generator random(3);
        point_cloud cloud(3, {});
        for (std::size_t i = 0; i < 3 * 400; ++i)
            cloud.points.push_back(random.integer(limit) / limit);
        cloud.weights.assign(400, 1.0);
        check_recombined(cloud, 1, 4);
        check_recombined(cloud, 2, 10);
        check_recombined(cloud, 3, limit == 1 ? 17 : 20);
    }
}

TEST(affinely_independent_points_are_left_as_they_are) {
    point_cloud cloud(2, {0, 0, 1, 0, 0, 1});
    cloud.weights = {0.1, 0.7, 1e-9};
    const mass_list left = recombined(cloud, 1);
    CHECK((left.positions == std::vector<std::size_t>{0, 1, 2}));
    CHECK(left.weights == cloud.weights);
}

TEST(identical_points_become_one) {
    point_cloud cloud(2, {1.5, 7, 1.5, 7, 1.5, 7});
    const mass_list left = recombined(cloud, 3);
    CHECK(left.positions.size() == 1);
    CHECK(left.weights == std::vector<double>{3.0});
}

TEST(points_far_from_the_origin_lose_no_more_than_their_own_rounding) {
    point_cloud cloud = random_cloud(3000, 5, 4);
    for (double& x : cloud.points)
        x += 1e8;
    const mass_list left = recombined(cloud, 2);
    CHECK(left.positions.size() <= 21);
    for (double& x : cloud.points)
        x -= 1e8;
    const auto before = moments(cloud, all_masses(cloud), 2);
    const auto after = moments(cloud, left, 2);
    for (std::size_t k = 0; k < before.size(); ++k)
        CHECK_NEAR(static_cast<double>(after[k] / before[0]),
                   static_cast<double>(before[k] / before[0]), 1e-13);
}

TEST(weights_may_differ_by_many_orders_of_magnitude) {
    samples::generator random(5);
    for (const double orders : {20.0, 600.0}) {
        point_cloud cloud = random_cloud(1000, 4, 6);
        for (double& weight : cloud.weights)
            weight = std::pow(10.0, orders / 2 * random.uniform());
        check_recombined(cloud, 1, 5);
        check_recombined(cloud, 2, 15);
    }
}

TEST(masses_of_weight_0_are_not_kept) {
    point_cloud cloud(1, {0, 1, 2, 3});
    cloud.weights = {0, 2, 0, 1};
    const mass_list left = recombined(cloud, 1);
    CHECK((left.positions == std::vector<std::size_t>{1, 3}));
    CHECK((left.weights == std::vector<double>{2, 1}));
}

TEST(coordinates_and_weights_at_the_ends_of_their_range_are_no_trouble) {
    for (const double size : {1.7e308, 1e-310, 4e-324}) {
        point_cloud cloud = random_cloud(200, 3, 7);
        for (double& x : cloud.points)
            x = x < 0 ? -size : size;
        cloud.weights.assign(200, std::max(size / 256, 4e-324));
        const mass_list left = recombined(cloud, 1);
        CHECK(left.positions.size() <= 4);
        for (const double weight : left.weights)
            CHECK(weight > 0);
        for (double& x : cloud.points)
            x = x < 0 ? -1 : 1;
        if (size > 1)
            check_recombined(cloud, 1, 4);
    }
}

TEST(a_selector_takes_rows_in_any_order_and_more_than_once) {
    point_cloud cloud = random_cloud(50, 2, 8);
    for (std::int64_t i = 0; i < 80; ++i)
        cloud.selector.push_back(49 - i * 7 % 50);
    cloud.weights = samples::generator(9).uniform(80);
    for (double& weight : cloud.weights)
        weight += 1.5;
    check_recombined(cloud, 1, 3);
    check_recombined(cloud, 2, 6);
}

TEST(the_same_measure_gives_the_same_result) {
    const point_cloud cloud = random_cloud(700, 6, 10);
    const mass_list first = recombined(cloud, 2);
    const mass_list second = recombined(cloud, 2);
    CHECK(first.positions == second.positions);
    CHECK(first.weights == second.weights);
}

TEST(high_degrees_on_a_line_stay_exact) {
    point_cloud cloud = random_cloud(3000, 1, 11);
    for (double& x : cloud.points)
        x = x / 2 + 3;
    const mass_list left = recombined(cloud, 20);
    CHECK(left.positions.size() <= 21);
    for (double& x : cloud.points)
        x = (x - 3) * 2;
    const auto before = moments(cloud, all_masses(cloud), 20);
    const auto after = moments(cloud, left, 20);
    for (std::size_t k = 0; k < before.size(); ++k)
        CHECK_NEAR(static_cast<double>(after[k] / before[0]),
                   static_cast<double>(before[k] / before[0]), 1e-13);
}

TEST(the_caller_can_stop_it) {
    const point_cloud cloud = random_cloud(20000, 30, 12);
    recombined_measure result;
    int left = 3;
    const interruption hook{[](void* context) { return --*static_cast<int*>(context) == 0; },
                            &left};
    CHECK(recombine(cloud.view(), 2, hook, result) == status::interrupted);
    CHECK(left == 0);
}

TEST(impossible_measures_are_refused) {
    const double nan = std::nan("");
    const double infinity = std::numeric_limits<double>::infinity();
    recombined_measure result;
    const auto refused = [&](const point_cloud& cloud, std::size_t degree = 1) {
        return recombine(cloud.view(), degree, {}, result) == status::invalid_argument;
    };
    point_cloud cloud(1, {1, 2, 3});
    CHECK(refused(cloud, 0));
    CHECK(!refused(cloud));
    for (const double x : {nan, infinity, -infinity})
        CHECK(refused({1, {1, x, 3}}));
    for (const double weight : {nan, infinity, -1.0, 1.7e308}) {
        cloud.weights = {weight, weight, 1};
        CHECK(refused(cloud));
    }
    cloud.weights = {0, 0, 0};
    CHECK(refused(cloud));
    CHECK(refused(point_cloud(1, {})));
}

TEST(sizes_that_do_not_fit_are_too_large) {
    std::size_t size = 0;
    CHECK_OK(monomials_size(3, 4, size));
    CHECK(size == 35);
    CHECK_OK(monomials_size(SIZE_MAX - 1, 1, size));
    CHECK(size == SIZE_MAX);
    CHECK(monomials_size(SIZE_MAX, 1, size) == status::too_large);
    CHECK(monomials_size(1000, 1000, size) == status::too_large);
    CHECK(recombine_workspace(SIZE_MAX / 4, 2, 1, size) == status::too_large);
    CHECK(recombine_workspace(10, 1000, 1000, size) == status::too_large);
}
