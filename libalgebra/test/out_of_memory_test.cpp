// out_of_memory_test.cpp: each allocation refused in turn, nothing leaked, nothing crashed.
// A second copy of the library, under another name, takes its memory from the functions below.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <map>
#include <vector>

namespace faulty {

std::map<void*, std::size_t> blocks;
std::size_t allocated = 0;
std::size_t allocated_max = 0;
long allowed = 0; ///< how many allocations succeed before all are refused

/// While a block is moved, the old and the new one exist at the same time.
void* reallocate(void* old, std::size_t bytes) {
    if (allowed-- <= 0)
        return nullptr;
    const std::size_t old_bytes = old == nullptr ? 0 : blocks[old];
    void* data = std::realloc(old, bytes);
    if (data == nullptr)
        return nullptr;
    allocated += bytes;
    allocated_max = allocated > allocated_max ? allocated : allocated_max;
    allocated -= old_bytes;
    blocks.erase(old);
    blocks[data] = bytes;
    return data;
}

void release(void* data) {
    if (data == nullptr)
        return;
    allocated -= blocks[data];
    blocks.erase(data);
    std::free(data);
}

} // namespace faulty

#define LIBALGEBRA_MALLOC(bytes) faulty::reallocate(nullptr, bytes)
#define LIBALGEBRA_REALLOC(data, bytes) faulty::reallocate(data, bytes)
#define LIBALGEBRA_FREE(data) faulty::release(data)
#define libalgebra libalgebra_faulty

#include "../src/bracket_rewriter.cpp"
#include "../src/bracket_table.cpp"
#include "../src/caratheodory.cpp"
#include "../src/gradient.cpp"
#include "../src/hall_basis.cpp"
#include "../src/hall_basis_cache.cpp"
#include "../src/kernel_avx2.cpp"
#include "../src/kernel_avx512.cpp"
#include "../src/kernel_baseline.cpp"
#include "../src/keys.cpp"
#include "../src/lie.cpp"
#include "../src/log_gradient.cpp"
#include "../src/log_signature.cpp"
#include "../src/monomials.cpp"
#include "../src/nested_brackets.cpp"
#include "../src/path.cpp"
#include "../src/recombine.cpp"
#include "../src/shape.cpp"
#include "../src/signature.cpp"
#include "../src/signature_engine.cpp"
#include "../src/simd.cpp"
#include "../src/tensor.cpp"
#include "../src/tensor_log.cpp"
#include "../src/tensor_log_vjp.cpp"

#include "check.h"
#include "samples.h"

using namespace libalgebra;

static const shape small = {3, 5};
static const std::vector<double> points = samples::generator(1).uniform(3 * 7);
static const path_view path = samples::view(points, 3);

/// Runs `call` with 0, 1, 2, ... allocations allowed until it succeeds. Each failure has to say so
/// and leave nothing behind; then the call has to succeed on the very same cache.
template <typename Call>
static void check_every_refusal(long refusals_min, Call call) {
    long refusals = 0;
    for (;; ++refusals) {
        hall_basis_cache cache;
        faulty::allowed = refusals;
        const status refused = call(cache);
        if (refused == status::ok)
            break;
        CHECK(refused == status::out_of_memory);
        faulty::allowed = 1000000;
        CHECK_OK(call(cache));
    }
    CHECK(refusals >= refusals_min);
    CHECK(faulty::blocks.empty());
}

TEST(signature_survives_every_refusal) {
    std::vector<double> result(samples::tensor_size(small));
    check_every_refusal(
        1, [&](hall_basis_cache&) { return signature(path, small.depth, result.data()); });
}

TEST(log_signature_survives_every_refusal) {
    std::vector<double> result(samples::lie_size(small));
    check_every_refusal(10, [&](hall_basis_cache& cache) {
        return log_signature(path, small.depth, cache, result.data());
    });
}

TEST(signature_to_log_signature_survives_every_refusal) {
    faulty::allowed = 1000000;
    const auto tensor = samples::signature(points, small);
    std::vector<double> result(samples::lie_size(small));
    check_every_refusal(10, [&](hall_basis_cache& cache) {
        return signature_to_log_signature(tensor.data(), small, cache, result.data());
    });
}

TEST(log_signature_to_signature_survives_every_refusal) {
    const auto lie = samples::generator(2).uniform(samples::lie_size(small));
    std::vector<double> tensor(samples::tensor_size(small));
    check_every_refusal(4, [&](hall_basis_cache& cache) {
        return log_signature_to_signature(lie.data(), small, cache, tensor.data());
    });
}

TEST(derivatives_survive_every_refusal) {
    const auto words = samples::generator(4).uniform(samples::tensor_size(small));
    const auto lie = samples::generator(5).uniform(samples::lie_size(small));
    std::vector<double> gradient(points.size());
    check_every_refusal(1, [&](hall_basis_cache&) {
        return signature_vjp(path, small.depth, words.data(), gradient.data());
    });
    check_every_refusal(10, [&](hall_basis_cache& cache) {
        return log_signature_vjp(path, small.depth, lie.data(), cache, gradient.data());
    });
}

TEST(lie_functions_survive_every_refusal) {
    const auto lie = samples::generator(2).uniform(samples::lie_size(small));
    std::vector<double> tensor(samples::tensor_size(small));
    std::vector<double> result(lie.size());
    check_every_refusal(4, [&](hall_basis_cache& cache) {
        return lie_to_tensor(small, lie.data(), cache, tensor.data());
    });
    check_every_refusal(13, [&](hall_basis_cache& cache) {
        return lie_bracket(small, lie.data(), lie.data(), cache, result.data());
    });
}

TEST(tensor_functions_survive_every_refusal) {
    std::vector<double> zero(samples::tensor_size(small));
    std::vector<double> result(zero.size());
    check_every_refusal(
        1, [&](hall_basis_cache&) { return tensor_exp(small, zero.data(), result.data()); });
    std::vector<double> one(zero);
    one[0] = 1;
    check_every_refusal(
        1, [&](hall_basis_cache&) { return tensor_log(small, one.data(), result.data()); });
    check_every_refusal(
        1, [&](hall_basis_cache&) { return tensor_inverse(small, one.data(), result.data()); });
}

TEST(keys_survive_every_refusal) {
    std::size_t bytes = 0;
    std::vector<char> text(1000000);
    check_every_refusal(
        4, [&](hall_basis_cache& cache) { return lie_keys_size(small, cache, bytes); });
    CHECK(bytes < text.size());
    check_every_refusal(
        4, [&](hall_basis_cache& cache) { return lie_keys(small, cache, text.data()); });
}

TEST(recombine_survives_every_refusal) {
    const auto coordinates = samples::generator(4).uniform(100 * 3);
    const measure_view measure{coordinates.data(), 3, nullptr, nullptr, 100};
    check_every_refusal(15, [&](hall_basis_cache&) {
        recombined_measure result;
        return recombine(measure, 2, {}, result);
    });
}

/// The most that was allocated at one time during `call`, which must succeed.
template <typename Call>
static std::size_t bytes_max(Call call) {
    faulty::allowed = 1000000;
    faulty::allocated_max = 0;
    CHECK_OK(call());
    return faulty::allocated_max;
}

TEST(workspaces_bound_what_is_allocated) {
    std::vector<shape> shapes = samples::shapes;
    shapes.insert(shapes.end(),
                  {{2, 0}, {2, 14}, {3, 9}, {4, 7}, {5, 6}, {6, 6}, {10, 4}, {40, 3}});
    for (const shape& s : shapes) {
        const auto values = samples::generator(3).uniform(6 * s.width);
        const path_view view = samples::view(values, s.width);
        std::vector<double> tensor(samples::tensor_size(s));
        std::vector<double> lie(samples::lie_size(s));
        std::size_t bound = 0;

        CHECK_OK(signature_workspace(s, bound));
        CHECK(bytes_max([&] { return signature(view, s.depth, tensor.data()); }) <= bound);

        hall_basis_cache cache;
        CHECK_OK(tensor_to_lie_workspace(s, bound));
        CHECK(bytes_max([&] { return tensor_to_lie(s, tensor.data(), cache, lie.data()); }) <=
              bound);

        hall_basis_cache back;
        std::size_t already = faulty::allocated;
        CHECK_OK(log_signature_to_signature_workspace(s, bound));
        CHECK(bytes_max([&] {
                  return log_signature_to_signature(lie.data(), s, back, tensor.data());
              }) - already <=
              bound);

        std::vector<double> gradient(values.size());
        CHECK_OK(signature_vjp_workspace(s, bound));
        already = faulty::allocated;
        CHECK(bytes_max([&] {
                  return signature_vjp(view, s.depth, tensor.data(), gradient.data());
              }) - already <=
              bound);
        hall_basis_cache derived;
        CHECK_OK(log_signature_vjp_workspace(s, bound));
        CHECK(bytes_max([&] {
                  return log_signature_vjp(view, s.depth, lie.data(), derived, gradient.data());
              }) - already <=
              bound);

        hall_basis_cache fresh;
        already = faulty::allocated;
        CHECK_OK(log_signature_workspace(s, bound));
        CHECK(bytes_max([&] { return log_signature(view, s.depth, fresh, lie.data()); }) -
                  already <=
              bound);
    }
    CHECK(faulty::blocks.empty());
}

TEST(the_workspace_of_recombine_bounds_what_is_allocated) {
    for (const std::size_t size : {1U, 7U, 100U, 1000U}) {
        for (const std::size_t degree : {1U, 2U, 4U}) {
            const auto coordinates = samples::generator(5).uniform(size * 3);
            recombined_measure result;
            std::size_t bound = 0;
            CHECK_OK(recombine_workspace(size, 3, degree, bound));
            CHECK(bytes_max([&] {
                      return recombine({coordinates.data(), 3, nullptr, nullptr, size}, degree, {},
                                       result);
                  }) <= bound);
        }
    }
    CHECK(faulty::blocks.empty());
}
