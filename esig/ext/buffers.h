// esig/ext/buffers.h: arrays from and to Python by the buffer protocol.
#pragma once

#include "errors.h"
#include "module_state.h"

#include <libalgebra/path.h>

#include <cstddef>
#include <cstdint>

namespace esig {

/// A view of an object's memory, released at the end of the scope.
class buffer {
public:
    buffer() { view_.obj = nullptr; }
    buffer(const buffer&) = delete;
    buffer& operator=(const buffer&) = delete;
    ~buffer() { PyBuffer_Release(&view_); }

    /// False, with a Python error set, if the object has no such view.
    [[nodiscard]] bool acquire(PyObject* object, int flags) {
        if (PyObject_GetBuffer(object, &view_, flags) == 0) {
            return true;
        }
        view_.obj = nullptr; // some exporters of 2.7 leave it as it was
        return false;
    }

    const Py_buffer& view() const { return view_; }

private:
    Py_buffer view_;
};

/// Reads the item type of a view: true for native float32 and float64 alone.
inline bool read_scalar(const Py_buffer& view, libalgebra::scalar& type) {
    const char* format = view.format != nullptr ? view.format : "B";
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    const char own_order = '>';
#else
    const char own_order = '<';
#endif
    // NumPy marks unaligned items with '^' or '='; neither changes how a lone float reads.
    if (*format == '@' || *format == '=' || *format == '^' || *format == own_order) {
        ++format;
    }
    if (*format == '\0' || format[1] != '\0') {
        return false;
    }
    if (*format == 'f' && view.itemsize == 4) {
        type = libalgebra::scalar::float32;
        return true;
    }
    if (*format == 'd' && view.itemsize == 8) {
        type = libalgebra::scalar::float64;
        return true;
    }
    return false;
}

/// Exporters refuse in words and errors of their own; the caller's mistake is always the type.
inline void raise_type_error_if_refused() {
    if (PyErr_ExceptionMatches(PyExc_TypeError) || PyErr_ExceptionMatches(PyExc_ValueError) ||
        PyErr_ExceptionMatches(PyExc_BufferError)) {
        raise_type_error();
    }
}

/// Views an object as a path of `shape[0]` points in `shape[1]` dimensions; false with an error.
[[nodiscard]] inline bool read_path(PyObject* object, buffer& memory, libalgebra::path_view& path) {
    if (!memory.acquire(object, PyBUF_RECORDS_RO)) {
        raise_type_error_if_refused();
        return false;
    }
    const Py_buffer& view = memory.view();
    if (!read_scalar(view, path.type)) {
        raise_type_error();
        return false;
    }
    if (view.ndim != 2 || view.shape == nullptr || view.suboffsets != nullptr) {
        PyErr_SetString(PyExc_ValueError, "stream must be a 2-dimensional array");
        return false;
    }
    path.data = view.buf;
    path.length = static_cast<std::size_t>(view.shape[0]);
    path.width = static_cast<std::size_t>(view.shape[1]);
    // ctypes leaves the strides out even when they are asked for.
    path.letter_stride = view.strides != nullptr ? view.strides[1] : view.itemsize;
    path.point_stride = view.strides != nullptr ? view.strides[0] : view.itemsize * view.shape[1];
    return true;
}

/// True if the view is one row of aligned float64 values without gaps.
inline bool is_vector(const Py_buffer& view) {
    libalgebra::scalar type;
    return view.ndim == 1 && read_scalar(view, type) && type == libalgebra::scalar::float64 &&
           reinterpret_cast<std::uintptr_t>(view.buf) % alignof(double) == 0;
}

inline std::size_t vector_size(const Py_buffer& view) {
    return static_cast<std::size_t>(view.len) / sizeof(double);
}

/// A new one-dimensional float64 array, made by NumPy and filled by the library.
class result_array {
public:
    result_array() = default;
    result_array(const result_array&) = delete;
    result_array& operator=(const result_array&) = delete;
    ~result_array() { Py_XDECREF(array_); }

    [[nodiscard]] bool allocate(const module_state& state, std::size_t size) {
        PyObject* const length = new_integer(static_cast<Py_ssize_t>(size));
        if (length == nullptr) {
            return false;
        }
        array_ = PyObject_CallFunctionObjArgs(state.numpy_empty, length, nullptr);
        Py_DECREF(length);
        if (array_ == nullptr || !memory_.acquire(array_, PyBUF_CONTIG | PyBUF_FORMAT)) {
            return false;
        }
        if (!is_vector(memory_.view()) || vector_size(memory_.view()) != size) {
            PyErr_SetString(PyExc_TypeError, "numpy.empty did not return a vector of float64");
            return false;
        }
        return true;
    }

    double* data() { return static_cast<double*>(memory_.view().buf); }

    /// Hands the array over to the caller.
    PyObject* release() {
        PyObject* const array = array_;
        array_ = nullptr;
        return array;
    }

private:
    PyObject* array_ = nullptr; // outlives the view of it, as members are destroyed in reverse
    buffer memory_;
};

} // namespace esig
