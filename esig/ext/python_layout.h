// esig/ext/python_layout.h: checks that Python's headers describe the machine compiled for.
#pragma once

#include "python_api.h"

#include <cstddef>

namespace esig {

// pyconfig.h says what was measured where Python was built: nothing else in the headers could be
// wrong for another machine.
static_assert(sizeof(short) == SIZEOF_SHORT, "pyconfig.h is another machine's");
static_assert(sizeof(int) == SIZEOF_INT, "pyconfig.h is another machine's");
static_assert(sizeof(long) == SIZEOF_LONG, "pyconfig.h is another machine's");
static_assert(sizeof(long long) == SIZEOF_LONG_LONG, "pyconfig.h is another machine's");
static_assert(sizeof(float) == SIZEOF_FLOAT, "pyconfig.h is another machine's");
static_assert(sizeof(double) == SIZEOF_DOUBLE, "pyconfig.h is another machine's");
static_assert(sizeof(void*) == SIZEOF_VOID_P, "pyconfig.h is another machine's");
static_assert(sizeof(std::size_t) == SIZEOF_SIZE_T, "pyconfig.h is another machine's");
#if defined(SIZEOF_LONG_DOUBLE)
static_assert(sizeof(long double) == SIZEOF_LONG_DOUBLE, "pyconfig.h is another machine's");
#endif
#if defined(SIZEOF_WCHAR_T)
static_assert(sizeof(wchar_t) == SIZEOF_WCHAR_T, "pyconfig.h is another machine's");
#endif
#if defined(SIZEOF__BOOL)
static_assert(sizeof(bool) == SIZEOF__BOOL, "pyconfig.h is another machine's");
#endif
#if defined(SIZEOF_PID_T) && !defined(_WIN32)
static_assert(sizeof(pid_t) == SIZEOF_PID_T, "pyconfig.h is another machine's");
#endif
#if defined(SIZEOF_UINTPTR_T)
static_assert(sizeof(Py_uintptr_t) == SIZEOF_UINTPTR_T, "pyconfig.h is another machine's");
#endif
#if defined(ALIGNOF_LONG)
static_assert(alignof(long) == ALIGNOF_LONG, "pyconfig.h is another machine's");
#endif
#if defined(ALIGNOF_SIZE_T)
static_assert(alignof(std::size_t) == ALIGNOF_SIZE_T, "pyconfig.h is another machine's");
#endif

#if defined(__BYTE_ORDER__)
#if (__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__) != defined(WORDS_BIGENDIAN)
#error "pyconfig.h has another machine's byte order"
#endif
#if defined(DOUBLE_IS_BIG_ENDIAN_IEEE754) && __BYTE_ORDER__ != __ORDER_BIG_ENDIAN__
#error "pyconfig.h has another machine's byte order"
#endif
#if defined(DOUBLE_IS_LITTLE_ENDIAN_IEEE754) && __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "pyconfig.h has another machine's byte order"
#endif
#endif

// The structures that the module shares with the interpreter, as every CPython has them: they are
// made of pointers and of integers as wide, but for a few of type int. PyPy has its own objects,
// and those of the ABI that CPythons without the GIL share are nobody's business.
constexpr std::size_t pointer = sizeof(void*);
constexpr std::size_t two_ints = 2 * sizeof(int); // as wide as one pointer or as two

static_assert(sizeof(Py_ssize_t) == pointer && alignof(Py_ssize_t) == alignof(void*), "Py_ssize_t");

#if !defined(Py_TRACE_REFS) && !defined(Py_GIL_DISABLED) && !defined(PYPY_VERSION) &&              \
    !defined(Py_TARGET_ABI3T)
static_assert(offsetof(PyObject, ob_refcnt) == 0, "PyObject");
static_assert(offsetof(PyObject, ob_type) == pointer, "PyObject");
static_assert(sizeof(PyObject) == 2 * pointer, "PyObject");
#endif

#if !defined(Py_LIMITED_API)
static_assert(offsetof(PyTypeObject, tp_dealloc) == sizeof(PyObject) + 4 * pointer, "PyTypeObject");
#endif

static_assert(offsetof(PyMethodDef, ml_name) == 0, "PyMethodDef");
static_assert(offsetof(PyMethodDef, ml_meth) == pointer, "PyMethodDef");
static_assert(offsetof(PyMethodDef, ml_flags) == 2 * pointer, "PyMethodDef");
static_assert(offsetof(PyMethodDef, ml_doc) == 3 * pointer, "PyMethodDef");
static_assert(sizeof(PyMethodDef) == 4 * pointer, "PyMethodDef");

static_assert(offsetof(Py_buffer, buf) == 0, "Py_buffer");
static_assert(offsetof(Py_buffer, obj) == pointer, "Py_buffer");
static_assert(offsetof(Py_buffer, len) == 2 * pointer, "Py_buffer");
static_assert(offsetof(Py_buffer, itemsize) == 3 * pointer, "Py_buffer");
static_assert(offsetof(Py_buffer, readonly) == 4 * pointer, "Py_buffer");
static_assert(offsetof(Py_buffer, ndim) == 4 * pointer + sizeof(int), "Py_buffer");
static_assert(offsetof(Py_buffer, format) == 4 * pointer + two_ints, "Py_buffer");
static_assert(offsetof(Py_buffer, shape) == 5 * pointer + two_ints, "Py_buffer");
static_assert(offsetof(Py_buffer, strides) == 6 * pointer + two_ints, "Py_buffer");
static_assert(offsetof(Py_buffer, suboffsets) == 7 * pointer + two_ints, "Py_buffer");
#if defined(PYPY_VERSION)
static_assert(sizeof(Py_buffer) >= 9 * pointer + two_ints, "Py_buffer"); // with its strides
#elif PY_MAJOR_VERSION >= 3
static_assert(sizeof(Py_buffer) == 9 * pointer + two_ints, "Py_buffer");
#else
static_assert(sizeof(Py_buffer) == 11 * pointer + two_ints, "Py_buffer"); // with its smalltable
#endif

#if PY_MAJOR_VERSION >= 3 && !defined(Py_TARGET_ABI3T)
static_assert(sizeof(PyModuleDef_Base) == sizeof(PyObject) + 3 * pointer, "PyModuleDef_Base");
constexpr std::size_t after_base = sizeof(PyModuleDef_Base);
static_assert(offsetof(PyModuleDef, m_name) == after_base, "PyModuleDef");
static_assert(offsetof(PyModuleDef, m_doc) == after_base + pointer, "PyModuleDef");
static_assert(offsetof(PyModuleDef, m_size) == after_base + 2 * pointer, "PyModuleDef");
static_assert(offsetof(PyModuleDef, m_methods) == after_base + 3 * pointer, "PyModuleDef");
static_assert(offsetof(PyModuleDef, m_slots) == after_base + 4 * pointer, "PyModuleDef");
static_assert(offsetof(PyModuleDef, m_traverse) == after_base + 5 * pointer, "PyModuleDef");
static_assert(offsetof(PyModuleDef, m_clear) == after_base + 6 * pointer, "PyModuleDef");
static_assert(offsetof(PyModuleDef, m_free) == after_base + 7 * pointer, "PyModuleDef");
static_assert(sizeof(PyModuleDef) == after_base + 8 * pointer, "PyModuleDef");

static_assert(offsetof(PyModuleDef_Slot, slot) == 0, "PyModuleDef_Slot");
static_assert(offsetof(PyModuleDef_Slot, value) == pointer, "PyModuleDef_Slot");
static_assert(sizeof(PyModuleDef_Slot) == 2 * pointer, "PyModuleDef_Slot");
#endif

} // namespace esig
