// esig/ext/simd.h: which instruction set computes: ESIG_SIMD, read at import, and what is in use.
#pragma once

#include "python_api.h"

#include <libalgebra/simd.h>

namespace esig {

inline constexpr libalgebra::simd simd_variants[] = {
    libalgebra::simd::baseline, libalgebra::simd::avx2, libalgebra::simd::avx512};

/// The names of the variants that this machine can run, as a tuple; null with an error.
inline PyObject* available_simd() {
    PyObject* const names = PyList_New(0);
    if (names == nullptr) {
        return nullptr;
    }
    for (const libalgebra::simd variant : simd_variants) {
        if (!libalgebra::simd_is_available(variant)) {
            continue;
        }
        PyObject* const name = Py_BuildValue("s", libalgebra::simd_name(variant));
        const bool is_added = name != nullptr && PyList_Append(names, name) == 0;
        Py_XDECREF(name);
        if (!is_added) {
            Py_DECREF(names);
            return nullptr;
        }
    }
    PyObject* const tuple = PyList_AsTuple(names);
    Py_DECREF(names);
    return tuple;
}

/// (name of the variant in use, names of the available ones)
inline PyObject* simd_function(PyObject*, PyObject*) {
    PyObject* const available = available_simd();
    return available == nullptr
               ? nullptr
               : Py_BuildValue("sN", libalgebra::simd_name(libalgebra::simd_in_use()), available);
}

/// True if a Python string is this ASCII text.
inline bool is_text(PyObject* string, const char* text) {
    PyObject* const expected = Py_BuildValue("s", text);
    const bool is_equal =
        expected != nullptr && PyObject_RichCompareBool(string, expected, Py_EQ) == 1;
    Py_XDECREF(expected);
    return is_equal;
}

/// Selects the variant that a string names; false, with an ImportError, if there is none such.
[[nodiscard]] inline bool select_simd(PyObject* wanted) {
    for (const libalgebra::simd variant : simd_variants) {
        if (is_text(wanted, libalgebra::simd_name(variant)) &&
            libalgebra::simd_select(variant) == libalgebra::status::ok) {
            return true;
        }
    }
    PyObject* const format =
        Py_BuildValue("s", "ESIG_SIMD is %r, but this machine has one of %r: choose one of these, "
                           "or unset ESIG_SIMD");
    PyObject* const available = format != nullptr ? available_simd() : nullptr;
    PyObject* const values = available != nullptr ? PyTuple_Pack(2, wanted, available) : nullptr;
    PyObject* const message = values != nullptr ? PyNumber_Remainder(format, values) : nullptr;
    if (message != nullptr) {
        PyErr_SetObject(PyExc_ImportError, message);
    }
    Py_XDECREF(message);
    Py_XDECREF(values);
    Py_XDECREF(available);
    Py_XDECREF(format);
    return false;
}

/// Does what the environment variable ESIG_SIMD says, if it is there and not empty. Python reads
/// it, for the library asks nothing more of the C library than memory.
[[nodiscard]] inline bool select_simd_from_environment() {
    PyObject* const os = PyImport_ImportModule("os");
    PyObject* const environment = os != nullptr ? PyObject_GetAttrString(os, "environ") : nullptr;
    PyObject* const wanted = environment != nullptr
                                 ? PyObject_CallMethod(environment, const_cast<char*>("get"),
                                                       const_cast<char*>("ss"), "ESIG_SIMD", "")
                                 : nullptr;
    const bool is_done = wanted != nullptr && (is_text(wanted, "") || select_simd(wanted));
    Py_XDECREF(wanted);
    Py_XDECREF(environment);
    Py_XDECREF(os);
    return is_done;
}

} // namespace esig
