// esig/ext/buffers.h: the memory of arrays, by the buffer protocol.
#pragma once

#include "errors.h"
#include "python_api.h"

#include <libalgebra/path.h>

#include <cstddef>
#include <cstdint>

namespace esig {

using libalgebra::scalar;

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

/// The buffer protocol has no more dimensions than this.
inline constexpr int ndim_max = 64;

/// The shape of an array.
struct dimensions {
    Py_ssize_t sizes[ndim_max];
    int count = 0;

    /// False with an error set if there are too many.
    [[nodiscard]] bool add(std::size_t size) {
        if (count == ndim_max) {
            PyErr_SetString(PyExc_ValueError, "stream has too many dimensions");
            return false;
        }
        sizes[count++] = static_cast<Py_ssize_t>(size);
        return true;
    }
};

inline Py_ssize_t size_of(scalar type) {
    return type == scalar::float32 ? sizeof(float) : sizeof(double);
}

/// Reads the item type of a view: true for native float32 and float64 alone.
inline bool read_scalar(const Py_buffer& view, scalar& type) {
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
    if (*format == 'f' && view.itemsize == size_of(scalar::float32)) {
        type = scalar::float32;
        return true;
    }
    if (*format == 'd' && view.itemsize == size_of(scalar::float64)) {
        type = scalar::float64;
        return true;
    }
    return false;
}

/// True if the view has a length of at least 0 for each dimension, as not every exporter gives it.
inline bool has_shape(const Py_buffer& view) {
    if (view.ndim < 0 || view.suboffsets != nullptr || (view.ndim > 0 && view.shape == nullptr)) {
        return false;
    }
    for (int i = 0; i < view.ndim; ++i) {
        if (view.shape[i] < 0) {
            return false;
        }
    }
    return true;
}

/// Exporters refuse in words and errors of their own; the caller's mistake is always the type.
inline void raise_type_error_if_refused() {
    if (PyErr_ExceptionMatches(PyExc_TypeError) || PyErr_ExceptionMatches(PyExc_ValueError) ||
        PyErr_ExceptionMatches(PyExc_BufferError)) {
        raise_type_error();
    }
}

/// True if the values are where their type wants them to be.
inline bool is_aligned(const Py_buffer& view) {
    return reinterpret_cast<std::uintptr_t>(view.buf) % static_cast<std::size_t>(view.itemsize) ==
           0;
}

/// True if the values follow one another without gaps, the last index the fastest.
inline bool is_contiguous(const Py_buffer& view) {
    Py_ssize_t stride = view.itemsize;
    for (int i = view.ndim - 1; view.strides != nullptr && view.len != 0 && i >= 0; --i) {
        if (view.shape[i] != 1 && view.strides[i] != stride) {
            return false;
        }
        stride *= view.shape[i];
    }
    return true;
}

/// The addresses that a view reaches, from `begin` to before `end`.
struct extent {
    std::uintptr_t begin;
    std::uintptr_t end;
};

inline extent extent_of(const Py_buffer& view) {
    const std::uintptr_t start = reinterpret_cast<std::uintptr_t>(view.buf);
    extent reach{start, start + static_cast<std::size_t>(view.itemsize)};
    if (view.strides == nullptr) {
        return {start, start + static_cast<std::size_t>(view.len)};
    }
    for (int i = 0; i < view.ndim; ++i) {
        if (view.shape[i] == 0) {
            return {start, start};
        }
        const Py_ssize_t reached = (view.shape[i] - 1) * view.strides[i];
        if (reached < 0) {
            reach.begin -= static_cast<std::size_t>(-reached);
        } else {
            reach.end += static_cast<std::size_t>(reached);
        }
    }
    return reach;
}

inline bool may_overlap(const Py_buffer& a, const Py_buffer& b) {
    const extent first = extent_of(a);
    const extent second = extent_of(b);
    return first.begin < second.end && second.begin < first.end;
}

} // namespace esig
