// esig/ext/stream_functions.h: the functions of streams: arguments, sizes and results.
#pragma once

#include "calls.h"
#include "long_paths.h"
#include "parameters.h"
#include "stream_items.h"
#include "vectors.h"

#include <cstddef>

namespace esig {

/// What is computed of streams: its size, its cost, and by which functions.
struct stream_operation {
    footprint bytes;
    double (*row_cost)(const shape& s); ///< beside what a signature takes
    bool is_logarithm;
    item_function in_float32;
    item_function in_float64;
    outcome (*long_in_float32)(const module_state&, const options&, const footprint&,
                               const stream_items&); ///< of a single path
    outcome (*long_in_float64)(const module_state&, const options&, const footprint&,
                               const stream_items&);
};

inline constexpr stream_operation signatures{signature_footprint,
                                             writing_cost,
                                             false,
                                             compute_signatures<float>,
                                             compute_signatures<double>,
                                             compute_signature_in_parts<float>,
                                             compute_signature_in_parts<double>};
inline constexpr stream_operation log_signatures{log_signature_footprint,
                                                 logarithm_cost,
                                                 true,
                                                 compute_log_signatures<float>,
                                                 compute_log_signatures<double>,
                                                 compute_logarithm_in_parts<float>,
                                                 compute_logarithm_in_parts<double>};
inline constexpr stream_operation sliding_signatures{
    sliding_footprint,       writing_cost, false,  compute_sliding<float>,
    compute_sliding<double>, nullptr,      nullptr};
inline constexpr stream_operation sliding_log_signatures{sliding_log_footprint,
                                                         logarithm_cost,
                                                         true,
                                                         compute_sliding_logarithms<float>,
                                                         compute_sliding_logarithms<double>,
                                                         nullptr,
                                                         nullptr};

/// What a call asks for, all of it read before the stream is.
struct stream_request {
    options o;
    parts kind = parts::whole;
    libalgebra::sliding windows{1, 1};
};

/// How many items of which cost a stream is, and the rows they make.
struct stream_work {
    std::size_t items;
    double cost;
};

inline stream_work work_of(const stream_operation& operation, const stream_items& items,
                           double mean_length) {
    const shape& s = items.s;
    if (items.kind == parts::sliding) {
        const std::size_t windows = items.plan.group_size_max();
        return {items.paths.count * items.plan.groups(),
                cost_of_a_path + items.plan.group_cost() +
                    operation.row_cost(s) * static_cast<double>(windows)};
    }
    return {items.paths.count, signature_cost(s, mean_length) +
                                   operation.row_cost(s) * static_cast<double>(items.rows_of_path)};
}

/// Refuses what has no array as a result.
[[nodiscard]] inline bool check_lengths(const stream_request& request, const stream_array& stream) {
    if (request.kind == parts::whole || stream.has_one_length()) {
        return true;
    }
    PyErr_SetString(PyExc_ValueError, "paths of different lengths have different numbers of rows");
    return false;
}

/// (..., size), or (..., rows, size) if paths have a row for each window.
[[nodiscard]] inline bool find_result_shape(const stream_request& request,
                                            const stream_array& stream, std::size_t rows,
                                            std::size_t size, dimensions& result) {
    return stream.add_outer_dimensions(result) &&
           (request.kind == parts::whole || result.add(rows)) && result.add(size);
}

/// Computes all items; false with an error set.
[[nodiscard]] inline bool run(const module_state& state, const options& o,
                              const stream_operation& operation, const footprint& bytes,
                              const stream_items& items, double mean_length) {
    const bool is_single = o.type == scalar::float32;
    const stream_work work = work_of(operation, items, mean_length);
    if (work.items == 1 && work.cost >= millisecond && items.kind == parts::whole &&
        items.before == nullptr) {
        const outcome found = (is_single ? operation.long_in_float32
                                         : operation.long_in_float64)(state, o, bytes, items);
        if (found != outcome::not_worth_it) {
            return found == outcome::done;
        }
    }
    return compute_items(state, o, bytes, items.s, work.items, work.cost,
                         is_single ? operation.in_float32 : operation.in_float64, items);
}

/// `before` are signatures that the paths go on from, or null.
inline PyObject* compute_stream(module_state& state, const stream_request& request,
                                const stream_operation& operation, const stream_array& stream,
                                const vector_array* before) {
    const options& o = request.o;
    const shape s{stream.width(), o.depth};
    const path_layout& paths = stream.paths();
    const std::size_t rows = row_count(request.kind, request.windows, stream.length());
    footprint bytes = operation.bytes;
    bytes.value_size = static_cast<std::size_t>(size_of(o.type));
    bytes.rows = paths.count * rows; // no more than there are points
    if (!check_lengths(request, stream) || !check_footprint(bytes, s, state)) {
        return nullptr;
    }
    const std::size_t size = bytes.row(s).value();
    dimensions result_shape;
    result_array result;
    if (!find_result_shape(request, stream, rows, size, result_shape) ||
        !result.prepare(state, o.out, result_shape, o.type,
                        inputs{stream, before, request.kind == parts::whole})) {
        return nullptr;
    }
    // Over one letter every bracket vanishes: a log signature has degree 1 alone.
    const shape computed = operation.is_logarithm && s.width == 1 ? shape{1, 1} : s;
    const stream_items items{
        paths,
        computed,
        request.kind,
        request.windows,
        rows,
        request.kind == parts::sliding
            ? libalgebra::window_plan(computed, request.windows, stream.length())
            : libalgebra::window_plan(),
        {result.data(), size},
        before != nullptr ? before->data() : nullptr,
        &state.bases};
    return run(state, o, operation, bytes, items, stream.mean_length()) ? result.release()
                                                                        : nullptr;
}

/// Whatever takes so little work takes far less memory than this, and is not asked for how much.
inline constexpr std::size_t memory_of_tiny = std::size_t{16} << 20;

/// True for a single path of little work into a new array of float64: there is nothing to divide.
inline bool is_tiny(const module_state& state, const stream_request& request,
                    const stream_array& stream) {
    constexpr std::size_t depth_max = 16; // beyond it two letters are no little work
    const path_layout& paths = stream.paths();
    return request.kind == parts::whole && request.o.depth <= depth_max &&
           request.o.type == scalar::float64 && !is_given(request.o.out) && paths.outer_ndim == 0 &&
           paths.listed == nullptr &&
           state.memory_limit.load(std::memory_order_relaxed) >= memory_of_tiny &&
           signature_cost({stream.width(), request.o.depth}, static_cast<double>(stream.length())) <
               work_with_gil;
}

inline PyObject* compute_tiny(const module_state& state, const stream_request& request,
                              const stream_array& stream) {
    dimensions size;
    std::size_t words = 0;
    result_array result;
    if (!check(libalgebra::tensor_size({stream.width(), request.o.depth}, words)) ||
        !size.add(words) || !result.allocate(state, size, scalar::float64) ||
        !check(libalgebra::signature(stream.paths().first, request.o.depth,
                                     static_cast<double*>(result.data())))) {
        return nullptr;
    }
    return result.release();
}

/// (stream, depth, out, n_jobs, dtype, cumulative)
inline PyObject* compute_whole(PyObject* module, PyObject* const* values,
                               const stream_operation& operation) {
    module_state& state = state_of(module);
    stream_request request;
    bool is_cumulative = false;
    stream_array stream;
    if (!read_options(state, values[1], values[2], values[3], values[4], request.o) ||
        !read_flag(values[5], is_cumulative) || !stream.read(values[0])) {
        return nullptr;
    }
    request.kind = is_cumulative ? parts::expanding : parts::whole;
    if (!operation.is_logarithm && is_tiny(state, request, stream)) {
        return compute_tiny(state, request, stream);
    }
    return compute_stream(state, request, operation, stream, nullptr);
}

/// (stream, depth, window, step, out, n_jobs, dtype)
inline PyObject* compute_windows(PyObject* module, PyObject* const* values, parts kind,
                                 const stream_operation& operation) {
    module_state& state = state_of(module);
    stream_request request;
    stream_array stream;
    request.kind = kind;
    if (!read_options(state, values[1], values[4], values[5], values[6], request.o) ||
        !read_count(values[2], "window", request.windows.length) ||
        !read_count(values[3], "step", request.windows.step) || !stream.read(values[0])) {
        return nullptr;
    }
    stream_operation limited = operation;
    if (kind == parts::sliding && operation.is_logarithm) {
        const shape s{stream.width(), request.o.depth};
        if (!check_footprint(operation.bytes, s, state)) {
            return nullptr;
        }
        const libalgebra::window_plan plan(s, request.windows, stream.length());
        limited.bytes.tensors = plan.group_size_max();
    }
    return compute_stream(state, request, limited, stream, nullptr);
}

inline constexpr parameters stream2sig_parameters{
    "stream2sig", {"stream", "depth", "out", "n_jobs", "dtype", "cumulative"}, 6, 2, 6};

inline PyObject* stream2sig(PyObject* module, PyObject* const* values) {
    return compute_whole(module, values, signatures);
}

inline constexpr parameters stream2logsig_parameters{
    "stream2logsig", {"stream", "depth", "out", "n_jobs", "dtype", "cumulative"}, 6, 2, 6};

inline PyObject* stream2logsig(PyObject* module, PyObject* const* values) {
    return compute_whole(module, values, log_signatures);
}

inline constexpr parameters sliding2sig_parameters{
    "sliding2sig", {"stream", "depth", "window", "step", "out", "n_jobs", "dtype"}, 7, 3, 7};

inline PyObject* sliding2sig(PyObject* module, PyObject* const* values) {
    return compute_windows(module, values, parts::sliding, sliding_signatures);
}

inline constexpr parameters sliding2logsig_parameters{
    "sliding2logsig", {"stream", "depth", "window", "step", "out", "n_jobs", "dtype"}, 7, 3, 7};

inline PyObject* sliding2logsig(PyObject* module, PyObject* const* values) {
    return compute_windows(module, values, parts::sliding, sliding_log_signatures);
}

inline constexpr parameters expanding2sig_parameters{
    "expanding2sig", {"stream", "depth", "window", "step", "out", "n_jobs", "dtype"}, 7, 2, 7};

inline PyObject* expanding2sig(PyObject* module, PyObject* const* values) {
    return compute_windows(module, values, parts::expanding, signatures);
}

inline constexpr parameters expanding2logsig_parameters{
    "expanding2logsig", {"stream", "depth", "window", "step", "out", "n_jobs", "dtype"}, 7, 2, 7};

inline PyObject* expanding2logsig(PyObject* module, PyObject* const* values) {
    return compute_windows(module, values, parts::expanding, log_signatures);
}

inline constexpr parameters extend_parameters{
    "extend", {"signature", "stream", "depth", "out", "n_jobs", "dtype", "cumulative"}, 7, 3, 7};

/// (signature, stream, depth, out, n_jobs, dtype, cumulative)
inline PyObject* extend(PyObject* module, PyObject* const* values) {
    module_state& state = state_of(module);
    stream_request request;
    bool is_cumulative = false;
    stream_array stream;
    vector_array before;
    if (!read_options(state, values[2], values[3], values[4], values[5], request.o) ||
        !read_flag(values[6], is_cumulative) || !stream.read(values[1])) {
        return nullptr;
    }
    const shape s{stream.width(), request.o.depth};
    if (!check_footprint(signature_footprint, s, state) ||
        !before.read(values[0], "signature", tensor_row(s).value(), request.o.type) ||
        !before.check_rows("signature", stream)) {
        return nullptr;
    }
    request.kind = is_cumulative ? parts::expanding : parts::whole;
    return compute_stream(state, request, signatures, stream, &before);
}

} // namespace esig
