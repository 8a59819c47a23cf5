// esig/ext/interruption.h: computing without the GIL until the user presses Ctrl-C.
#pragma once

#include "python_api.h"

#include <libalgebra/interruption.h>
#include <libalgebra/status.h>

namespace esig {

using libalgebra::interruption;
using libalgebra::status;

/// The thread that called us, which has let go of the GIL as long as this lives.
class calling_thread {
public:
    calling_thread() : saved_(PyEval_SaveThread()) {}
    calling_thread(const calling_thread&) = delete;
    calling_thread& operator=(const calling_thread&) = delete;
    ~calling_thread() { PyEval_RestoreThread(saved_); }

    /// True once a signal handler has raised an error, which is then set.
    bool is_interrupted() const { return is_interrupted_; }

    void look_for_signals() {
        if (!is_interrupted_) {
            PyEval_RestoreThread(saved_);
            is_interrupted_ = PyErr_CheckSignals() != 0;
            saved_ = PyEval_SaveThread();
        }
    }

    /// For functions of the library.
    interruption hook() {
        return {[](void* context) {
                    calling_thread& caller = *static_cast<calling_thread*>(context);
                    caller.look_for_signals();
                    return caller.is_interrupted();
                },
                this};
    }

private:
    PyThreadState* saved_;
    bool is_interrupted_ = false;
};

/// Calls a function of the library without holding the GIL, and hands it a hook that runs Python's
/// signal handlers. If one raises, the status is `interrupted` and its error is set.
template <typename Function>
status without_gil_until_signal(Function function) {
    calling_thread caller;
    return function(caller.hook());
}

} // namespace esig
