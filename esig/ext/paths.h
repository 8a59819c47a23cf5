// esig/ext/paths.h: the paths of a call: an array of them, or a list of arrays.
#pragma once

#include "arguments.h"
#include "buffers.h"
#include "errors.h"

#include <libalgebra/path.h>
#include <libalgebra/signature.h>

#include <cstddef>

namespace esig {

using libalgebra::path_view;

/// Where the paths of an array of shape (..., length, width) are, or of a list. It owns nothing,
/// so threads have copies of it.
struct path_layout {
    path_view first;
    std::size_t count; ///< of paths
    int outer_ndim;    ///< how many dimensions there are before the two of a path
    const Py_ssize_t* shape;
    const Py_ssize_t* strides; ///< null if there are no gaps
    const path_view* listed;   ///< the paths of a list, else null

    /// The path with a number, counted along the last of the outer dimensions first.
    path_view operator[](std::size_t number) const {
        if (listed != nullptr) {
            return listed[number];
        }
        path_view path = first;
        const char* data = static_cast<const char*>(path.data);
        Py_ssize_t rest = static_cast<Py_ssize_t>(number);
        for (int i = outer_ndim - 1; i >= 0; --i) {
            data += rest % shape[i] * stride(i);
            rest /= shape[i];
        }
        path.data = data;
        return path;
    }

    /// The paths from one on, up to `end`, as far as they are equally far apart.
    libalgebra::path_batch run(std::size_t begin, std::size_t end) const {
        if (listed != nullptr || outer_ndim == 0) {
            return {(*this)[begin], 1, 0};
        }
        const std::size_t row = static_cast<std::size_t>(shape[outer_ndim - 1]);
        const std::size_t left_in_row = row - begin % row;
        const std::size_t left = end - begin;
        return {(*this)[begin], left_in_row < left ? left_in_row : left, stride(outer_ndim - 1)};
    }

    ESIG_INLINE Py_ssize_t stride(int dimension) const {
        if (strides != nullptr) {
            return strides[dimension];
        }
        // ctypes leaves the strides out even when they are asked for.
        Py_ssize_t bytes = first.letter_stride;
        for (int i = outer_ndim + 1; i > dimension; --i) {
            bytes *= shape[i];
        }
        return bytes;
    }
};

/// The caller's array or arrays, held as long as this lives.
class stream_array {
public:
    stream_array() = default;
    stream_array(const stream_array&) = delete;
    stream_array& operator=(const stream_array&) = delete;

    ~stream_array() {
        for (std::size_t i = 0; i < held_; ++i) {
            PyBuffer_Release(&views_[i]);
        }
        PyMem_Free(views_);
        PyMem_Free(listed_);
        Py_XDECREF(list_);
    }

    /// False with an error set unless the object is an array of shape (..., length, width) of
    /// native floats, or a list of such with two dimensions and one width.
    [[nodiscard]] bool read(PyObject* object) {
        if (PyList_Check(object) || PyTuple_Check(object)) {
            return read_list(object);
        }
        if (!memory_.acquire(object, PyBUF_RECORDS_RO)) {
            raise_type_error_if_refused();
            return false;
        }
        const Py_buffer& view = memory_.view();
        if (!read_path(view, ndim_max, paths_.first)) {
            return false;
        }
        paths_.outer_ndim = view.ndim - 2;
        paths_.shape = view.shape;
        paths_.strides = view.strides;
        return count_paths();
    }

    const path_layout& paths() const { return paths_; }
    std::size_t width() const { return paths_.first.width; }
    std::size_t length() const { return paths_.first.length; }

    /// The number of points of a path, on average.
    double mean_length() const {
        if (listed_ == nullptr) {
            return static_cast<double>(length());
        }
        double points = 0;
        for (std::size_t i = 0; i < held_; ++i) {
            points += static_cast<double>(listed_[i].length);
        }
        return points / static_cast<double>(held_);
    }

    bool has_one_length() const {
        for (std::size_t i = 1; i < held_; ++i) {
            if (listed_[i].length != length()) {
                return false;
            }
        }
        return true;
    }

    /// The dimensions of the result before those of a path's own.
    [[nodiscard]] bool add_outer_dimensions(dimensions& shape) const {
        if (listed_ != nullptr) {
            return shape.add(held_);
        }
        for (int i = 0; i < paths_.outer_ndim; ++i) {
            if (!shape.add(static_cast<std::size_t>(paths_.shape[i]))) {
                return false;
            }
        }
        return true;
    }

    bool overlaps(const Py_buffer& other) const {
        for (std::size_t i = 0; i < held_; ++i) {
            if (may_overlap(views_[i], other)) {
                return true;
            }
        }
        return listed_ == nullptr && may_overlap(memory_.view(), other);
    }

private:
    /// The first path of a view with at most so many dimensions; false with an error set.
    static bool read_path(const Py_buffer& view, int dimensions_max, path_view& path) {
        if (!read_scalar(view, path.type)) {
            raise_type_error();
            return false;
        }
        if (!has_shape(view) || view.ndim < 2 || view.ndim > dimensions_max) {
            PyErr_SetString(PyExc_ValueError, "stream must be a 2-dimensional array");
            return false;
        }
        const int last = view.ndim - 1;
        path.data = view.buf;
        path.length = static_cast<std::size_t>(view.shape[last - 1]);
        path.width = static_cast<std::size_t>(view.shape[last]);
        path.letter_stride = view.strides != nullptr ? view.strides[last] : view.itemsize;
        path.point_stride =
            view.strides != nullptr ? view.strides[last - 1] : view.itemsize * view.shape[last];
        return check_width(view.shape[last]);
    }

    /// NumPy's sizes multiply to a size; those of a view that lies about them may not.
    ESIG_INLINE bool count_paths() {
        std::size_t count = 1;
        for (int i = 0; i < paths_.outer_ndim; ++i) {
            const std::size_t size = static_cast<std::size_t>(paths_.shape[i]);
            if (size != 0 && count > static_cast<std::size_t>(PY_SSIZE_T_MAX) / size) {
                PyErr_SetString(PyExc_ValueError, "stream has too many paths");
                return false;
            }
            count *= size;
        }
        paths_.count = count;
        return true;
    }

    bool read_list(PyObject* object) {
        list_ = PySequence_Tuple(object); // which nobody else can change meanwhile
        if (list_ == nullptr) {
            return false;
        }
        const std::size_t count = static_cast<std::size_t>(PyTuple_Size(list_));
        if (count == 0) {
            raise_type_error();
            return false;
        }
        views_ = static_cast<Py_buffer*>(PyMem_Malloc(count * sizeof(Py_buffer)));
        listed_ = static_cast<path_view*>(PyMem_Malloc(count * sizeof(path_view)));
        if (views_ == nullptr || listed_ == nullptr) {
            PyErr_NoMemory();
            return false;
        }
        while (held_ < count) {
            if (!read_listed(PyTuple_GetItem(list_, static_cast<Py_ssize_t>(held_)))) {
                return false;
            }
        }
        paths_.first = listed_[0];
        paths_.count = count;
        paths_.listed = listed_;
        return true;
    }

    /// One path of a list, the next one.
    bool read_listed(PyObject* object) {
        Py_buffer& view = views_[held_];
        path_view& path = listed_[held_];
        if (PyObject_GetBuffer(object, &view, PyBUF_RECORDS_RO) != 0) {
            raise_type_error_if_refused();
            return false;
        }
        ++held_;
        if (!read_path(view, 2, path)) {
            return false;
        }
        if (path.width != listed_[0].width) {
            PyErr_Format(PyExc_ValueError,
                         "paths of width %zu and %zu have no signatures in common",
                         listed_[0].width, path.width);
            return false;
        }
        return true;
    }

    buffer memory_;
    path_layout paths_{};
    PyObject* list_ = nullptr;
    Py_buffer* views_ = nullptr;
    path_view* listed_ = nullptr;
    std::size_t held_ = 0; ///< views
};

} // namespace esig
