// esig/ext/interruption.h: computing without the GIL until the user presses Ctrl-C.
#pragma once

#include "python_api.h"

#include <libalgebra/interruption.h>
#include <libalgebra/status.h>

namespace esig {

/// Calls a function of the library without holding the GIL, and hands it a hook that runs Python's
/// signal handlers. If one raises, the status is `interrupted` and its error is set.
template <typename Function>
libalgebra::status without_gil_until_signal(Function function) {
    PyThreadState* saved = PyEval_SaveThread();
    const libalgebra::interruption hook = {[](void* context) {
                                               PyThreadState*& thread =
                                                   *static_cast<PyThreadState**>(context);
                                               PyEval_RestoreThread(thread);
                                               const bool raised = PyErr_CheckSignals() != 0;
                                               thread = PyEval_SaveThread();
                                               return raised;
                                           },
                                           &saved};
    const libalgebra::status result = function(hook);
    PyEval_RestoreThread(saved);
    return result;
}

} // namespace esig
