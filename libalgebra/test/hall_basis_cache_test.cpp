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
    const hall_basis* basis = nullptr;
    const hall_basis* again = nullptr;
    const bracket_table* table = nullptr;
    const bracket_table* table_again = nullptr;
    CHECK_OK(cache.basis({3, 4}, basis));
    CHECK_OK(cache.brackets({2, 4}, table));
    CHECK_OK(cache.basis({3, 5}, again));
    CHECK(again != basis && again->depth() == 5);
    CHECK_OK(cache.basis({3, 4}, again));
    CHECK(again == basis && basis->width() == 3 && basis->depth() == 4);
    CHECK_OK(cache.brackets({2, 4}, table_again));
    CHECK(table_again == table);
}

TEST(a_failure_is_the_same_failure_when_asked_again) {
    hall_basis_cache cache;
    const hall_basis* basis = nullptr;
    for (int i = 0; i < 2; ++i) {
        CHECK(cache.basis({2, 1000}, basis) == status::too_large);
        CHECK(cache.basis({0, 2}, basis) == status::invalid_argument);
    }
}

TEST(a_cache_can_live_in_memory_from_malloc) {
    void* memory = std::malloc(sizeof(hall_basis_cache));
    CHECK(memory != nullptr);
    auto* cache = new (memory) hall_basis_cache();
    const bracket_table* table = nullptr;
    CHECK_OK(cache->brackets({2, 5}, table));
    cache->~hall_basis_cache();
    std::free(memory);
}

TEST(threads_share_tables_and_compute_the_same) {
    constexpr int rounds = 20;
    constexpr std::size_t threads = 8;
    const std::vector<shape> shapes = {{2, 6}, {3, 4}, {4, 3}, {5, 2}, {2, 7}};
    for (int round = 0; round < rounds; ++round) {
        hall_basis_cache cache;
        std::vector<std::vector<const bracket_table*>> seen(threads);
        std::vector<std::vector<double>> results(threads);
        std::atomic<std::size_t> absent = threads;
        const auto work = [&](std::size_t thread) {
            --absent;
            while (absent != 0)
                std::this_thread::yield();
            for (std::size_t i = 0; i < shapes.size(); ++i) {
                const shape& s = shapes[(i + thread) % shapes.size()];
                const bracket_table* table = nullptr;
                if (cache.brackets(s, table) != status::ok)
                    table = nullptr;
                seen[thread].push_back(table);
            }
            const auto points = samples::generator(1).uniform(20);
            results[thread].resize(samples::lie_size(shapes[0]));
            if (log_signature(samples::view(points, 2), 6, cache, results[thread].data()) !=
                status::ok)
                results[thread].clear();
        };
        std::vector<std::thread> pool;
        for (std::size_t thread = 0; thread < threads; ++thread)
            pool.emplace_back(work, thread);
        for (std::thread& thread : pool)
            thread.join();
        for (std::size_t thread = 0; thread < threads; ++thread) {
            CHECK(results[thread] == results[0] && !results[0].empty());
            for (std::size_t i = 0; i < shapes.size(); ++i) {
                const std::size_t first = (i + thread) % shapes.size();
                CHECK(seen[thread][i] != nullptr && seen[thread][i] == seen[0][first]);
            }
        }
    }
}
