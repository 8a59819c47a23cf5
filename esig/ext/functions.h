// esig/ext/functions.h: the functions of shapes and of memory, one for each name in Python.
#pragma once

#include "calls.h"
#include "parameters.h"

#include <libalgebra/keys.h>
#include <libalgebra/log_signature.h>

#include <cstddef>

namespace esig {

inline constexpr parameters sigdim_parameters{"sigdim", {"dimension", "depth"}, 2, 2, 2};
inline constexpr parameters logsigdim_parameters{"logsigdim", {"dimension", "depth"}, 2, 2, 2};
inline constexpr parameters sigkeys_parameters{"sigkeys", {"dimension", "depth"}, 2, 2, 2};
inline constexpr parameters logsigkeys_parameters{"logsigkeys", {"dimension", "depth"}, 2, 2, 2};

/// A size whose answer would fit: asking for the length raises what asking for the array would.
inline PyObject* size_function(PyObject* module, PyObject* const* values, const footprint& bytes,
                               libalgebra::status (*find)(const shape&, std::size_t&)) {
    shape s;
    std::size_t size = 0;
    if (!read_shape(values[0], values[1], s) || !check_footprint(bytes, s, state_of(module)) ||
        !check(find(s, size))) {
        return nullptr;
    }
    return new_integer(static_cast<Py_ssize_t>(size));
}

inline PyObject* sigdim(PyObject* module, PyObject* const* values) {
    return size_function(module, values, signature_footprint, libalgebra::tensor_size);
}

inline PyObject* logsigdim(PyObject* module, PyObject* const* values) {
    return size_function(module, values, log_signature_footprint, libalgebra::lie_size);
}

/// A string of `size` characters that `write` writes.
template <typename Write>
PyObject* write_text(std::size_t size, Write write) {
    char* const text = static_cast<char*>(PyMem_Malloc(size));
    if (text == nullptr) {
        return PyErr_NoMemory();
    }
    PyObject* const result = check(without_gil([&] { return write(text); }))
                                 ? new_text(text, static_cast<Py_ssize_t>(size))
                                 : nullptr;
    PyMem_Free(text);
    return result;
}

inline PyObject* sigkeys(PyObject* module, PyObject* const* values) {
    shape s;
    std::size_t size = 0;
    if (!read_shape(values[0], values[1], s) ||
        !check_footprint(tensor_keys_footprint, s, state_of(module)) ||
        !check(libalgebra::tensor_keys_size(s, size))) {
        return nullptr;
    }
    return write_text(size, [&](char* text) { return libalgebra::tensor_keys(s, text); });
}

inline PyObject* logsigkeys(PyObject* module, PyObject* const* values) {
    shape s;
    std::size_t size = 0;
    module_state& state = state_of(module);
    if (!read_shape(values[0], values[1], s) || !check_footprint(lie_keys_footprint, s, state) ||
        !check(without_gil([&] { return libalgebra::lie_keys_size(s, state.bases, size); }))) {
        return nullptr;
    }
    return write_text(size, [&](char* text) { return libalgebra::lie_keys(s, state.bases, text); });
}

inline PyObject* get_memory_limit(PyObject* module, PyObject*) {
    return new_integer(static_cast<Py_ssize_t>(state_of(module).memory_limit.load()));
}

inline PyObject* set_memory_limit(PyObject* module, PyObject* limit) {
    Py_ssize_t bytes = 0;
    const bool is_read = read_integer(limit, bytes);
    if (!is_read && PyErr_ExceptionMatches(PyExc_OverflowError)) {
        PyErr_Format(PyExc_OverflowError, "memory limit must be at most %zd bytes", PY_SSIZE_T_MAX);
    }
    if (!is_read) {
        return nullptr;
    }
    if (bytes < 1) {
        PyErr_Format(PyExc_ValueError, "memory limit must be at least 1 byte, got %zd", bytes);
        return nullptr;
    }
    state_of(module).memory_limit.store(static_cast<std::size_t>(bytes));
    Py_RETURN_NONE;
}

} // namespace esig
