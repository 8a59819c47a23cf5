// libalgebra/status.h: how a function says whether it succeeded.
#pragma once

namespace libalgebra {

/// Every function that can fail returns one of these; the library neither throws nor prints.
/// After anything but `ok`, the contents of the results are unspecified and nothing is leaked.
enum class [[nodiscard]] status {
    ok,
    invalid_argument, ///< a width of 0, a null pointer, a constant term that the operation excludes
    too_large,        ///< a size that does not fit in the address space: nothing was allocated
    out_of_memory,    ///< the system refused an allocation
    interrupted,      ///< the caller asked to stop
};

} // namespace libalgebra
