// shared_work.cpp: the threads of a call under ThreadSanitizer, with a stand-in for the
// interpreter.
//
// test_shared_work.py compiles and runs it. Python itself is not made for the sanitizer; what of it
// the threads use is a lock, a way to start a thread, and the question whether a signal came.
#include "parallel.h"

#include <cstdio>
#include <cstdlib>
#include <pthread.h>
#include <semaphore.h>

namespace {

int questions = 0;
int question_that_raises = 0; ///< 0 for none

struct start {
    void (*function)(void*);
    void* argument;
};

void* run_thread(void* pointer) {
    const start s = *static_cast<start*>(pointer);
    std::free(pointer);
    s.function(s.argument);
    return nullptr;
}

} // namespace

extern "C" {

PyObject* PyExc_RuntimeError = nullptr;
PyObject* PyExc_TypeError = nullptr;
PyObject* PyExc_ValueError = nullptr;

PyThreadState* PyEval_SaveThread() {
    return nullptr;
}
void PyEval_RestoreThread(PyThreadState*) {}
int PyErr_CheckSignals() {
    return ++questions == question_that_raises ? -1 : 0;
}
PyObject* PyErr_NoMemory() {
    return nullptr;
}
PyObject* PyErr_Occurred() {
    return nullptr;
}
void PyErr_SetString(PyObject*, const char*) {}
PyObject* PyImport_ImportModule(const char*) {
    return nullptr;
}
PyObject* PyObject_CallMethod(PyObject*, const char*, const char*, ...) {
    return nullptr;
}
Py_ssize_t PyNumber_AsSsize_t(PyObject*, PyObject*) {
    return 1;
}
void _Py_Dealloc(PyObject*) {}

PyThread_type_lock PyThread_allocate_lock() {
    sem_t* const lock = static_cast<sem_t*>(std::malloc(sizeof(sem_t)));
    sem_init(lock, 0, 1);
    return lock;
}

void PyThread_free_lock(PyThread_type_lock lock) {
    sem_destroy(static_cast<sem_t*>(lock));
    std::free(lock);
}

int PyThread_acquire_lock(PyThread_type_lock lock, int) {
    while (sem_wait(static_cast<sem_t*>(lock)) != 0) {
    }
    return 1;
}

void PyThread_release_lock(PyThread_type_lock lock) {
    sem_post(static_cast<sem_t*>(lock));
}

unsigned long PyThread_start_new_thread(void (*function)(void*), void* argument) {
    start* const s = static_cast<start*>(std::malloc(sizeof(start)));
    *s = {function, argument};
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    pthread_t thread;
    const int failed = pthread_create(&thread, &attributes, run_thread, s);
    pthread_attr_destroy(&attributes);
    return failed != 0 ? static_cast<unsigned long>(-1) : 1;
}
}

namespace {

constexpr std::size_t items = 2000;

struct task {
    std::size_t* done; ///< how often each item was
    bool fails;
};

esig::status count(const void* context, std::size_t begin, std::size_t end,
                   const esig::interruption& hook) {
    const task& t = *static_cast<const task*>(context);
    for (; begin < end; ++begin) {
        ++t.done[begin];
        if (t.fails && begin == items / 2) {
            return esig::status::out_of_memory;
        }
        if (begin % 16 == 0 && hook.should_stop != nullptr && hook.should_stop(hook.context)) {
            return esig::status::interrupted;
        }
    }
    return esig::status::ok;
}

/// True if each item was done once, or none twice where the work was given up.
bool is_right(std::size_t threads, std::size_t grain, int raises, bool fails) {
    static std::size_t done[items];
    for (std::size_t& times : done) {
        times = 0;
    }
    questions = 0;
    question_that_raises = raises;
    const bool is_done =
        esig::run_items({items, grain, esig::millisecond, threads}, count, task{done, fails});
    for (const std::size_t times : done) {
        if (times > 1 || (is_done && times != 1)) {
            return false;
        }
    }
    // With one thread the questions are asked for certain; a helper may end before it is heard.
    const bool is_raised = raises != 0 && questions >= raises;
    return is_done == (!is_raised && !fails) && (is_raised || raises == 0 || threads > 1);
}

} // namespace

int main() {
    for (std::size_t threads = 1; threads <= 9; ++threads) {
        for (std::size_t grain = 1; grain <= 3000; grain *= 14) {
            for (int raises = 0; raises <= 3; ++raises) {
                if (!is_right(threads, grain, raises, false)) {
                    std::printf("threads %zu, grain %zu, question %d\n", threads, grain, raises);
                    return 1;
                }
            }
            if (!is_right(threads, grain, 0, true)) {
                std::printf("threads %zu, grain %zu, failing\n", threads, grain);
                return 1;
            }
        }
    }
    return 0;
}
