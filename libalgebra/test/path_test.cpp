// path_test.cpp: increments of paths in every layout.
#include "libalgebra/path.h"

#include "check.h"

#include <cstring>
#include <vector>

using namespace libalgebra;

TEST(increments_are_differences_of_neighbours) {
    const double points[] = {1, 2, 4, 8, 16, 32};
    const path_view path{points, scalar::float64, 3, 2, 16, 8};
    double z[2] = {};
    CHECK_OK(path_check(path));
    path_increment(path, 1, z);
    CHECK(z[0] == 12 && z[1] == 24);
}

TEST(strides_may_be_negative) {
    const double points[] = {1, 2, 4, 8, 16, 32};
    const path_view path{points + 5, scalar::float64, 3, 2, -16, -8};
    double z[2] = {};
    path_increment(path, 0, z);
    CHECK(z[0] == 8 - 32 && z[1] == 4 - 16);
}

TEST(a_stride_of_zero_repeats_a_value) {
    const double points[] = {1, 2};
    const path_view path{points, scalar::float64, 2, 3, 8, 0};
    double z[3] = {};
    path_increment(path, 0, z);
    CHECK(z[0] == 1 && z[1] == 1 && z[2] == 1);
}

TEST(data_may_be_unaligned) {
    const double points[] = {1, 2, 4, 8};
    std::vector<char> bytes(sizeof points + 3);
    std::memcpy(bytes.data() + 3, points, sizeof points);
    const path_view path{bytes.data() + 3, scalar::float64, 2, 2, 16, 8};
    double z[2] = {};
    path_increment(path, 0, z);
    CHECK(z[0] == 3 && z[1] == 6);
}

TEST(float32_is_subtracted_in_double) {
    const float points[] = {1.0e8f, 1.0f};
    const path_view path{points, scalar::float32, 2, 1, 4, 4};
    double z = 0;
    path_increment(path, 0, &z);
    CHECK(z == -99999999.0);
}

TEST(bad_views_are_invalid) {
    const double point = 0;
    CHECK((path_check({&point, scalar::float64, 1, 0, 8, 8}) == status::invalid_argument));
    CHECK((path_check({nullptr, scalar::float64, 1, 1, 8, 8}) == status::invalid_argument));
    CHECK((path_check({nullptr, scalar::float64, 0, 1, 8, 8}) == status::ok));
}
