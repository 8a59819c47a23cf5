// hall_basis_cache_test.cpp: one table for everybody, from many threads at once.
#include "libalgebra/hall_basis_cache.h"

#include "check.h"
#include "libalgebra/log_signature.h"
#include "samples.h"

#include <atomic>
#include <cstdlib>
#include <new>
#include <thread>

using namespace libalgebra;

TEST(asking_again_gives_the_same_tables) {
    hall_basis_cache cache;
    hall_tables basis, again, brackets, brackets_again;
    CHECK_OK(cache.basis({3, 4}, basis));
    CHECK_OK(cache.brackets({2, 4}, brackets));
    CHECK_OK(cache.basis({3, 5}, again));
    CHECK(&again.basis() != &basis.basis() && again.basis().depth() == 5);
    CHECK_OK(cache.basis({3, 4}, again));
    CHECK(&again.basis() == &basis.basis());
    CHECK(basis.basis().width() == 3 && basis.basis().depth() == 4);
    CHECK_OK(cache.brackets({2, 4}, brackets_again));
    CHECK(&brackets_again.brackets() == &brackets.brackets());
    CHECK_OK(cache.basis({2, 4}, again));
    CHECK(&again.basis() == &brackets.basis());
}

TEST(a_basis_makes_way_for_one_with_brackets) {
    hall_basis_cache cache;
    hall_tables basis, brackets, again;
    CHECK_OK(cache.basis({3, 6}, basis));
    const std::size_t alone = cache.bytes();
    CHECK_OK(cache.brackets({3, 6}, brackets));
    CHECK_OK(cache.basis({3, 6}, again));
    CHECK(&again.basis() == &brackets.basis() && &again.basis() != &basis.basis());
    CHECK(cache.bytes() > alone);
    CHECK(basis.basis().size() == again.basis().size());
}

TEST(the_last_used_tables_stay_within_the_bytes_allowed) {
    constexpr std::size_t limit = 60000;
    hall_basis_cache cache(limit);
    hall_tables kept, other;
    CHECK_OK(cache.brackets({2, 8}, kept));
    for (std::size_t width = 2; width < 16; ++width) {
        CHECK_OK(cache.brackets({width, 3}, other));
        CHECK(other.basis().width() == width);
        CHECK(cache.bytes() <= limit);
        hall_tables again;
        CHECK_OK(cache.brackets({2, 8}, again));
        CHECK(&again.basis() == &kept.basis());
    }
    // Without being asked for, it goes; the hold on it is still good.
    for (std::size_t width = 2; width < 16; ++width)
        CHECK_OK(cache.brackets({width, 3}, other));
    CHECK_OK(cache.brackets({2, 8}, other));
    CHECK(&other.basis() != &kept.basis());
    CHECK(kept.basis().size() == other.basis().size());
}

TEST(tables_larger_than_the_cache_are_used_and_not_kept) {
    hall_basis_cache cache(10);
    hall_tables tables;
    CHECK_OK(cache.brackets({3, 5}, tables));
    CHECK(tables.basis().size() == samples::lie_size({3, 5}));
    CHECK(cache.bytes() == 0);
}

TEST(many_small_shapes_are_kept_up_to_their_number) {
    hall_basis_cache cache;
    hall_tables first, tables;
    CHECK_OK(cache.basis({1, 1}, first));
    for (std::size_t depth = 2; depth <= hall_basis_cache::shapes_max; ++depth)
        CHECK_OK(cache.basis({1, depth}, tables));
    CHECK_OK(cache.basis({1, 1}, tables));
    CHECK(&tables.basis() == &first.basis());
    for (std::size_t depth = 2; depth <= hall_basis_cache::shapes_max + 1; ++depth)
        CHECK_OK(cache.basis({1, depth}, tables));
    CHECK_OK(cache.basis({1, 1}, tables));
    CHECK(&tables.basis() != &first.basis());
}

TEST(a_hold_outlives_the_cache) {
    hall_tables tables;
    {
        hall_basis_cache cache;
        CHECK_OK(cache.brackets({2, 6}, tables));
    }
    CHECK(tables.basis().size() == samples::lie_size({2, 6}));
}

TEST(a_failure_is_the_same_failure_when_asked_again) {
    hall_basis_cache cache;
    hall_tables tables;
    for (int i = 0; i < 2; ++i) {
        CHECK(cache.basis({2, 1000}, tables) == status::too_large);
        CHECK(cache.basis({0, 2}, tables) == status::invalid_argument);
    }
}

TEST(the_caller_can_stop_the_building_of_tables) {
    hall_basis_cache cache;
    hall_tables tables;
    const interruption stop{[](void*) { return true; }, nullptr};
    CHECK(cache.brackets({2, 18}, tables, stop) == status::interrupted);
    CHECK(cache.bytes() == 0);
    CHECK_OK(cache.brackets({2, 4}, tables, stop));
}

TEST(a_cache_can_live_in_memory_from_malloc) {
    void* memory = std::malloc(sizeof(hall_basis_cache));
    CHECK(memory != nullptr);
    auto* cache = new (memory) hall_basis_cache();
    {
        hall_tables tables;
        CHECK_OK(cache->brackets({2, 5}, tables));
    }
    cache->~hall_basis_cache();
    std::free(memory);
}

TEST(threads_share_tables_and_compute_the_same) {
    constexpr int rounds = 20;
    constexpr std::size_t threads = 8;
    const std::vector<shape> shapes = {{2, 6}, {3, 4}, {4, 3}, {5, 2}, {2, 7}};
    for (int round = 0; round < rounds; ++round) {
        // In every other round tables are dropped while others use them.
        hall_basis_cache cache(round % 2 == 0 ? std::size_t{64} << 20 : std::size_t{4000});
        std::vector<std::vector<double>> results(threads);
        std::vector<int> failures(threads);
        std::atomic<std::size_t> absent = threads;
        const auto work = [&](std::size_t thread) {
            --absent;
            while (absent != 0)
                std::this_thread::yield();
            for (std::size_t i = 0; i < 10 * shapes.size(); ++i) {
                const shape& s = shapes[(i + thread) % shapes.size()];
                hall_tables tables;
                if (cache.brackets(s, tables) != status::ok ||
                    tables.basis().size() != samples::lie_size(s))
                    ++failures[thread];
            }
            const auto points = samples::generator(1).uniform(20);
            results[thread].resize(samples::lie_size(shapes[0]));
            if (log_signature(samples::view(points, 2), 6, cache, results[thread].data()) !=
                status::ok)
                ++failures[thread];
        };
        std::vector<std::thread> pool;
        for (std::size_t thread = 0; thread < threads; ++thread)
            pool.emplace_back(work, thread);
        for (std::thread& thread : pool)
            thread.join();
        for (std::size_t thread = 0; thread < threads; ++thread)
            CHECK(results[thread] == results[0] && failures[thread] == 0);
        CHECK(round % 2 == 0 || cache.bytes() <= 4000);
    }
}
