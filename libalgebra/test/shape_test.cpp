// shape_test.cpp: sizes, their largest depths, and sizes that do not fit.
#include "libalgebra/shape.h"

#include "check.h"

#include <cstdint>

using namespace libalgebra;

static std::size_t words(std::size_t width, std::size_t depth) {
    std::size_t size = 0;
    CHECK_OK(tensor_size({width, depth}, size));
    return size;
}

static std::size_t elements(std::size_t width, std::size_t depth) {
    std::size_t size = 0;
    CHECK_OK(lie_size({width, depth}, size));
    return size;
}

/// Number of Lyndon words of length 1 to depth, counted by Duval's algorithm.
static std::size_t lyndon_words(std::size_t width, std::size_t depth) {
    std::size_t word[32];
    std::size_t length = 1;
    std::size_t count = 0;
    word[0] = 0;
    while (length > 0) {
        ++count;
        for (std::size_t i = length; i < depth; ++i)
            word[i] = word[i - length];
        length = depth;
        while (length > 0 && word[length - 1] == width - 1)
            --length;
        if (length > 0)
            ++word[length - 1];
    }
    return count;
}

TEST(tensor_size_is_the_geometric_sum) {
    CHECK(words(2, 0) == 1);
    CHECK(words(2, 2) == 7);
    CHECK(words(5, 5) == 3906);
    CHECK(words(10, 4) == 11111);
    CHECK(words(1, 7) == 8);
}

TEST(lie_size_counts_lyndon_words) {
    CHECK(elements(2, 0) == 0);
    CHECK(elements(100, 1) == 100);
    CHECK(elements(1, 9) == 1);
    for (std::size_t width = 2; width <= 6; ++width)
        for (std::size_t depth = 1; depth <= (width == 2 ? 16u : 8u); ++depth)
            CHECK(elements(width, depth) == lyndon_words(width, depth));
}

TEST(a_width_of_zero_is_invalid) {
    std::size_t size = 0;
    CHECK(tensor_size({0, 2}, size) == status::invalid_argument);
    CHECK(lie_size({0, 2}, size) == status::invalid_argument);
    CHECK(tensor_depth_max(0, 100) == 0);
    CHECK(lie_depth_max(0, 100) == 0);
}

TEST(sizes_that_do_not_fit_are_too_large) {
    std::size_t size = 0;
    CHECK(tensor_size({2, 8 * sizeof size}, size) == status::too_large);
    CHECK(tensor_size({2, SIZE_MAX}, size) == status::too_large);
    CHECK(tensor_size({1, SIZE_MAX}, size) == status::too_large);
    CHECK(tensor_size({SIZE_MAX, 1}, size) == status::too_large);
    CHECK(tensor_size({SIZE_MAX - 1, 1}, size) == status::ok);
    CHECK(tensor_size({SIZE_MAX, SIZE_MAX}, size) == status::too_large);
    CHECK(lie_size({2, 10 * sizeof size}, size) == status::too_large);
    CHECK(lie_size({2, SIZE_MAX}, size) == status::too_large);
    CHECK(lie_size({SIZE_MAX, 2}, size) == status::too_large);
    CHECK(lie_size({SIZE_MAX, 1}, size) == status::ok && size == SIZE_MAX);
    CHECK(lie_size({1, SIZE_MAX}, size) == status::ok && size == 1);
}

TEST(the_last_size_that_fits_is_found) {
    std::size_t size = 0;
    const std::size_t bits = 8 * sizeof size;
    CHECK(tensor_size({2, bits - 1}, size) == status::ok && size == SIZE_MAX);
    // 2^k would not fit there any more, 2^k/k does.
    CHECK(lie_size({2, bits}, size) == status::ok && size > SIZE_MAX / bits);
}

TEST(tensor_depth_max_is_the_largest_depth_that_fits) {
    CHECK(tensor_depth_max(2, 7) == 2);
    CHECK(tensor_depth_max(2, 14) == 2);
    CHECK(tensor_depth_max(2, 15) == 3);
    CHECK(tensor_depth_max(2, 2) == 0);
    CHECK(tensor_depth_max(2, 0) == 0);
    CHECK(tensor_depth_max(1, 10) == 9);
    CHECK(tensor_depth_max(1, SIZE_MAX) == SIZE_MAX - 1);
    CHECK(tensor_depth_max(2, SIZE_MAX) == 8 * sizeof(std::size_t) - 1);
    CHECK(tensor_depth_max(SIZE_MAX, SIZE_MAX) == 0);
}

TEST(lie_depth_max_is_the_largest_depth_that_fits) {
    CHECK(lie_depth_max(2, 2) == 1);
    CHECK(lie_depth_max(2, 3) == 2);
    CHECK(lie_depth_max(2, 1) == 0);
    CHECK(lie_depth_max(1, 1) == SIZE_MAX);
    CHECK(lie_depth_max(1, 0) == 0);
    const std::size_t depth = lie_depth_max(3, SIZE_MAX);
    std::size_t size = 0;
    CHECK(lie_size({3, depth}, size) == status::ok);
    CHECK(lie_size({3, depth + 1}, size) == status::too_large);
}
