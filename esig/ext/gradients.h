// esig/ext/gradients.h: how signatures and log signatures change with the points.
#pragma once

#include "calls.h"
#include "parameters.h"
#include "stream_items.h"
#include "vectors.h"

#include <libalgebra/gradient.h>

#include <cstddef>

namespace esig {

/// Rows of cotangents, and rows of as many values as a path has.
struct gradient_items {
    path_layout paths;
    std::size_t depth;
    libalgebra::hall_basis_cache* bases;
    row_layout cotangents;
    row_layout gradients;
};

inline status compute_gradients(const void* context, std::size_t begin, std::size_t end,
                                const interruption& hook) {
    const gradient_items& items = *static_cast<const gradient_items*>(context);
    for (; begin < end; ++begin) {
        ESIG_TRY(libalgebra::signature_vjp(items.paths[begin], items.depth,
                                           items.cotangents.row<double>(begin),
                                           items.gradients.row<double>(begin), hook));
    }
    return status::ok;
}

inline status compute_log_gradients(const void* context, std::size_t begin, std::size_t end,
                                    const interruption& hook) {
    const gradient_items& items = *static_cast<const gradient_items*>(context);
    for (; begin < end; ++begin) {
        ESIG_TRY(libalgebra::log_signature_vjp(items.paths[begin], items.depth,
                                               items.cotangents.row<double>(begin), *items.bases,
                                               items.gradients.row<double>(begin), hook));
    }
    return status::ok;
}

/// The gradient is of the size of the stream, whatever the depth; what grows with that is needed
/// meanwhile.
inline saturated no_row(const shape&) {
    return 0;
}

inline saturated gradient_workspace(const shape& s) {
    return size_from(libalgebra::signature_vjp_workspace, s);
}

inline saturated log_gradient_workspace(const shape& s) {
    return size_from(libalgebra::log_signature_vjp_workspace, s);
}

struct gradient_operation {
    saturated (*cotangent_size)(const shape& s);
    footprint bytes;
    double (*row_cost)(const shape& s);
    item_function compute;
};

/// (stream, depth, cotangent, out, n_jobs)
inline PyObject* compute_vjp(PyObject* module, PyObject* const* values,
                             const gradient_operation& operation) {
    module_state& state = state_of(module);
    options o;
    stream_array stream;
    vector_array cotangent;
    if (!read_options(state, values[1], values[3], values[4], nullptr, o) ||
        !stream.read(values[0])) {
        return nullptr;
    }
    const path_layout& paths = stream.paths();
    if (paths.listed != nullptr) {
        PyErr_SetString(PyExc_ValueError, "stream must be an array, not a list of paths");
        return nullptr;
    }
    const shape s{stream.width(), o.depth};
    if (!check_footprint(operation.bytes, s, state)) {
        return nullptr;
    }
    const std::size_t size = operation.cotangent_size(s).value();
    dimensions result_shape;
    result_array result;
    if (!cotangent.read(values[2], "cotangent", size, scalar::float64) ||
        !cotangent.check_rows("cotangent", stream) || !stream.add_outer_dimensions(result_shape) ||
        !result_shape.add(stream.length()) || !result_shape.add(stream.width()) ||
        !result.prepare(state, o.out, result_shape, scalar::float64,
                        inputs{stream, &cotangent, false})) {
        return nullptr;
    }
    const gradient_items items{paths,
                               o.depth,
                               &state.bases,
                               {const_cast<void*>(cotangent.data()), size},
                               {result.data(), stream.length() * stream.width()}};
    // The signature without its top level, a walk that costs about as much, and in between as much
    // as some products of signatures.
    const double cost =
        signature_cost(s, stream.mean_length()) + 3 * product_cost(s) + operation.row_cost(s);
    const bool is_done =
        compute_items(state, o, operation.bytes, s, paths.count, cost, operation.compute, items);
    return is_done ? result.release() : nullptr;
}

inline constexpr parameters stream2sig_vjp_parameters{
    "stream2sig_vjp", {"stream", "depth", "cotangent", "out", "n_jobs"}, 5, 3, 5};

inline PyObject* stream2sig_vjp(PyObject* module, PyObject* const* values) {
    return compute_vjp(module, values,
                       {tensor_row, {no_row, gradient_workspace}, writing_cost, compute_gradients});
}

inline constexpr parameters stream2logsig_vjp_parameters{
    "stream2logsig_vjp", {"stream", "depth", "cotangent", "out", "n_jobs"}, 5, 3, 5};

inline PyObject* stream2logsig_vjp(PyObject* module, PyObject* const* values) {
    return compute_vjp(
        module, values,
        {lie_row, {no_row, log_gradient_workspace}, logarithm_cost, compute_log_gradients});
}

} // namespace esig
