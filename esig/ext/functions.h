// esig/ext/functions.h: the module's functions, one for each name in Python.
#pragma once

#include "arguments.h"
#include "buffers.h"
#include "errors.h"
#include "footprint.h"
#include "module_state.h"

#include <libalgebra/keys.h>
#include <libalgebra/log_signature.h>
#include <libalgebra/signature.h>

#include <cstddef>

namespace esig {

inline PyObject* stream2sig(PyObject* module, PyObject* args, PyObject* kwargs) {
    buffer memory;
    libalgebra::path_view path;
    std::size_t depth = 0;
    std::size_t size = 0;
    result_array result;
    module_state& state = state_of(module);
    if (!parse_path(args, kwargs, "OO:stream2sig", memory, path, depth) ||
        !check_footprint(signature_footprint, {path.width, depth}, state) ||
        !check(libalgebra::tensor_size({path.width, depth}, size)) ||
        !result.allocate(state, size) ||
        !check(without_gil([&] { return libalgebra::signature(path, depth, result.data()); }))) {
        return nullptr;
    }
    return result.release();
}

inline PyObject* stream2logsig(PyObject* module, PyObject* args, PyObject* kwargs) {
    buffer memory;
    libalgebra::path_view path;
    std::size_t depth = 0;
    std::size_t size = 0;
    result_array result;
    module_state& state = state_of(module);
    if (!parse_path(args, kwargs, "OO:stream2logsig", memory, path, depth) ||
        !check_footprint(log_signature_footprint, {path.width, depth}, state) ||
        !check(libalgebra::lie_size({path.width, depth}, size)) || !result.allocate(state, size) ||
        !check(without_gil(
            [&] { return libalgebra::log_signature(path, depth, state.bases, result.data()); }))) {
        return nullptr;
    }
    return result.release();
}

/// (signature, dimension, depth): for backends that find signatures alone.
inline PyObject* signature_to_log_signature(PyObject* module, PyObject* args, PyObject* kwargs) {
    static const char* const names[] = {"signature", "dimension", "depth", nullptr};
    PyObject* signature = nullptr;
    PyObject* dimension = nullptr;
    PyObject* depth = nullptr;
    shape s;
    std::size_t tensor_size = 0;
    std::size_t size = 0;
    buffer memory;
    module_state& state = state_of(module);
    if (!parse(args, kwargs, "OOO:_signature_to_log_signature", names, &signature, &dimension,
               &depth) ||
        !read_shape(dimension, depth, s) || !check_footprint(log_signature_footprint, s, state) ||
        !check(libalgebra::tensor_size(s, tensor_size)) || !check(libalgebra::lie_size(s, size)) ||
        !memory.acquire(signature, PyBUF_ND | PyBUF_FORMAT)) {
        return nullptr;
    }
    if (!is_vector(memory.view()) || vector_size(memory.view()) != tensor_size) {
        PyErr_Format(PyExc_ValueError, "signature must be a vector of %zu float64", tensor_size);
        return nullptr;
    }
    const double* const values = static_cast<const double*>(memory.view().buf);
    result_array result;
    if (!result.allocate(state, size) || !check(without_gil([&] {
            return libalgebra::signature_to_log_signature(values, s, state.bases, result.data());
        }))) {
        return nullptr;
    }
    return result.release();
}

/// A size whose answer would fit: asking for the length raises what asking for the array would.
inline PyObject* size_function(PyObject* module, PyObject* args, PyObject* kwargs,
                               const char* format, footprint bytes,
                               libalgebra::status (*find)(const shape&, std::size_t&)) {
    shape s;
    std::size_t size = 0;
    if (!parse_shape(args, kwargs, format, s) || !check_footprint(bytes, s, state_of(module)) ||
        !check(find(s, size))) {
        return nullptr;
    }
    return new_integer(static_cast<Py_ssize_t>(size));
}

inline PyObject* sigdim(PyObject* module, PyObject* args, PyObject* kwargs) {
    return size_function(module, args, kwargs, "OO:sigdim", signature_footprint,
                         libalgebra::tensor_size);
}

inline PyObject* logsigdim(PyObject* module, PyObject* args, PyObject* kwargs) {
    return size_function(module, args, kwargs, "OO:logsigdim", log_signature_footprint,
                         libalgebra::lie_size);
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

inline PyObject* sigkeys(PyObject* module, PyObject* args, PyObject* kwargs) {
    shape s;
    std::size_t size = 0;
    if (!parse_shape(args, kwargs, "OO:sigkeys", s) ||
        !check_footprint(tensor_keys_footprint, s, state_of(module)) ||
        !check(libalgebra::tensor_keys_size(s, size))) {
        return nullptr;
    }
    return write_text(size, [&](char* text) { return libalgebra::tensor_keys(s, text); });
}

inline PyObject* logsigkeys(PyObject* module, PyObject* args, PyObject* kwargs) {
    shape s;
    std::size_t size = 0;
    module_state& state = state_of(module);
    if (!parse_shape(args, kwargs, "OO:logsigkeys", s) ||
        !check_footprint(lie_keys_footprint, s, state) ||
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
