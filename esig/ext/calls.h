// esig/ext/calls.h: what functions of streams have in common: their options, and who computes.
#pragma once

#include "arguments.h"
#include "costs.h"
#include "footprint.h"
#include "module_state.h"
#include "parallel.h"
#include "paths.h"
#include "results.h"

#include <cstddef>

namespace esig {

/// The options that come after a stream.
struct options {
    std::size_t depth = 0;
    Py_ssize_t jobs = 0;
    scalar type = scalar::float64;
    PyObject* out = nullptr;
};

[[nodiscard]] inline bool read_options(const module_state& state, PyObject* depth, PyObject* out,
                                       PyObject* jobs, PyObject* dtype, options& o) {
    o.out = out;
    return read_depth(depth, o.depth) && read_jobs(jobs, o.jobs) &&
           read_dtype(state, dtype, o.type);
}

/// Items that are done at once: enough to be worth being taken, few enough to be shared, and so
/// many that short paths can be computed side by side.
inline std::size_t grain_of(double cost) {
    constexpr std::size_t side_by_side = 16;
    const double items = millisecond / 10 / cost;
    if (items < 2) {
        return 1;
    }
    const std::size_t whole = items < 65536 ? static_cast<std::size_t>(items) : 65536;
    return whole < side_by_side ? whole : whole / side_by_side * side_by_side;
}

/// Computes `count` items of a cost each, with as many threads as the caller allows, as are worth
/// it, and as have room for their workspace.
template <typename Context>
[[nodiscard]] bool compute_items(const module_state& state, const options& o,
                                 const footprint& bytes, const shape& s, std::size_t count,
                                 double cost, item_function compute, const Context& context) {
    division d{count, grain_of(cost), cost, 1};
    if (!find_threads(o.jobs, d)) {
        return false;
    }
    const std::size_t limit = state.memory_limit.load(std::memory_order_relaxed);
    const saturated workspace = bytes.thread(s);
    while (d.threads > 1 && (bytes(s) + workspace * (d.threads - 1)).value() > limit) {
        --d.threads;
    }
    return run_items(d, compute, context);
}

} // namespace esig
