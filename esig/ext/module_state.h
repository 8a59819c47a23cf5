// esig/ext/module_state.h: what one interpreter's copy of the module keeps between calls.
#pragma once

#include "python_api.h"

#include <libalgebra/hall_basis_cache.h>

#include <atomic>
#include <cstddef>
#include <new>

namespace esig {

/// Bytes that a result and its workspace may take, unless the user says otherwise.
inline constexpr std::size_t default_memory_limit = std::size_t{sizeof(void*) > 4 ? 2U : 1U} << 30;

struct module_state {
    PyObject* numpy = nullptr;
    PyObject* numpy_empty = nullptr; // numpy.empty
    libalgebra::hall_basis_cache bases;
    std::atomic<std::size_t> memory_limit{default_memory_limit};
};

/// Memory as the interpreter hands it out: zeros until the module is executed, and for ever
/// if that fails; hence the flag.
struct module_state_storage {
    bool is_constructed;
    alignas(module_state) unsigned char bytes[sizeof(module_state)];

    module_state* get() {
        return is_constructed ? std::launder(reinterpret_cast<module_state*>(bytes)) : nullptr;
    }

    module_state& construct() {
        module_state* const state = new (static_cast<void*>(bytes)) module_state;
        is_constructed = true;
        return *state;
    }

    void destroy() {
        if (module_state* const state = get()) {
            is_constructed = false;
            Py_CLEAR(state->numpy_empty);
            Py_CLEAR(state->numpy);
            state->~module_state();
        }
    }
};

#if PY_MAJOR_VERSION >= 3
inline module_state_storage* storage_of(PyObject* module) {
    return static_cast<module_state_storage*>(PyModule_GetState(module));
}
#else
// CPython 2.7 loads an extension module once per process and has no place for its state.
inline module_state_storage* storage_of(PyObject*) {
    static module_state_storage storage;
    return &storage;
}
#endif

inline module_state& state_of(PyObject* module) {
    return *storage_of(module)->get();
}

} // namespace esig
