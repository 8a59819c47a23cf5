// esig/ext/errors.h: from the library's statuses to Python's errors, here alone.
#pragma once

#include "python_api.h"

#include <libalgebra/shape.h>
#include <libalgebra/status.h>

#include <cstddef>

/// Returns from the calling function with the status of `expression` unless that is ok.
#define ESIG_TRY(expression)                                                                       \
    do {                                                                                           \
        const ::libalgebra::status tried = (expression);                                           \
        if (tried != ::libalgebra::status::ok) {                                                   \
            return tried;                                                                          \
        }                                                                                          \
    } while (false)

namespace esig {

inline void raise_type_error() {
    PyErr_SetString(PyExc_TypeError, "Values must be of one of the following types "
                                     "(\"<class 'numpy.float32'>\", \"<class 'numpy.float64'>\")");
}

/// ValueError with the representation of an object at the end.
inline void raise_value_error_with(const char* words, PyObject* object) {
#if PY_MAJOR_VERSION >= 3
    PyErr_Format(PyExc_ValueError, "%s%R", words, object);
#else
    PyObject* const text = PyObject_Repr(object);
    if (text != nullptr) {
        PyErr_Format(PyExc_ValueError, "%s%.200s", words, PyString_AsString(text));
        Py_DECREF(text);
    }
#endif
}

/// The established words; `depth_max` is the largest depth that fits at this width.
inline void raise_too_large(std::size_t width, std::size_t depth_max, std::size_t rows) {
    if (rows <= 1) {
        PyErr_Format(PyExc_RuntimeError,
                     "Legitimate depth of 2<->%zu for records with width %zu exceeds limit",
                     depth_max, width);
        return;
    }
    PyErr_Format(PyExc_RuntimeError,
                 "Legitimate depth of 2<->%zu for records with width %zu exceeds limit: %zu rows "
                 "would take more memory than esig.get_memory_limit()",
                 depth_max, width, rows);
}

/// True for `ok`; else false with the Python error set.
[[nodiscard]] inline bool check(libalgebra::status status) {
    switch (status) {
    case libalgebra::status::ok:
        return true;
    case libalgebra::status::out_of_memory:
        PyErr_NoMemory();
        return false;
    case libalgebra::status::too_large:
        PyErr_SetString(PyExc_RuntimeError, "the result is larger than libalgebra can index");
        return false;
    case libalgebra::status::interrupted:
        return false; // whoever stopped it has set the error
    case libalgebra::status::invalid_argument:
        break;
    }
    PyErr_SetString(PyExc_ValueError, "libalgebra refused the argument");
    return false;
}

} // namespace esig
