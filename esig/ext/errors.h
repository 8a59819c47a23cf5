// esig/ext/errors.h: from the library's statuses to Python's errors, here alone.
#pragma once

#include "python_api.h"

#include <libalgebra/shape.h>
#include <libalgebra/status.h>

#include <cstddef>

namespace esig {

inline void raise_type_error() {
    PyErr_SetString(PyExc_TypeError, "Values must be of one of the following types "
                                     "(\"<class 'numpy.float32'>\", \"<class 'numpy.float64'>\")");
}

/// The established words; `depth_max` is the largest depth that fits at this width.
inline void raise_too_large(std::size_t width, std::size_t depth_max) {
    PyErr_Format(PyExc_RuntimeError,
                 "Legitimate depth of 2<->%zu for records with width %zu exceeds limit", depth_max,
                 width);
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
