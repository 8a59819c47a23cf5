// esig/ext/conversions.h: from signatures to log signatures and back, of one or of many.
#pragma once

#include "calls.h"
#include "parameters.h"
#include "stream_items.h"
#include "vectors.h"

#include <libalgebra/log_signature.h>

#include <cstddef>

namespace esig {

struct conversion_items {
    shape s;
    libalgebra::hall_basis_cache* bases;
    row_layout from;
    row_layout to;
};

/// What a conversion is called, and what it makes of which values.
struct conversion {
    const char* argument;
    saturated (*from_size)(const shape& s);
    footprint to;
    item_function compute;
};

/// The dimensions before the last one, and then another last one.
[[nodiscard]] inline bool find_dimensions(const vector_array& from, std::size_t size,
                                          dimensions& result) {
    for (int i = 0; i < from.outer_ndim(); ++i) {
        if (!result.add(static_cast<std::size_t>(from.outer_size(i)))) {
            return false;
        }
    }
    return result.add(size);
}

inline PyObject* convert(PyObject* module, PyObject* const* values, const conversion& c) {
    module_state& state = state_of(module);
    options o;
    shape s;
    o.out = values[3];
    if (!read_shape(values[1], values[2], s) || !read_jobs(values[4], o.jobs) ||
        !check_footprint(c.to, s, state)) {
        return nullptr;
    }
    const std::size_t from_size = c.from_size(s).value();
    const std::size_t to_size = c.to.row(s).value();
    vector_array from;
    dimensions result_shape;
    result_array result;
    footprint bytes = c.to;
    if (!from.read(values[0], c.argument, from_size, scalar::float64)) {
        return nullptr;
    }
    bytes.rows = from.count();
    if (!check_footprint(bytes, s, state) || !find_dimensions(from, to_size, result_shape) ||
        !result.prepare(state, o.out, result_shape, scalar::float64, from)) {
        return nullptr;
    }
    const conversion_items items{
        s, &state.bases, {const_cast<void*>(from.data()), from_size}, {result.data(), to_size}};
    const bool is_done =
        compute_items(state, o, bytes, s, from.count(), logarithm_cost(s), c.compute, items);
    return is_done ? result.release() : nullptr;
}

inline status compute_logarithms(const void* context, std::size_t begin, std::size_t end,
                                 const interruption& hook) {
    const conversion_items& items = *static_cast<const conversion_items*>(context);
    status found = status::ok;
    for (; found == status::ok && begin < end; ++begin) {
        found =
            libalgebra::signature_to_log_signature(items.from.row<double>(begin), items.s,
                                                   *items.bases, items.to.row<double>(begin), hook);
    }
    return found;
}

inline status compute_exponentials(const void* context, std::size_t begin, std::size_t end,
                                   const interruption& hook) {
    const conversion_items& items = *static_cast<const conversion_items*>(context);
    status found = status::ok;
    for (; found == status::ok && begin < end; ++begin) {
        found =
            libalgebra::log_signature_to_signature(items.from.row<double>(begin), items.s,
                                                   *items.bases, items.to.row<double>(begin), hook);
    }
    return found;
}

inline constexpr parameters signature_to_log_signature_parameters{
    "_signature_to_log_signature", {"signature", "dimension", "depth", "out", "n_jobs"}, 5, 3, 5};

/// For backends that find signatures alone.
inline PyObject* signature_to_log_signature(PyObject* module, PyObject* const* values) {
    return convert(module, values,
                   {"signature", tensor_row, log_signature_footprint, compute_logarithms});
}

inline constexpr parameters signature_from_logsignature_parameters{
    "signature_from_logsignature",
    {"logsignature", "dimension", "depth", "out", "n_jobs"},
    5,
    3,
    5};

inline PyObject* signature_from_logsignature(PyObject* module, PyObject* const* values) {
    return convert(module, values,
                   {"logsignature", lie_row, exponential_footprint, compute_exponentials});
}

} // namespace esig
