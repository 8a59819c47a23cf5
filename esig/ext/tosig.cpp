// esig/ext/tosig.cpp: the extension module esig.tosig: its table of functions and its life.
//
// One translation unit: reading Python.h costs more than compiling everything that is ours.

#include "conversions.h"
#include "functions.h"
#include "gradients.h"
#include "module_state.h"
#include "python_api.h"
#include "python_layout.h"
#include "recombine.h"
#include "simd.h"
#include "stream_functions.h"

namespace esig {
namespace {

template <typename Entry>
PyCFunction as_method(Entry entry) {
    return reinterpret_cast<PyCFunction>(reinterpret_cast<void (*)()>(entry));
}

PyMethodDef methods[] = {
    {"stream2sig", as_method(entry<stream2sig_parameters, stream2sig>), entry_flags,
     "stream2sig(stream, depth, out=None, n_jobs=None, dtype=None, cumulative=False)\n--\n\n"
     "The signatures of float32 or float64 arrays, one row for each point."},
    {"stream2logsig", as_method(entry<stream2logsig_parameters, stream2logsig>), entry_flags,
     "stream2logsig(stream, depth, out=None, n_jobs=None, dtype=None, cumulative=False)\n--\n\n"
     "The log signatures of float32 or float64 arrays, one row for each point."},
    {"sliding2sig", as_method(entry<sliding2sig_parameters, sliding2sig>), entry_flags,
     "sliding2sig(stream, depth, window, step=1, out=None, n_jobs=None, dtype=None)\n--\n\n"
     "The signatures of all windows of so many points."},
    {"sliding2logsig", as_method(entry<sliding2logsig_parameters, sliding2logsig>), entry_flags,
     "sliding2logsig(stream, depth, window, step=1, out=None, n_jobs=None, dtype=None)\n--\n\n"
     "The log signatures of all windows of so many points."},
    {"expanding2sig", as_method(entry<expanding2sig_parameters, expanding2sig>), entry_flags,
     "expanding2sig(stream, depth, window=1, step=1, out=None, n_jobs=None, dtype=None)\n--\n\n"
     "The signatures of all windows that begin at the first point."},
    {"expanding2logsig", as_method(entry<expanding2logsig_parameters, expanding2logsig>),
     entry_flags,
     "expanding2logsig(stream, depth, window=1, step=1, out=None, n_jobs=None, dtype=None)\n--\n\n"
     "The log signatures of all windows that begin at the first point."},
    {"extend", as_method(entry<extend_parameters, extend>), entry_flags,
     "extend(signature, stream, depth, out=None, n_jobs=None, dtype=None, cumulative=False)\n--\n\n"
     "The signatures of paths that go on along streams."},
    {"stream2sig_vjp", as_method(entry<stream2sig_vjp_parameters, stream2sig_vjp>), entry_flags,
     "stream2sig_vjp(stream, depth, cotangent, out=None, n_jobs=None)\n--\n\n"
     "The derivative of the signature by the points, times a cotangent."},
    {"stream2logsig_vjp", as_method(entry<stream2logsig_vjp_parameters, stream2logsig_vjp>),
     entry_flags,
     "stream2logsig_vjp(stream, depth, cotangent, out=None, n_jobs=None)\n--\n\n"
     "The derivative of the log signature by the points, times a cotangent."},
    {"_signature_to_log_signature",
     as_method(entry<signature_to_log_signature_parameters, signature_to_log_signature>),
     entry_flags,
     "_signature_to_log_signature(signature, dimension, depth, out=None, n_jobs=None)\n--\n\n"
     "The log signatures of paths whose signatures are given."},
    {"signature_from_logsignature",
     as_method(entry<signature_from_logsignature_parameters, signature_from_logsignature>),
     entry_flags,
     "signature_from_logsignature(logsignature, dimension, depth, out=None, n_jobs=None)\n--\n\n"
     "The signatures of paths whose log signatures are given."},
    {"sigdim", as_method(entry<sigdim_parameters, sigdim>), entry_flags,
     "sigdim(dimension, depth)\n--\n\nThe number of values that stream2sig returns."},
    {"logsigdim", as_method(entry<logsigdim_parameters, logsigdim>), entry_flags,
     "logsigdim(dimension, depth)\n--\n\nThe number of values that stream2logsig returns."},
    {"sigkeys", as_method(entry<sigkeys_parameters, sigkeys>), entry_flags,
     "sigkeys(dimension, depth)\n--\n\n"
     "The words that index a signature, in its order, a space before each."},
    {"logsigkeys", as_method(entry<logsigkeys_parameters, logsigkeys>), entry_flags,
     "logsigkeys(dimension, depth)\n--\n\n"
     "The Hall basis elements that index a log signature, in its order, a space before each."},
    {"recombine", as_method(entry<recombine_parameters, recombine>), entry_flags,
     "recombine(ensemble, selector=None, weights=None, degree=1)\n--\n\n"
     "Few of the rows of a 2-D float64 array and their weights, with the moments of all of them."},
    {"get_memory_limit", get_memory_limit, METH_NOARGS,
     "get_memory_limit()\n--\n\nBytes that a result and its workspace may take."},
    {"set_memory_limit", set_memory_limit, METH_O,
     "set_memory_limit(limit, /)\n--\n\nChanges the bytes that a result and its workspace may "
     "take, in this interpreter."},
    {"_simd", simd_function, METH_NOARGS,
     "_simd()\n--\n\nThe instruction set that computes, and those that this machine has."},
    {nullptr, nullptr, 0, nullptr}};

constexpr const char* documentation = "Signatures and log signatures of paths, by libalgebra.";

int execute(PyObject* module) {
    if (!select_simd_from_environment()) {
        return -1;
    }
    PyObject* const numpy = PyImport_ImportModule("numpy");
    PyObject* const empty = numpy != nullptr ? PyObject_GetAttrString(numpy, "empty") : nullptr;
    if (empty == nullptr) {
        Py_XDECREF(numpy);
        return -1;
    }
    module_state& state = storage_of(module)->construct();
    state.numpy = numpy;
    state.numpy_empty = empty;
    Py_INCREF(Py_False);
    if (PyModule_AddObject(module, "NO_RECOMBINE", Py_False) != 0) {
        Py_DECREF(Py_False);
        return -1;
    }
    return 0;
}

#if PY_MAJOR_VERSION >= 3

int traverse(PyObject* module, visitproc visit, void* arg) {
    module_state_storage* const storage = storage_of(module);
    if (module_state* const state = storage != nullptr ? storage->get() : nullptr) {
        Py_VISIT(state->numpy);
        Py_VISIT(state->numpy_empty);
    }
    return 0;
}

int clear(PyObject* module) {
    module_state_storage* const storage = storage_of(module);
    if (module_state* const state = storage != nullptr ? storage->get() : nullptr) {
        Py_CLEAR(state->numpy);
        Py_CLEAR(state->numpy_empty);
    }
    return 0;
}

void free(void* module) {
    module_state_storage* const storage = storage_of(static_cast<PyObject*>(module));
    if (storage != nullptr) {
        storage->destroy();
    }
}

#if defined(Py_TARGET_ABI3T)

PyABIInfo_VAR(abi_info);

// The stable ABI of 3.15 that CPythons with and without the GIL share: there a module is its slots.
PySlot slots[] = {PySlot_PTR_STATIC(Py_mod_name, "esig.tosig"),
                  PySlot_PTR_STATIC(Py_mod_doc, documentation),
                  PySlot_PTR_STATIC(Py_mod_abi, &abi_info),
                  PySlot_PTR_STATIC(Py_mod_methods, methods),
                  PySlot_PTR(Py_mod_state_size, sizeof(module_state_storage)),
                  PySlot_PTR(Py_mod_state_traverse, traverse),
                  PySlot_PTR(Py_mod_state_clear, clear),
                  PySlot_PTR(Py_mod_state_free, free),
                  PySlot_PTR(Py_mod_exec, execute),
                  PySlot_PTR(Py_mod_multiple_interpreters, Py_MOD_PER_INTERPRETER_GIL_SUPPORTED),
                  PySlot_PTR(Py_mod_gil, Py_MOD_GIL_NOT_USED),
                  PySlot_END};

#else

PyModuleDef_Slot slots[] = {{Py_mod_exec, reinterpret_cast<void*>(execute)},
#ifdef Py_mod_multiple_interpreters
                            {Py_mod_multiple_interpreters, Py_MOD_PER_INTERPRETER_GIL_SUPPORTED},
#endif
#ifdef Py_mod_gil
                            {Py_mod_gil, Py_MOD_GIL_NOT_USED},
#endif
                            {0, nullptr}};

PyModuleDef definition = {PyModuleDef_HEAD_INIT,
                          "esig.tosig",
                          documentation,
                          sizeof(module_state_storage),
                          methods,
                          slots,
                          traverse,
                          clear,
                          free};

#endif
#endif

} // namespace
} // namespace esig

#if defined(Py_TARGET_ABI3T)

ESIG_INIT_FUNCTION PySlot* PyModExport_tosig() {
    return esig::slots;
}

#elif PY_MAJOR_VERSION >= 3

ESIG_INIT_FUNCTION PyObject* PyInit_tosig() {
    return PyModuleDef_Init(&esig::definition);
}

#else

ESIG_INIT_FUNCTION void inittosig() {
    PyObject* const module = Py_InitModule3("esig.tosig", esig::methods, esig::documentation);
    if (module != nullptr) {
        esig::execute(module); // its error is what the import raises
    }
}

#endif
