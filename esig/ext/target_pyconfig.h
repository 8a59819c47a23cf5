// esig/ext/target_pyconfig.h: makes the Python headers of one Linux describe any other target.
//
// A cross compiler is given this file with `-include`. Of all that Python installs, pyconfig.h
// alone holds what was measured on one machine; here the compiler's own word replaces it, and
// python_layout.h checks the result. A build for the machine it runs on does without this file, if
// that is no Windows, whose pyconfig.h takes other compilers than Microsoft's to be for 32 bits.
#pragma once

#if !defined(__clang__) && !defined(__GNUC__)
#error "target_pyconfig.h asks gcc's and clang's predefined macros"
#endif

#if defined(_WIN32)

// Python's sources keep a pyconfig.h of their own for Windows, which a Linux does not install. This
// is what the headers of 3.6 and later ask of it, in its place.
#define Py_PYCONFIG_H
#define Py_CONFIG_H
#define MS_WIN32
#define MS_WINDOWS
#define NT_THREADS
#if defined(_WIN64)
#define MS_WIN64
#endif

#define HAVE_DECLSPEC_DLL
#define Py_ENABLE_SHARED 1
#define WITH_DOC_STRINGS 1
#define WITH_PYMALLOC 1
#define WITH_THREAD

#define HAVE_COPYSIGN 1
#define HAVE_ERRNO_H 1
#define HAVE_HYPOT 1
#define HAVE_ROUND 1
#define HAVE_SSIZE_T 1
#define HAVE_STDDEF_H 1
#define HAVE_SYS_STAT_H 1
#define HAVE_SYS_TYPES_H 1
#define HAVE_WCHAR_H 1
#define HAVE_DECL_ISFINITE 1
#define HAVE_DECL_ISINF 1
#define HAVE_DECL_ISNAN 1

#else

#include <pyconfig.h>

// A library of the machine that Python was built on, and of no use to us.
#undef HAVE_CRYPT_H
#undef HAVE_CRYPT_R

#if defined(__APPLE__)
// Asking for a standard by its name hides everything else there; Python asks for all of it.
#undef _POSIX_C_SOURCE
#undef _XOPEN_SOURCE
#undef _XOPEN_SOURCE_EXTENDED
#undef _DARWIN_C_SOURCE
#define _DARWIN_C_SOURCE 1
#undef HAVE_PTY_H
#endif

#endif

// Sizes. What the compiler does not know, no header asks for: those are dropped.
#undef SIZEOF_SHORT
#undef SIZEOF_INT
#undef SIZEOF_LONG
#undef SIZEOF_LONG_LONG
#undef SIZEOF_FLOAT
#undef SIZEOF_DOUBLE
#undef SIZEOF_LONG_DOUBLE
#undef SIZEOF_SIZE_T
#undef SIZEOF_UINTPTR_T
#undef SIZEOF_VOID_P
#undef SIZEOF_WCHAR_T
#undef SIZEOF__BOOL
#define SIZEOF_SHORT __SIZEOF_SHORT__
#define SIZEOF_INT __SIZEOF_INT__
#define SIZEOF_LONG __SIZEOF_LONG__
#define SIZEOF_LONG_LONG __SIZEOF_LONG_LONG__
#define SIZEOF_FLOAT __SIZEOF_FLOAT__
#define SIZEOF_DOUBLE __SIZEOF_DOUBLE__
#define SIZEOF_LONG_DOUBLE __SIZEOF_LONG_DOUBLE__
#define SIZEOF_SIZE_T __SIZEOF_SIZE_T__
#define SIZEOF_UINTPTR_T __SIZEOF_POINTER__
#define SIZEOF_VOID_P __SIZEOF_POINTER__
#define SIZEOF_WCHAR_T __SIZEOF_WCHAR_T__
#define SIZEOF__BOOL 1
#undef SIZEOF_FPOS_T
#undef SIZEOF_OFF_T
#undef SIZEOF_PTHREAD_KEY_T
#undef SIZEOF_PTHREAD_T
#undef SIZEOF_TIME_T
#if defined(_WIN32)
#undef SIZEOF_PID_T
#endif

#undef ALIGNOF_LONG
#undef ALIGNOF_MAX_ALIGN_T
#undef ALIGNOF_SIZE_T

// The order of bytes.
#undef WORDS_BIGENDIAN
#undef DOUBLE_IS_ARM_MIXED_ENDIAN_IEEE754
#undef DOUBLE_IS_BIG_ENDIAN_IEEE754
#undef DOUBLE_IS_LITTLE_ENDIAN_IEEE754
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
#define WORDS_BIGENDIAN 1
#define DOUBLE_IS_BIG_ENDIAN_IEEE754 1
#else
#define DOUBLE_IS_LITTLE_ENDIAN_IEEE754 1
#endif

// What the processor has.
#undef HAVE_GCC_ASM_FOR_X64
#undef HAVE_GCC_ASM_FOR_X87
#undef HAVE_GCC_UINT128_T
#undef VA_LIST_IS_ARRAY
#undef X87_DOUBLE_ROUNDING
#if defined(__x86_64__)
#define HAVE_GCC_ASM_FOR_X64 1
#endif
#if defined(__x86_64__) || defined(__i386__)
#define HAVE_GCC_ASM_FOR_X87 1
#endif
#if defined(__SIZEOF_INT128__)
#define HAVE_GCC_UINT128_T 1
#endif
