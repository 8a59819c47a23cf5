// esig/ext/tosig.cpp: the extension module esig.tosig: its table of functions and its life.
//
// One translation unit: reading Python.h costs more than compiling everything that is ours.

#include "functions.h"
#include "module_state.h"
#include "python_api.h"
#include "python_layout.h"
#include "simd.h"

namespace esig {
namespace {

PyCFunction with_keywords(PyObject* (*function)(PyObject*, PyObject*, PyObject*)) {
    return reinterpret_cast<PyCFunction>(reinterpret_cast<void (*)()>(function));
}

constexpr int keywords = METH_VARARGS | METH_KEYWORDS;

PyMethodDef methods[] = {
    {"stream2sig", with_keywords(stream2sig), keywords,
     "stream2sig(stream, depth)\n--\n\n"
     "The signature of a 2-D float32 or float64 array, one row for each point."},
    {"stream2logsig", with_keywords(stream2logsig), keywords,
     "stream2logsig(stream, depth)\n--\n\n"
     "The log signature of a 2-D float32 or float64 array, one row for each point."},
    {"sigdim", with_keywords(sigdim), keywords,
     "sigdim(dimension, depth)\n--\n\nThe number of values that stream2sig returns."},
    {"logsigdim", with_keywords(logsigdim), keywords,
     "logsigdim(dimension, depth)\n--\n\nThe number of values that stream2logsig returns."},
    {"sigkeys", with_keywords(sigkeys), keywords,
     "sigkeys(dimension, depth)\n--\n\n"
     "The words that index a signature, in its order, a space before each."},
    {"logsigkeys", with_keywords(logsigkeys), keywords,
     "logsigkeys(dimension, depth)\n--\n\n"
     "The Hall basis elements that index a log signature, in its order, a space before each."},
    {"recombine", with_keywords(recombine), keywords,
     "recombine(ensemble, selector=None, weights=None, degree=1)\n--\n\n"
     "Not in this version: raises NotImplementedError."},
    {"_signature_to_log_signature", with_keywords(signature_to_log_signature), keywords,
     "_signature_to_log_signature(signature, dimension, depth)\n--\n\n"
     "The log signature of a path whose signature is given, as a float64 vector."},
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
    Py_XDECREF(numpy);
    if (empty == nullptr) {
        return -1;
    }
    storage_of(module)->construct().numpy_empty = empty;
    return 0;
}

#if PY_MAJOR_VERSION >= 3

int traverse(PyObject* module, visitproc visit, void* arg) {
    module_state_storage* const storage = storage_of(module);
    if (module_state* const state = storage != nullptr ? storage->get() : nullptr) {
        Py_VISIT(state->numpy_empty);
    }
    return 0;
}

int clear(PyObject* module) {
    module_state_storage* const storage = storage_of(module);
    if (module_state* const state = storage != nullptr ? storage->get() : nullptr) {
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

} // namespace
} // namespace esig

#if PY_MAJOR_VERSION >= 3

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
