// buffer_test.cpp: growing, moving and refusing.
#include "libalgebra/buffer.h"

#include "check.h"

#include <utility>

using namespace libalgebra;

TEST(a_new_buffer_is_empty) {
    buffer<int> b;
    CHECK(b.size() == 0);
    CHECK(b.data() == nullptr);
    b.zero();
    CHECK_OK(b.resize(0));
}

TEST(pushing_keeps_the_elements_in_order) {
    buffer<int> b;
    for (int i = 0; i < 1000; ++i)
        CHECK_OK(b.push(i));
    CHECK(b.size() == 1000);
    for (int i = 0; i < 1000; ++i)
        CHECK(b[static_cast<std::size_t>(i)] == i);
}

TEST(resizing_keeps_what_remains) {
    buffer<int> b;
    CHECK_OK(b.resize(3));
    b.zero();
    b[1] = 7;
    CHECK_OK(b.resize(100000));
    CHECK(b[0] == 0 && b[1] == 7 && b[2] == 0);
    b.truncate(2);
    CHECK(b.size() == 2 && b[1] == 7);
}

TEST(moving_takes_the_memory_along) {
    buffer<int> a;
    CHECK_OK(a.push(5));
    buffer<int> b(std::move(a));
    CHECK(b.size() == 1 && b[0] == 5);
    buffer<int> c;
    c = std::move(b);
    CHECK(c.size() == 1 && c[0] == 5);
}

TEST(an_impossible_size_is_too_large_and_changes_nothing) {
    buffer<double> b;
    CHECK_OK(b.push(1.5));
    CHECK(b.resize(SIZE_MAX) == status::too_large);
    CHECK(b.resize(SIZE_MAX / sizeof(double)) == status::too_large);
    CHECK(b.size() == 1 && b[0] == 1.5);
}
