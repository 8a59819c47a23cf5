// What macOS has differently: `foreign_NAME` replaces a NAME that a module for macOS imports, where
// its code runs on Linux. It is compiled by zig for x86_64 and aarch64, without any header.

typedef __SIZE_TYPE__ size_t;

extern void* memset(void* to, int byte, size_t size);
extern void* memcpy(void* to, const void* from, size_t size);
extern int* __errno_location(void);
extern void *stdin, *stdout, *stderr;

// What the stack protector compares with.
unsigned long foreign___stack_chk_guard = 0x595e9fbd94fda766;

void *foreign___stdinp, *foreign___stdoutp, *foreign___stderrp;

__attribute__((constructor)) static void set_streams(void) {
    foreign___stdinp = stdin;
    foreign___stdoutp = stdout;
    foreign___stderrp = stderr;
}

void foreign___bzero(void* to, size_t size) {
    memset(to, 0, size);
}

int* foreign___error(void) {
    return __errno_location();
}

void foreign_memset_pattern16(char* to, const void* pattern, size_t size) {
    for (; size >= 16; to += 16, size -= 16)
        memcpy(to, pattern, 16);
    memcpy(to, pattern, size);
}

void foreign___chkstk_darwin(void) {}

#ifdef __aarch64__
// On Apple's arm64 all variadic arguments are on the stack, in places of eight bytes; on Linux the
// first are in registers. An entry hands a function the place of the first as one more argument, in
// the register after those of the named ones.

#define ENTRY(name, named)                                                                         \
    __asm__(".globl foreign_" #name "\n"                                                           \
            "foreign_" #name ": mov x" #named ", sp\n"                                             \
            "b on_stack_" #name "\n");

// Headers of old CPythons call some functions so, where sizes in formats are Py_ssize_t.
#define WITH_SIZES(name)                                                                           \
    __asm__(".globl foreign__" #name "_SizeT\n"                                                    \
            ".set foreign__" #name "_SizeT, foreign_" #name "\n");

typedef __builtin_va_list arguments;

// The layout that the procedure call standard gives it; all registers are used up.
struct used_up {
    void *next, *general, *vector;
    int general_offset, vector_offset;
};

// A function of variadic arguments that has a twin which takes a list of them.
#define TWIN(result, name, twin, named, parameters, given)                                         \
    ENTRY(name, named)                                                                             \
    extern result twin(STRIP parameters, arguments);                                               \
    result on_stack_##name(STRIP parameters, void* stack) {                                        \
        struct used_up places = {stack, 0, 0, 0, 0};                                               \
        arguments list;                                                                            \
        memcpy(&list, &places, sizeof list);                                                       \
        return twin(STRIP given, list);                                                            \
    }
#define STRIP(...) __VA_ARGS__

typedef struct object object;
typedef const char* text;

TWIN(object*, PyErr_Format, PyErr_FormatV, 2, (object * a, text b), (a, b))
TWIN(object*, PyUnicode_FromFormat, PyUnicode_FromFormatV, 1, (text a), (a))
TWIN(object*, PyBytes_FromFormat, PyBytes_FromFormatV, 1, (text a), (a))
TWIN(object*, Py_BuildValue, Py_VaBuildValue, 1, (text a), (a))
TWIN(object*, _Py_BuildValue_SizeT, _Py_VaBuildValue_SizeT, 1, (text a), (a))
TWIN(int, PyArg_ParseTuple, PyArg_VaParse, 2, (object * a, text b), (a, b))
TWIN(int, _PyArg_ParseTuple_SizeT, _PyArg_VaParse_SizeT, 2, (object * a, text b), (a, b))
TWIN(int, PyArg_ParseTupleAndKeywords, PyArg_VaParseTupleAndKeywords, 4,
     (object * a, object* b, text c, char** d), (a, b, c, d))
TWIN(int, _PyArg_ParseTupleAndKeywords_SizeT, _PyArg_VaParseTupleAndKeywords_SizeT, 4,
     (object * a, object* b, text c, char** d), (a, b, c, d))
TWIN(int, snprintf, vsnprintf, 3, (char* a, size_t b, text c), (a, b, c))
TWIN(int, PyOS_snprintf, PyOS_vsnprintf, 3, (char* a, size_t b, text c), (a, b, c))
TWIN(int, fprintf, vfprintf, 2, (void* a, text b), (a, b))
TWIN(int, printf, vprintf, 1, (text a), (a))
TWIN(int, sscanf, vsscanf, 2, (text a, text b), (a, b))
TWIN(int, __snprintf_chk, __vsnprintf_chk, 5, (char* a, size_t b, int c, size_t d, text e),
     (a, b, c, d, e))
TWIN(int, __sprintf_chk, __vsprintf_chk, 4, (char* a, int b, size_t c, text d), (a, b, c, d))

extern object PyTuple_Type;
extern object* PyTuple_New(long);
extern int PyTuple_SetItem(object*, long, object*);
extern int PyObject_IsInstance(object*, object*);
extern object* PyObject_CallObject(object*, object*);
extern object* PyObject_GetAttrString(object*, text);
extern object* PyObject_GetAttr(object*, object*);
extern void Py_IncRef(object*), Py_DecRef(object*);

ENTRY(PyTuple_Pack, 1)
object* on_stack_PyTuple_Pack(long size, object** stack) {
    object* tuple = PyTuple_New(size);
    for (long at = 0; tuple && at < size; at++) {
        Py_IncRef(stack[at]);
        PyTuple_SetItem(tuple, at, stack[at]);
    }
    return tuple;
}

// Calls a function and lets go of its arguments.
static object* call(object* function, object* tuple) {
    object* result = tuple ? PyObject_CallObject(function, tuple) : 0;
    Py_DecRef(tuple);
    return result;
}

ENTRY(PyObject_CallFunctionObjArgs, 1)
object* on_stack_PyObject_CallFunctionObjArgs(object* function, object** stack) {
    long size = 0;
    while (stack[size])
        size++;
    return call(function, on_stack_PyTuple_Pack(size, stack));
}

ENTRY(PyObject_CallMethodObjArgs, 2)
object* on_stack_PyObject_CallMethodObjArgs(object* owner, object* name, object** stack) {
    object* method = PyObject_GetAttr(owner, name);
    object* result = method ? on_stack_PyObject_CallFunctionObjArgs(method, stack) : 0;
    Py_DecRef(method);
    return result;
}

// What a format describes is a tuple of arguments, or the only argument.
ENTRY(PyObject_CallFunction, 2)
WITH_SIZES(PyObject_CallFunction)
object* on_stack_PyObject_CallFunction(object* function, text format, void* stack) {
    if (!format || !*format)
        return call(function, PyTuple_New(0));
    object* built = on_stack__Py_BuildValue_SizeT(format, stack);
    if (!built || PyObject_IsInstance(built, &PyTuple_Type))
        return call(function, built);
    object* tuple = on_stack_PyTuple_Pack(1, &built);
    Py_DecRef(built);
    return call(function, tuple);
}

ENTRY(PyObject_CallMethod, 3)
WITH_SIZES(PyObject_CallMethod)
object* on_stack_PyObject_CallMethod(object* owner, text name, text format, void* stack) {
    object* method = PyObject_GetAttrString(owner, name);
    object* result = method ? on_stack_PyObject_CallFunction(method, format, stack) : 0;
    Py_DecRef(method);
    return result;
}
#endif
