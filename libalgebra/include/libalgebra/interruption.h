// libalgebra/interruption.h: how a caller stops a long computation.
#pragma once

namespace libalgebra {

/// A question that long computations ask the caller now and then, some 20 to 50 ms of work apart;
/// the work is counted in arithmetic operations, so no clock is read. When the answer is true they
/// return `interrupted`. Without a function nobody is asked.
struct interruption {
    bool (*should_stop)(void* context) = nullptr;
    void* context = nullptr;
};

} // namespace libalgebra
