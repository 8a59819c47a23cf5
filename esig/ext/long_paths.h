// esig/ext/long_paths.h: one long path by several threads, a part of it each.
//
// The library cuts long paths anyway, where their shape says, and multiplies the parts in their
// order: so the result is the same, bit for bit, as that of one thread.
#pragma once

#include "calls.h"
#include "logarithms.h"
#include "stream_items.h"

#include <libalgebra/buffer.h>

#include <cstddef>
#include <cstring>

namespace esig {

/// Parts that each thread computes, on average, before they are joined.
inline constexpr std::size_t parts_per_thread = 8;

/// How many parts are computed before they are joined: fewer where they take more memory than the
/// path itself does.
inline std::size_t parts_at_once(const division& d, const path_view& path, std::size_t size) {
    const std::size_t fit = path.length / size * path.width;
    std::size_t parts = parts_per_thread * d.threads;
    parts = fit < parts ? fit : parts;
    parts = parts < d.threads ? d.threads : parts;
    return d.count < parts ? d.count : parts;
}

/// Some consecutive parts of a path.
struct part_items {
    path_view path;
    shape s;
    std::size_t first;
    void* parts; ///< their signatures
    std::size_t size;
    void* result; ///< of all parts before them, then of these too
};

template <typename Real>
status compute_parts(const void* context, std::size_t begin, std::size_t end,
                     const interruption& hook) {
    const part_items& items = *static_cast<const part_items*>(context);
    libalgebra::signature_engine<Real> engine;
    ESIG_TRY(engine.prepare(items.s, hook));
    for (; begin < end; ++begin) {
        Real* const part = static_cast<Real*>(items.parts) + begin * items.size;
        ESIG_TRY(engine.part(items.path, items.first + begin, part));
    }
    return status::ok;
}

/// One thread takes these from the first to the last.
template <typename Real>
status join_parts(const void* context, std::size_t begin, std::size_t end,
                  const interruption& hook) {
    const part_items& items = *static_cast<const part_items*>(context);
    Real* const result = static_cast<Real*>(items.result);
    libalgebra::signature_engine<Real> engine;
    ESIG_TRY(engine.prepare(items.s, hook));
    for (; begin < end; ++begin) {
        const Real* const part = static_cast<const Real*>(items.parts) + begin * items.size;
        if (items.first + begin == 0) {
            std::memcpy(result, part, items.size * sizeof(Real));
        } else {
            ESIG_TRY(engine.join(items.path, items.first + begin, part, result));
        }
    }
    return status::ok;
}

/// How a path is divided, if that is worth it: into one part if not.
template <typename Real>
[[nodiscard]] bool find_parts(const module_state& state, const options& o, const footprint& bytes,
                              const path_view& path, const shape& s, std::size_t size,
                              division& d) {
    libalgebra::signature_engine<Real> engine;
    d = {1, 1, 0, 1};
    if (!check(engine.prepare(s))) {
        return false;
    }
    d.count = engine.part_count(path);
    d.cost = signature_cost(s, static_cast<double>(path.length)) / static_cast<double>(d.count);
    if (!find_threads(o.jobs, d)) {
        return false;
    }
    const saturated parts = saturated{size} * sizeof(Real) * parts_at_once(d, path, size);
    const saturated needed = bytes(s) + parts + bytes.thread(s) * d.threads;
    if (needed.value() > state.memory_limit.load(std::memory_order_relaxed)) {
        d.threads = 1;
    }
    return true;
}

/// The signature of a path, by d.threads threads.
template <typename Real>
[[nodiscard]] bool compute_long_path(const division& d, const path_view& path, const shape& s,
                                     std::size_t size, Real* result) {
    libalgebra::buffer<Real> parts;
    const std::size_t at_once = parts_at_once(d, path, size);
    if (!check(parts.resize(at_once * size))) {
        return false;
    }
    for (std::size_t first = 0; first < d.count; first += at_once) {
        const std::size_t left = d.count - first;
        const part_items items{path, s, first, parts.data(), size, result};
        division some = d;
        some.count = left < at_once ? left : at_once;
        const division joining{some.count, 1, product_cost(s), 1};
        if (!run_items(some, compute_parts<Real>, items) ||
            !run_items(joining, join_parts<Real>, items)) {
            return false;
        }
    }
    return true;
}

enum class outcome { done, failed, not_worth_it };

/// The signature of a single long path.
template <typename Real>
[[nodiscard]] outcome compute_signature_in_parts(const module_state& state, const options& o,
                                                 const footprint& bytes,
                                                 const stream_items& items) {
    division d;
    const path_view path = items.paths[0];
    if (!find_parts<Real>(state, o, bytes, path, items.s, items.rows.size, d)) {
        return outcome::failed;
    }
    if (d.threads == 1) {
        return outcome::not_worth_it;
    }
    Real* const row = items.rows.template row<Real>(0);
    return compute_long_path(d, path, items.s, items.rows.size, row) ? outcome::done
                                                                     : outcome::failed;
}

/// The log signature of a single long path.
template <typename Real>
[[nodiscard]] outcome compute_logarithm_in_parts(const module_state& state, const options& o,
                                                 const footprint& bytes,
                                                 const stream_items& items) {
    division d;
    const path_view path = items.paths[0];
    const std::size_t size = tensor_row(items.s).value();
    if (!find_parts<double>(state, o, bytes, path, items.s, size, d)) {
        return outcome::failed;
    }
    if (d.threads == 1) {
        return outcome::not_worth_it;
    }
    logarithm_writer<Real> writer;
    const bool is_done =
        check(writer.prepare(items.s, *items.bases, 1)) &&
        compute_long_path(d, path, items.s, size, writer.tensor()) &&
        check(without_gil_until_signal([&](const interruption& hook) {
            return writer.write(writer.tensor(), items.rows.template row<Real>(0), hook);
        }));
    return is_done ? outcome::done : outcome::failed;
}

} // namespace esig
