// esig/ext/stream_items.h: the arithmetic of a call on streams, item by item, by any thread.
#pragma once

#include "logarithms.h"
#include "parallel.h"
#include "paths.h"
#include "results.h"

#include <libalgebra/signature.h>
#include <libalgebra/windows.h>

#include <cstddef>
#include <cstring>

namespace esig {

/// Which parts of a path get a row each: the whole path, or windows of which the first has so many
/// points, and each that follows lies a step farther (sliding) or is longer by that (expanding).
enum class parts { whole, expanding, sliding };

inline std::size_t row_count(parts kind, const libalgebra::sliding& windows, std::size_t points) {
    return kind == parts::whole ? 1 : libalgebra::window_count(points, windows);
}

/// Rows of a result: row i is at `data + i * size`, counted in values.
struct row_layout {
    void* data;
    std::size_t size;

    template <typename Real>
    Real* row(std::size_t number) const {
        return static_cast<Real*>(data) + number * size;
    }
};

/// What all threads know of a call.
struct stream_items {
    path_layout paths;
    libalgebra::shape s;
    parts kind;
    libalgebra::sliding windows;
    std::size_t rows_of_path;
    libalgebra::window_plan plan; ///< if the windows slide
    row_layout rows;
    const void* before; ///< signatures that the paths go on from, or null
    libalgebra::hall_basis_cache* bases;

    /// Where the rows of a path begin.
    std::size_t first_row(std::size_t path) const { return path * rows_of_path; }
};

/// The part of a path from a point on, of so many points.
inline path_view part_of(const path_view& path, std::size_t from, std::size_t points) {
    path_view part = path;
    part.data =
        static_cast<const char*>(path.data) + static_cast<Py_ssize_t>(from) * path.point_stride;
    part.length = points;
    return part;
}

/// The rows of expanding windows, each from the one before.
template <typename Real>
status compute_expanding(const stream_items& items, std::size_t number, const Real* before,
                         libalgebra::signature_engine<Real>& engine, Real* row) {
    const path_view path = items.paths[number];
    const libalgebra::sliding& windows = items.windows;
    if (before == nullptr && windows.length == 1 && windows.step == 1) {
        return engine.prefixes(path, row, items.rows.size);
    }
    std::size_t points = windows.length;
    for (std::size_t i = 0; i < items.rows_of_path; ++i, row += items.rows.size) {
        if (i > 0) {
            const std::size_t last = points - windows.step - 1;
            ESIG_TRY(
                engine.append(row - items.rows.size, part_of(path, last, windows.step + 1), row));
        } else if (before != nullptr) {
            ESIG_TRY(engine.append(before, part_of(path, 0, points), row));
        } else {
            ESIG_TRY(engine.signature(part_of(path, 0, points), row));
        }
        points += windows.step;
    }
    return status::ok;
}

/// Paths of hardly any work: preparing an engine would take longer.
inline status compute_small(const stream_items& items, std::size_t begin, std::size_t end) {
    for (; begin < end; ++begin) {
        ESIG_TRY(libalgebra::signature(items.paths[begin], items.s.depth,
                                       items.rows.row<double>(begin)));
    }
    return status::ok;
}

/// Items are paths.
template <typename Real>
status compute_signatures(const void* context, std::size_t begin, std::size_t end,
                          const interruption& hook) {
    const stream_items& items = *static_cast<const stream_items*>(context);
    if (sizeof(Real) == sizeof(double) && hook.should_stop == nullptr &&
        items.kind == parts::whole && items.before == nullptr) {
        return compute_small(items, begin, end);
    }
    libalgebra::signature_engine<Real> engine;
    ESIG_TRY(engine.prepare(items.s, hook));
    while (begin < end) {
        Real* const row = items.rows.row<Real>(items.first_row(begin));
        const Real* const before =
            items.before == nullptr
                ? nullptr
                : static_cast<const Real*>(items.before) + begin * items.rows.size;
        if (items.kind == parts::expanding) {
            ESIG_TRY(compute_expanding(items, begin, before, engine, row));
            ++begin;
        } else if (before != nullptr) {
            ESIG_TRY(engine.append(before, items.paths[begin], row));
            ++begin;
        } else {
            const libalgebra::path_batch batch = items.paths.run(begin, end);
            ESIG_TRY(engine.signatures(batch, row, items.rows.size));
            begin += batch.count;
        }
    }
    return status::ok;
}

/// The logarithms of a whole path, or of its expanding windows.
template <typename Real>
status compute_logarithms_of(const stream_items& items, const path_view& path,
                             libalgebra::signature_engine<double>& engine,
                             logarithm_writer<Real>& writer, const interruption& hook, Real* row) {
    if (items.kind == parts::whole) {
        ESIG_TRY(engine.signature(path, writer.tensor()));
        return writer.write(writer.tensor(), row, hook);
    }
    const libalgebra::sliding& windows = items.windows;
    double* const kept = writer.tensor() + writer.tensor_size();
    std::size_t points = windows.length;
    for (std::size_t i = 0; i < items.rows_of_path; ++i, row += items.rows.size) {
        if (i == 0) {
            ESIG_TRY(engine.signature(part_of(path, 0, points), kept));
        } else {
            const path_view way = part_of(path, points - windows.step - 1, windows.step + 1);
            ESIG_TRY(engine.append(kept, way, kept));
        }
        std::memcpy(writer.tensor(), kept, writer.tensor_size() * sizeof(double));
        ESIG_TRY(writer.write(writer.tensor(), row, hook));
        points += windows.step;
    }
    return status::ok;
}

/// Items are paths.
template <typename Real>
status compute_log_signatures(const void* context, std::size_t begin, std::size_t end,
                              const interruption& hook) {
    const stream_items& items = *static_cast<const stream_items*>(context);
    libalgebra::signature_engine<double> engine;
    logarithm_writer<Real> writer;
    ESIG_TRY(engine.prepare(items.s, hook));
    ESIG_TRY(writer.prepare(items.s, *items.bases, items.kind == parts::whole ? 1 : 2));
    for (; begin < end; ++begin) {
        ESIG_TRY(compute_logarithms_of(items, items.paths[begin], engine, writer, hook,
                                       items.rows.row<Real>(items.first_row(begin))));
    }
    return status::ok;
}

/// Items are the groups of windows of the first path, then of the second, and so on.
template <typename Real>
status compute_sliding(const void* context, std::size_t begin, std::size_t end,
                       const interruption& hook) {
    const stream_items& items = *static_cast<const stream_items*>(context);
    libalgebra::window_engine<Real> engine;
    ESIG_TRY(engine.prepare(items.plan, hook));
    for (; begin < end; ++begin) {
        const std::size_t path = begin / items.plan.groups();
        const std::size_t group = begin % items.plan.groups();
        const std::size_t row = items.first_row(path) + items.plan.group_begin(group);
        ESIG_TRY(
            engine.compute(items.paths[path], group, items.rows.row<Real>(row), items.rows.size));
    }
    return status::ok;
}

template <typename Real>
status compute_sliding_logarithms(const void* context, std::size_t begin, std::size_t end,
                                  const interruption& hook) {
    const stream_items& items = *static_cast<const stream_items*>(context);
    libalgebra::window_engine<double> engine;
    logarithm_writer<Real> writer;
    ESIG_TRY(engine.prepare(items.plan, hook));
    ESIG_TRY(writer.prepare(items.s, *items.bases, items.plan.group_size_max()));
    for (; begin < end; ++begin) {
        const std::size_t path = begin / items.plan.groups();
        const std::size_t group = begin % items.plan.groups();
        const std::size_t first = items.plan.group_begin(group);
        const std::size_t windows = items.plan.group_begin(group + 1) - first;
        ESIG_TRY(engine.compute(items.paths[path], group, writer.tensor(), writer.tensor_size()));
        for (std::size_t i = 0; i < windows; ++i) {
            ESIG_TRY(writer.write(writer.tensor() + i * writer.tensor_size(),
                                  items.rows.row<Real>(items.first_row(path) + first + i), hook));
        }
    }
    return status::ok;
}

} // namespace esig
