// esig/ext/parameters.h: which arguments a function takes, and finding them in a call.
#pragma once

#include "python_api.h"

namespace esig {

/// Most parameters that a function has.
inline constexpr int parameters_max = 8;

/// The first `required` may not be left out; those from `positional` on have to be named.
struct parameters {
    const char* function;
    const char* names[parameters_max];
    int count;
    int required;
    int positional;
};

#if PY_MAJOR_VERSION >= 3
inline bool has_name(PyObject* key, const char* name) {
    return PyUnicode_Check(key) && PyUnicode_CompareWithASCIIString(key, name) == 0;
}
inline void raise_unexpected(const parameters& p, PyObject* key) {
    PyErr_Format(PyExc_TypeError, "%s() got an unexpected keyword argument '%U'", p.function, key);
}
#else
inline bool has_name(PyObject* key, const char* name) {
    if (!PyString_Check(key)) {
        return false;
    }
    const char* text = PyString_AS_STRING(key);
    for (; *text != '\0' && *text == *name; ++text, ++name) {
    }
    return *text == *name;
}
inline void raise_unexpected(const parameters& p, PyObject* key) {
    PyErr_Format(PyExc_TypeError, "%s() got an unexpected keyword argument '%.100s'", p.function,
                 PyString_Check(key) ? PyString_AS_STRING(key) : "?");
}
#endif

[[nodiscard]] inline bool check_positional(const parameters& p, Py_ssize_t count) {
    if (count <= p.positional) {
        return true;
    }
    PyErr_Format(PyExc_TypeError, "%s() takes at most %d positional arguments (%zd given)",
                 p.function, p.positional, count);
    return false;
}

/// Puts the value of a named argument where it belongs.
[[nodiscard]] inline bool place(const parameters& p, PyObject* key, PyObject* value,
                                PyObject** values) {
    for (int i = 0; i < p.count; ++i) {
        if (!has_name(key, p.names[i])) {
            continue;
        }
        if (values[i] == nullptr) {
            values[i] = value;
            return true;
        }
        PyErr_Format(PyExc_TypeError, "%s() got multiple values for argument '%s'", p.function,
                     p.names[i]);
        return false;
    }
    raise_unexpected(p, key);
    return false;
}

[[nodiscard]] inline bool check_required(const parameters& p, PyObject* const* values) {
    for (int i = 0; i < p.required; ++i) {
        if (values[i] == nullptr) {
            PyErr_Format(PyExc_TypeError, "%s() missing required argument '%s' (pos %d)",
                         p.function, p.names[i], i + 1);
            return false;
        }
    }
    return true;
}

/// A function of the module after its arguments were found: in the order of its parameters, null
/// where they were left out. They are borrowed from the caller.
using function = PyObject* (*)(PyObject* module, PyObject* const* values);

#if ESIG_HAS_FASTCALL

/// Finds the arguments of a call.
[[nodiscard]] inline bool find_values(const parameters& p, PyObject* const* args, Py_ssize_t count,
                                      PyObject* names, PyObject** values) {
    if (!check_positional(p, count)) {
        return false;
    }
    for (Py_ssize_t i = 0; i < count; ++i) {
        values[i] = args[i];
    }
    const Py_ssize_t named = names != nullptr ? PyTuple_Size(names) : 0;
    for (Py_ssize_t i = 0; i < named; ++i) {
        if (!place(p, PyTuple_GetItem(names, i), args[count + i], values)) {
            return false;
        }
    }
    return check_required(p, values);
}

template <const parameters& P, function Function>
PyObject* entry(PyObject* module, PyObject* const* args, Py_ssize_t count, PyObject* names) {
    PyObject* values[parameters_max] = {};
    // The smallest calls name nothing, and would notice a search for names.
    if (names == nullptr && count >= P.required && count <= P.positional) {
        for (Py_ssize_t i = 0; i < count; ++i) {
            values[i] = args[i];
        }
        return Function(module, values);
    }
    return find_values(P, args, count, names, values) ? Function(module, values) : nullptr;
}

inline constexpr int entry_flags = METH_FASTCALL | METH_KEYWORDS;

#else

/// Finds the arguments of a call.
[[nodiscard]] inline bool find_values(const parameters& p, PyObject* args, PyObject* named,
                                      PyObject** values) {
    const Py_ssize_t count = PyTuple_Size(args);
    if (!check_positional(p, count)) {
        return false;
    }
    for (Py_ssize_t i = 0; i < count; ++i) {
        values[i] = PyTuple_GetItem(args, i);
    }
    PyObject* key = nullptr;
    PyObject* value = nullptr;
    Py_ssize_t position = 0;
    while (named != nullptr && PyDict_Next(named, &position, &key, &value)) {
        if (!place(p, key, value, values)) {
            return false;
        }
    }
    return check_required(p, values);
}

template <const parameters& P, function Function>
PyObject* entry(PyObject* module, PyObject* args, PyObject* named) {
    PyObject* values[parameters_max] = {};
    return find_values(P, args, named, values) ? Function(module, values) : nullptr;
}

inline constexpr int entry_flags = METH_VARARGS | METH_KEYWORDS;

#endif

} // namespace esig
