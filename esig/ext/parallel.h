// esig/ext/parallel.h: items of work, done by several threads and given up when a signal says so.
//
// The threads are started by the interpreter's own portable function, so nothing beyond it has to
// be linked, and they live for one call only: no pool has to survive a fork, an interpreter or the
// end of the process. They never touch Python. Which thread does which item changes no result.
#pragma once

#include "errors.h"
#include "interruption.h"
#include "python_api.h"

#include <atomic>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <new>
#include <type_traits>

namespace esig {

/// Multiplications with addition that a thread does in a millisecond, which estimates are made of:
/// some 27 million with AVX-512 where tensors are large, 10 million where they are small.
inline constexpr double millisecond = 1e7;

/// A computation asks whether to go on after as much work as this.
inline constexpr double work_between_questions = 30 * millisecond;

/// Below this the GIL is kept: to let it go and take it back would take as long as the work.
inline constexpr double work_with_gil = 0.005 * millisecond;

/// Does the items from `begin` to before `end`. The hook has no function if the work is tiny.
using item_function = status (*)(const void* context, std::size_t begin, std::size_t end,
                                 const interruption& hook);

/// Some work and who does it. No result depends on the number of threads.
struct division {
    std::size_t count; ///< of items
    std::size_t grain; ///< how many of them are done at once
    double cost;       ///< of one, in multiplications with addition
    std::size_t threads;
};

/// Work that threads take items from. All of them own it: who leaves last frees it, because the
/// bell must not be freed while another thread is still leaving it.
class shared_work {
public:
    shared_work(const division& d, item_function compute, const void* context)
        : division_(d), compute_(compute), context_(context) {}

    /// One with a bell and a copy of the context; null if there is no memory.
    static shared_work* make(const division& d, item_function compute, const void* context,
                             std::size_t context_size) {
        void* const memory = std::malloc(sizeof(shared_work) + context_size);
        PyThread_type_lock const bell = memory != nullptr ? PyThread_allocate_lock() : nullptr;
        if (bell == nullptr) {
            std::free(memory);
            return nullptr;
        }
        PyThread_acquire_lock(bell, WAIT_LOCK);
        void* const copy = static_cast<char*>(memory) + sizeof(shared_work);
        std::memcpy(copy, context, context_size);
        shared_work* const work = new (memory) shared_work(d, compute, copy);
        work->bell_ = bell;
        return work;
    }

    /// Frees what `make` made when all have left.
    void leave() {
        if (owners_.fetch_sub(1) == 1) {
            PyThread_free_lock(bell_);
            this->~shared_work();
            std::free(this);
        }
    }

    /// Starts helpers. If fewer start than asked for, the work takes longer and is done as well.
    void start(std::size_t helpers) {
        for (; helpers != 0; --helpers) {
            owners_.fetch_add(1);
            helpers_.fetch_add(1);
            if (static_cast<long>(PyThread_start_new_thread(help, this)) == -1) {
                helpers_.fetch_sub(1);
                owners_.fetch_sub(1);
                return;
            }
        }
    }

    /// Takes part, then waits for the helpers, looking for signals all the while.
    status finish(calling_thread& caller) {
        caller_ = &caller;
        take_items({ask_caller, this});
        while (helpers_.load() != 0) {
            PyThread_acquire_lock(bell_, WAIT_LOCK);
            is_rung_.store(0);
            ask_caller(this);
        }
        return static_cast<status>(status_.load());
    }

private:
    static void help(void* pointer) {
        shared_work* const work = static_cast<shared_work*>(pointer);
        work->take_items({ask_helper, work});
        work->helpers_.fetch_sub(1);
        work->ring();
        work->leave();
    }

    /// Signals are for the caller to look for: if it is waiting, it wakes up.
    static bool ask_helper(void* pointer) {
        shared_work* const work = static_cast<shared_work*>(pointer);
        work->ring();
        return work->is_stopped_.load() != 0;
    }

    static bool ask_caller(void* pointer) {
        shared_work* const work = static_cast<shared_work*>(pointer);
        work->caller_->look_for_signals();
        if (work->caller_->is_interrupted()) {
            work->is_stopped_.store(1);
        }
        return work->is_stopped_.load() != 0;
    }

    void take_items(const interruption& hook) {
        double work_done = 0;
        while (is_stopped_.load() == 0) {
            const std::size_t begin = next_.fetch_add(division_.grain);
            if (begin >= division_.count) {
                return;
            }
            const std::size_t left = division_.count - begin;
            const std::size_t items = left < division_.grain ? left : division_.grain;
            const status found = compute_(context_, begin, begin + items, hook);
            if (found != status::ok) {
                status_.store(static_cast<int>(found));
                is_stopped_.store(1);
            }
            work_done += division_.cost * static_cast<double>(items);
            if (work_done >= work_between_questions) {
                work_done = 0;
                hook.should_stop(hook.context);
            }
        }
    }

    /// The bell is a lock that nobody owns; to release it twice is not allowed, hence the flag.
    void ring() {
        if (is_rung_.exchange(1) == 0) {
            PyThread_release_lock(bell_);
        }
    }

    const division division_;
    const item_function compute_;
    const void* const context_;
    calling_thread* caller_ = nullptr;
    PyThread_type_lock bell_ = nullptr;
    std::atomic<std::size_t> next_{0};
    std::atomic<int> owners_{1};
    std::atomic<int> helpers_{0};
    std::atomic<int> status_{static_cast<int>(status::ok)};
    std::atomic<int> is_stopped_{0};
    std::atomic<int> is_rung_{0};
};

/// Does all items, in this thread alone or with helpers; false with a Python error set.
[[nodiscard]] inline bool run_items(const division& d, item_function compute, const void* context,
                                    std::size_t context_size) {
    if (d.cost * static_cast<double>(d.count) < work_with_gil) {
        return check(compute(context, 0, d.count, {}));
    }
    shared_work* const shared =
        d.threads > 1 ? shared_work::make(d, compute, context, context_size) : nullptr;
    shared_work own(d, compute, context);
    status found = status::ok;
    bool is_interrupted = false;
    {
        calling_thread caller;
        if (shared != nullptr) {
            shared->start(d.threads - 1);
        }
        found = (shared != nullptr ? *shared : own).finish(caller);
        is_interrupted = caller.is_interrupted();
    }
    if (shared != nullptr) {
        shared->leave();
    }
    return !is_interrupted && check(found);
}

template <typename Context>
[[nodiscard]] bool run_items(const division& d, item_function compute, const Context& context) {
    static_assert(std::is_trivially_copyable<Context>::value, "helpers have a copy of it");
    return run_items(d, compute, &context, sizeof context);
}

/// How many threads are worth starting. `jobs` is what the caller asked for, as read by read_jobs.
[[nodiscard]] inline bool find_threads(Py_ssize_t jobs, division& d) {
    const double milliseconds = d.cost * static_cast<double>(d.count) / millisecond;
    d.threads = 1;
    if (milliseconds < 1 || jobs == 1 || d.count <= d.grain) {
        return true;
    }
    if (jobs < 1) {
        PyObject* const module = PyImport_ImportModule("esig._threads");
        PyObject* const number =
            module != nullptr ? call_method(module, "processors", nullptr) : nullptr;
        const Py_ssize_t all = number != nullptr ? PyNumber_AsSsize_t(number, nullptr) : -1;
        Py_XDECREF(number);
        Py_XDECREF(module);
        if (PyErr_Occurred() != nullptr) {
            return false;
        }
        jobs = jobs == 0 ? all : all + 1 + jobs;
    }
    const std::size_t parts = (d.count - 1) / d.grain + 1;
    while (d.threads < parts && static_cast<Py_ssize_t>(d.threads) < jobs &&
           static_cast<double>(d.threads) < 2 * milliseconds && d.threads < 1024) {
        ++d.threads;
    }
    return true;
}

} // namespace esig
