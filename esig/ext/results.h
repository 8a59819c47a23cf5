// esig/ext/results.h: the array that a call returns: a new one of NumPy's, or the caller's `out`.
#pragma once

#include "buffers.h"
#include "module_state.h"
#include "python_api.h"

#include <cstddef>

namespace esig {

/// A tuple of integers.
inline PyObject* new_tuple(const dimensions& shape) {
    PyObject* const tuple = PyTuple_New(shape.count);
    for (int i = 0; tuple != nullptr && i < shape.count; ++i) {
        PyObject* const size = new_integer(shape.sizes[i]);
        if (size == nullptr || PyTuple_SetItem(tuple, i, size) != 0) {
            Py_DECREF(tuple);
            return nullptr;
        }
    }
    return tuple;
}

/// True if a view is an array of this shape without gaps, whose values have a size and are aligned.
inline bool is_array(const Py_buffer& view, Py_ssize_t item_size, const dimensions& shape) {
    if (!has_shape(view) || view.itemsize != item_size || !is_aligned(view) ||
        view.ndim != shape.count) {
        return false;
    }
    Py_ssize_t bytes = view.itemsize;
    for (int i = shape.count - 1; i >= 0; --i) {
        if (view.shape[i] != shape.sizes[i]) {
            return false;
        }
        bytes *= shape.sizes[i];
    }
    return view.len == bytes;
}

/// What is filled by the library and then handed over to the caller.
class result_array {
public:
    result_array() = default;
    result_array(const result_array&) = delete;
    result_array& operator=(const result_array&) = delete;
    ESIG_INLINE ~result_array() { Py_XDECREF(array_); }

    /// A new array, unless the caller gave one. Where the library cannot write into that directly,
    /// since its values have gaps or are those of the input, it gets a copy in the end.
    template <typename Input>
    [[nodiscard]] bool prepare(const module_state& state, PyObject* out, const dimensions& shape,
                               scalar type, const Input& input) {
        if (!is_given(out)) {
            return allocate(state, shape, type);
        }
        buffer given;
        if (!check_out(out, given, shape, type)) {
            return false;
        }
        out_ = out;
        numpy_ = state.numpy;
        if (is_aligned(given.view()) && is_contiguous(given.view()) &&
            !input.overlaps(given.view())) {
            Py_INCREF(out);
            array_ = out;
            return memory_.acquire(out, PyBUF_CONTIG);
        }
        return allocate(state, shape, type);
    }

    [[nodiscard]] bool allocate(const module_state& state, const dimensions& shape, scalar type) {
        PyObject* const size = shape.count == 1 ? new_integer(shape.sizes[0]) : new_tuple(shape);
        if (size == nullptr) {
            return false;
        }
        array_ = type == scalar::float64
                     ? PyObject_CallFunctionObjArgs(state.numpy_empty, size, nullptr)
                     : call(state.numpy_empty, "Os", size, "f4");
        Py_DECREF(size);
        // The type is what was asked for; to have NumPy say so would take as long as the array.
        if (array_ == nullptr || !memory_.acquire(array_, PyBUF_CONTIG)) {
            return false;
        }
        if (!is_array(memory_.view(), size_of(type), shape)) {
            PyErr_SetString(PyExc_TypeError, "numpy.empty did not return what was asked for");
            return false;
        }
        return true;
    }

    void* data() { return memory_.view().buf; }

    /// Hands the array over to the caller; null with an error set if `out` takes no copy of it.
    PyObject* release() {
        PyObject* array = array_;
        array_ = nullptr;
        if (out_ != nullptr && out_ != array) {
            PyObject* const copied = call_method(numpy_, "copyto", "OO", out_, array);
            Py_DECREF(array);
            if (copied == nullptr) {
                return nullptr;
            }
            Py_DECREF(copied);
            array = out_;
            Py_INCREF(array);
        }
        return array;
    }

private:
    [[nodiscard]] static bool check_out(PyObject* out, buffer& given, const dimensions& shape,
                                        scalar type) {
        if (!given.acquire(out, PyBUF_RECORDS)) {
            if (PyErr_ExceptionMatches(PyExc_TypeError) ||
                PyErr_ExceptionMatches(PyExc_BufferError)) {
                PyErr_SetString(PyExc_TypeError, "out must be an array that can be written to");
            }
            return false; // else NumPy says that it is read-only
        }
        scalar found;
        if (!has_shape(given.view()) || !read_scalar(given.view(), found) || found != type) {
            PyErr_SetString(PyExc_TypeError, type == scalar::float32
                                                 ? "out must be an array of native float32"
                                                 : "out must be an array of native float64");
            return false;
        }
        bool is_equal = given.view().ndim == shape.count;
        for (int i = 0; is_equal && i < shape.count; ++i) {
            is_equal = given.view().shape[i] == shape.sizes[i];
        }
        PyObject* const tuple = is_equal ? nullptr : new_tuple(shape);
        if (tuple != nullptr) {
            raise_value_error_with("out must have shape ", tuple);
            Py_DECREF(tuple);
        }
        return is_equal;
    }

    PyObject* array_ = nullptr; // outlives the view of it, as members are destroyed in reverse
    PyObject* out_ = nullptr;   // borrowed, as is the module
    PyObject* numpy_ = nullptr;
    buffer memory_;
};

} // namespace esig
