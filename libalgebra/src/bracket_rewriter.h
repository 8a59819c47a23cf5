// bracket_rewriter.h: any bracket of two Hall basis elements as a sum of basis elements.
#pragma once

#include "libalgebra/buffer.h"
#include "libalgebra/hall_basis.h"
#include "libalgebra/status.h"

#include <cstddef>
#include <cstdint>

namespace libalgebra {

/// One term of a Lie element with integer coordinates.
struct lie_term {
    hall_key key;
    std::int32_t coefficient;
};

/// A Lie element with integer coordinates: `sign` times either one basis element or `count` terms
/// that the rewriter holds from `begin` on.
struct bracket_sum {
    std::size_t begin = 0;
    std::size_t count = 0;
    hall_key single = 0;
    std::int32_t sign = 1;
};

/// Rewrites by Jacobi and remembers every pair that it had to rewrite.
class bracket_rewriter {
public:
    explicit bracket_rewriter(const hall_basis& basis) : basis_(basis) {}

    /// [i, j] for keys whose degrees add up to at most the depth of the basis.
    [[nodiscard]] status bracket(hall_key i, hall_key j, bracket_sum& sum);

    /// Appends the terms of [i, j], for a pair i < j outside the basis, and does not remember them.
    [[nodiscard]] status append(hall_key i, hall_key j, buffer<lie_term>& terms);

private:
    /// A term of a sum in progress.
    struct wide_term {
        hall_key key;
        std::int64_t coefficient;
    };

    struct slot {
        hall_key i; ///< 0 marks a free slot
        hall_key j;
        std::uint32_t count;
        std::size_t begin;
    };

    [[nodiscard]] lie_term term(const bracket_sum& sum, std::size_t index) const;
    status rewrite(hall_key i, hall_key j, bracket_sum& sum);
    status add_jacobi(hall_key i, hall_key j, std::size_t frame);
    status add_nested(hall_key i, hall_key a, hall_key b, std::int64_t sign, std::size_t frame);
    status add(std::size_t frame, hall_key key, std::int64_t coefficient);
    [[nodiscard]] status move_frame(std::size_t frame, buffer<lie_term>& terms);
    slot* find(hall_key i, hall_key j);
    status grow();

    const hall_basis& basis_;
    buffer<lie_term> terms_;   ///< of all remembered pairs
    buffer<wide_term> frames_; ///< sums in progress, a stack; each one ascends by key
    buffer<slot> slots_;       ///< open addressing; a power of two, at most three quarters full
    std::size_t used_ = 0;
};

} // namespace libalgebra
