// esig/ext/vectors.h: an array of signatures, or of the like, one in each row.
#pragma once

#include "buffers.h"
#include "errors.h"
#include "paths.h"

#include <cstddef>

namespace esig {

/// The caller's array of shape (..., size), held as long as this lives.
class vector_array {
public:
    /// False with an error set unless the object is such an array of this type, without gaps.
    [[nodiscard]] bool read(PyObject* object, const char* name, std::size_t size, scalar type) {
        if (!memory_.acquire(object, PyBUF_RECORDS_RO)) {
            raise_type_error_if_refused();
            return false;
        }
        const Py_buffer& view = memory_.view();
        scalar found;
        if (!read_scalar(view, found)) {
            raise_type_error();
            return false;
        }
        if (!has_shape(view) || view.ndim < 1 ||
            static_cast<std::size_t>(view.shape[view.ndim - 1]) != size) {
            PyErr_Format(PyExc_ValueError, "%s must have %zu values in its last dimension", name,
                         size);
            return false;
        }
        if (found != type || !is_contiguous(view) || !is_aligned(view)) {
            PyErr_Format(PyExc_ValueError, "%s must be a C-contiguous array of %s", name,
                         type == scalar::float32 ? "float32" : "float64");
            return false;
        }
        for (int i = 0; i + 1 < view.ndim; ++i) {
            count_ *= static_cast<std::size_t>(view.shape[i]);
        }
        return true;
    }

    std::size_t count() const { return count_; }
    const void* data() const { return memory_.view().buf; }
    bool overlaps(const Py_buffer& other) const { return may_overlap(memory_.view(), other); }

    /// The dimensions before the last one.
    int outer_ndim() const { return memory_.view().ndim - 1; }
    Py_ssize_t outer_size(int dimension) const { return memory_.view().shape[dimension]; }

    /// False with an error set unless there is one row for each path.
    [[nodiscard]] bool check_rows(const char* name, const stream_array& stream) const {
        dimensions outer;
        if (!stream.add_outer_dimensions(outer)) {
            return false;
        }
        bool is_equal = outer.count == outer_ndim();
        for (int i = 0; is_equal && i < outer.count; ++i) {
            is_equal = outer.sizes[i] == outer_size(i);
        }
        if (!is_equal) {
            PyErr_Format(PyExc_ValueError, "%s and stream have different numbers of paths", name);
        }
        return is_equal;
    }

private:
    buffer memory_;
    std::size_t count_ = 1;
};

/// What a result must not be written over while it is computed.
struct inputs {
    const stream_array& stream;
    const vector_array* vectors; ///< or null
    bool may_be_replaced;        ///< a row of these is read before that of the result is written

    bool overlaps(const Py_buffer& out) const {
        const bool is_replaced =
            vectors != nullptr && may_be_replaced && out.buf == vectors->data();
        return stream.overlaps(out) ||
               (vectors != nullptr && !is_replaced && vectors->overlaps(out));
    }
};

} // namespace esig
