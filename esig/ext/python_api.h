// esig/ext/python_api.h: Python.h, and what differs between 2.7 and the Pythons of today.
#pragma once

#define PY_SSIZE_T_CLEAN

// Up to 3.8 Python.h includes crypt.h if that was there when Python was built: we have no use for
// it, and the next machine may not have it.
#include <pyconfig.h>
#undef HAVE_CRYPT_H

#if defined(_WIN32) && defined(__aarch64__) && !defined(_MSC_VER)
// Headers of a CPython without the GIL tell threads apart by register 18, which they read by a
// function of Microsoft's compiler.
static inline unsigned long long __getReg(int) {
    unsigned long long value;
    __asm__("mov %0, x18" : "=r"(value));
    return value;
}
#endif

#if defined(__GNUC__)
// The headers of CPython 2.7 use the storage class that C++17 has removed.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wregister"
#include <Python.h>
#include <pythread.h>
#pragma GCC diagnostic pop
#else
#include <Python.h>
#include <pythread.h>
#endif

// PyMODINIT_FUNC says nothing about visibility before 3.9; we compile with everything hidden.
#if defined(_WIN32)
#define ESIG_INIT_FUNCTION extern "C" __declspec(dllexport)
#else
#define ESIG_INIT_FUNCTION extern "C" __attribute__((visibility("default")))
#endif

// The binding is compiled for size. This is for what the smallest calls would notice.
#if defined(_MSC_VER)
#define ESIG_INLINE __forceinline
#else
#define ESIG_INLINE inline __attribute__((always_inline))
#endif

// Arguments as an array instead of a tuple and a dictionary that have to be made for each call.
#if defined(METH_FASTCALL) && (defined(Py_LIMITED_API) || PY_VERSION_HEX >= 0x03070000)
#define ESIG_HAS_FASTCALL 1
#else
#define ESIG_HAS_FASTCALL 0
#endif

namespace esig {

#if PY_MAJOR_VERSION >= 3
inline PyObject* new_text(const char* text, Py_ssize_t size) {
    return PyUnicode_FromStringAndSize(text, size);
}
inline PyObject* new_integer(Py_ssize_t value) {
    return PyLong_FromSsize_t(value);
}
#else
inline PyObject* new_text(const char* text, Py_ssize_t size) {
    return PyString_FromStringAndSize(text, size);
}
inline PyObject* new_integer(Py_ssize_t value) {
    return PyInt_FromSsize_t(value);
}
#endif

/// PyObject_CallFunction and PyObject_CallMethod, which take their texts as `char*` in 2.7.
template <typename... Arguments>
PyObject* call(PyObject* function, const char* format, Arguments... arguments) {
    return PyObject_CallFunction(function, const_cast<char*>(format), arguments...);
}

template <typename... Arguments>
PyObject* call_method(PyObject* object, const char* name, const char* format,
                      Arguments... arguments) {
    return PyObject_CallMethod(object, const_cast<char*>(name), const_cast<char*>(format),
                               arguments...);
}

/// Calls a function of the library without holding the GIL.
template <typename Function>
auto without_gil(Function function) {
    PyThreadState* const saved = PyEval_SaveThread();
    const auto result = function();
    PyEval_RestoreThread(saved);
    return result;
}

} // namespace esig
