// esig/ext/arguments.h: from Python's arguments to a path or a shape.
#pragma once

#include "buffers.h"
#include "python_api.h"

#include <libalgebra/path.h>
#include <libalgebra/shape.h>

#include <cstddef>

namespace esig {

/// PyArg_ParseTupleAndKeywords, which takes its names as `char**` until 3.13.
template <typename... Outputs>
[[nodiscard]] bool parse(PyObject* args, PyObject* kwargs, const char* format,
                         const char* const* names, Outputs*... outputs) {
    return PyArg_ParseTupleAndKeywords(args, kwargs, format, const_cast<char**>(names),
                                       outputs...) != 0;
}

/// TypeError unless the object is an integer, OverflowError if that is too large; an integer too
/// small is the smallest there is, for the caller to refuse like every other below 1.
[[nodiscard]] inline bool read_integer(PyObject* object, Py_ssize_t& value) {
    value = PyNumber_AsSsize_t(object, nullptr);
    if (value == PY_SSIZE_T_MAX) {
        value = PyNumber_AsSsize_t(object, PyExc_OverflowError);
    }
    return value != -1 || PyErr_Occurred() == nullptr;
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
[[nodiscard]] inline bool read_shape(PyObject* dimension, PyObject* depth, libalgebra::shape& s) {
    Py_ssize_t width = 0;
    if (!read_integer(dimension, width) || !check_width(width) || !read_depth(depth, s.depth)) {
        return false;
    }
    s.width = static_cast<std::size_t>(width);
    return true;
}

[[nodiscard]] inline bool parse_shape(PyObject* args, PyObject* kwargs, const char* format,
                                      libalgebra::shape& s) {
    static const char* const names[] = {"dimension", "depth", nullptr};
    PyObject* dimension = nullptr;
    PyObject* depth = nullptr;
    return parse(args, kwargs, format, names, &dimension, &depth) &&
           read_shape(dimension, depth, s);
}

/// (stream, depth): the path lives as long as `memory`.
[[nodiscard]] inline bool parse_path(PyObject* args, PyObject* kwargs, const char* format,
                                     buffer& memory, libalgebra::path_view& path,
                                     std::size_t& depth) {
    static const char* const names[] = {"stream", "depth", nullptr};
    PyObject* stream = nullptr;
    PyObject* depth_object = nullptr;
    return parse(args, kwargs, format, names, &stream, &depth_object) &&
           read_path(stream, memory, path) && check_width(static_cast<Py_ssize_t>(path.width)) &&
           read_depth(depth_object, depth);
}

} // namespace esig
