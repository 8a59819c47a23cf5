// esig/ext/arguments.h: from Python's numbers to a shape and to what else a call asks for.
//
// Whatever runs code of the caller's, as `__index__` may, is read before a buffer is taken.
#pragma once

#include "module_state.h"
#include "python_api.h"

#include <libalgebra/path.h>
#include <libalgebra/shape.h>

#include <cstddef>

namespace esig {

using libalgebra::shape;

/// TypeError unless the object is an integer, OverflowError if that is too large; an integer too
/// small is the smallest there is, for the caller to refuse like every other below 1.
[[nodiscard]] inline bool read_integer(PyObject* object, Py_ssize_t& value) {
    PyObject* const integer = PyNumber_Index(object);
    if (integer == nullptr) {
        return false;
    }
    value = PyNumber_AsSsize_t(integer, nullptr); // the nearest, and no error
    const bool may_be_larger = value == PY_SSIZE_T_MAX;
    const bool is_larger = may_be_larger && PyNumber_AsSsize_t(integer, PyExc_OverflowError) == -1;
    Py_DECREF(integer);
    if (is_larger) {
        PyErr_SetString(PyExc_OverflowError, "Python int too large to convert to C ssize_t");
    }
    return !is_larger;
}

[[nodiscard]] inline bool read_depth(PyObject* object, std::size_t& depth) {
    Py_ssize_t value = 0;
    if (!read_integer(object, value)) {
        return false;
    }
    if (value < 1) {
        PyErr_SetString(PyExc_ValueError, "Depth must be at least 1");
        return false;
    }
    depth = static_cast<std::size_t>(value);
    return true;
}

[[nodiscard]] inline bool check_width(Py_ssize_t width) {
    if (width < 1) {
        PyErr_Format(PyExc_ValueError, "Dimension %zd is invalid", width);
        return false;
    }
    return true;
}

/// (dimension, depth)
[[nodiscard]] inline bool read_shape(PyObject* dimension, PyObject* depth, shape& s) {
    Py_ssize_t width = 0;
    if (!read_integer(dimension, width) || !check_width(width) || !read_depth(depth, s.depth)) {
        return false;
    }
    s.width = static_cast<std::size_t>(width);
    return true;
}

inline bool is_given(PyObject* object) {
    return object != nullptr && object != Py_None;
}

/// A number of points, at least 1, as windows have it; it stays what it is if it is left out.
[[nodiscard]] inline bool read_count(PyObject* object, const char* name, std::size_t& count) {
    Py_ssize_t value = 0;
    if (object == nullptr) {
        return true;
    }
    if (!read_integer(object, value)) {
        return false;
    }
    if (value < 1) {
        PyErr_Format(PyExc_ValueError, "%s must be at least 1", name);
        return false;
    }
    count = static_cast<std::size_t>(value);
    return true;
}

/// How many threads may compute: 0 if the caller leaves that to us, negative if it is all
/// processors but so many, -1 being all of them.
[[nodiscard]] inline bool read_jobs(PyObject* object, Py_ssize_t& jobs) {
    jobs = 0;
    if (!is_given(object)) {
        return true;
    }
    if (!read_integer(object, jobs)) {
        return false;
    }
    if (jobs == 0) {
        PyErr_SetString(PyExc_ValueError, "n_jobs must not be 0");
        return false;
    }
    return true;
}

/// A flag: whatever Python takes for true or false; false if it is left out.
[[nodiscard]] inline bool read_flag(PyObject* object, bool& flag) {
    const int truth = object != nullptr ? PyObject_IsTrue(object) : 0;
    flag = truth == 1;
    return truth != -1;
}

/// An attribute that is an integer or a bool; -1 with an error set if it is not.
inline Py_ssize_t integer_attribute(PyObject* object, const char* name) {
    PyObject* const attribute = PyObject_GetAttrString(object, name);
    const Py_ssize_t value = attribute != nullptr ? PyNumber_AsSsize_t(attribute, nullptr) : -1;
    Py_XDECREF(attribute);
    return value;
}

/// NumPy's numbers of its types.
inline constexpr Py_ssize_t numpy_float = 11;
inline constexpr Py_ssize_t numpy_double = 12;

/// The type of the values of a result, from what NumPy takes for a dtype; float64 by default.
[[nodiscard]] inline bool read_dtype(const module_state& state, PyObject* object,
                                     libalgebra::scalar& type) {
    type = libalgebra::scalar::float64;
    if (!is_given(object)) {
        return true;
    }
    PyObject* const dtype = call_method(state.numpy, "dtype", "O", object);
    if (dtype == nullptr) {
        return false;
    }
    const Py_ssize_t number = integer_attribute(dtype, "num");
    const Py_ssize_t is_native = integer_attribute(dtype, "isnative");
    Py_DECREF(dtype);
    if (PyErr_Occurred() != nullptr) {
        return false;
    }
    if ((number != numpy_float && number != numpy_double) || is_native != 1) {
        PyErr_SetString(PyExc_TypeError, "dtype must be native float32 or float64");
        return false;
    }
    if (number == numpy_float) {
        type = libalgebra::scalar::float32;
    }
    return true;
}

} // namespace esig
