// work_counter.h: asking now and then whether a long computation is still wanted.
#pragma once

#include "libalgebra/interruption.h"
#include "libalgebra/status.h"

#include <cstddef>

namespace libalgebra {

/// Counts operations, and asks the caller's hook each time they are a few milliseconds of work.
class work_counter {
public:
    explicit work_counter(const interruption& hook) : hook_(hook) {}

    /// `interrupted` if the caller wants no more.
    [[nodiscard]] status add(std::size_t operations) {
        done_ += operations;
        if (done_ < operations_max)
            return status::ok;
        done_ = 0;
        const bool stop = hook_.should_stop != nullptr && hook_.should_stop(hook_.context);
        return stop ? status::interrupted : status::ok;
    }

private:
    static constexpr std::size_t operations_max = std::size_t{1} << 24;

    interruption hook_;
    std::size_t done_ = 0;
};

} // namespace libalgebra
