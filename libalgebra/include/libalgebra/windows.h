// libalgebra/windows.h: the signatures of all windows of a path.
#pragma once

#include "libalgebra/buffer.h"
#include "libalgebra/interruption.h"
#include "libalgebra/path.h"
#include "libalgebra/shape.h"
#include "libalgebra/signature.h"
#include "libalgebra/status.h"

#include <cstddef>

namespace libalgebra {

/// Windows of a path: window i has the `length` points from point i * `step` on. Both are at
/// least 1.
struct sliding {
    std::size_t length;
    std::size_t step;
};

/// How many windows there are in so many points.
[[nodiscard]] std::size_t window_count(std::size_t points, const sliding& windows);

/// Which windows are computed together. Where windows overlap by much, the path is cut into blocks
/// as long as a window's steps. A window begins in one block and ends in the next: its signature is
/// that of the rest of the first times that of the beginning of the second. So a window costs three
/// products, however long it is; and no error outlives a window, as it would if points that leave
/// were divided out. Where that is no gain every window is computed by itself.
class window_plan {
public:
    /// Of no windows.
    window_plan() = default;
    window_plan(const shape& s, const sliding& windows, std::size_t points);

    /// The number of windows.
    [[nodiscard]] std::size_t count() const { return count_; }

    /// The number of groups of windows that are computed together.
    [[nodiscard]] std::size_t groups() const;

    /// The windows of a group are those from group_begin(group) to before group_begin(group + 1).
    [[nodiscard]] std::size_t group_begin(std::size_t group) const;

    /// The most windows that a group has.
    [[nodiscard]] std::size_t group_size_max() const;

    /// An estimate of the multiplications that a group takes.
    [[nodiscard]] double group_cost() const;

    [[nodiscard]] const shape& tensors() const { return shape_; }
    [[nodiscard]] const sliding& windows() const { return windows_; }
    [[nodiscard]] bool is_direct() const { return is_direct_; }

private:
    [[nodiscard]] std::size_t steps() const { return windows_.length - 1; }

    shape shape_{1, 0};
    sliding windows_{1, 1};
    std::size_t count_ = 0;
    bool is_direct_ = true; ///< every window by itself: then it is a group
};

/// Computes the windows of groups. One engine serves one thread at a time; results do not depend
/// on who computes what. Statuses are those of `signature_engine`.
template <typename Real>
class window_engine {
public:
    [[nodiscard]] status prepare(const window_plan& plan, const interruption& stop = {});

    /// The signatures of the windows of a group: the one of window group_begin(group) + i is at
    /// results + i * result_stride. The path has as many points as the plan was made for.
    [[nodiscard]] status compute(const path_view& path, std::size_t group, Real* results,
                                 std::size_t result_stride);

private:
    [[nodiscard]] status compute_rests(const path_view& path, std::size_t group, Real* results,
                                       std::size_t result_stride);
    [[nodiscard]] status multiply_beginnings(const path_view& path, std::size_t group,
                                             Real* results, std::size_t result_stride);

    const window_plan* plan_ = nullptr;
    interruption stop_;
    signature_engine<Real> engine_;
    buffer<Real> part_;    ///< the signature of the part of a block that has been gone through
    buffer<double> chord_; ///< from the first point of a window to its last
};

/// An upper bound of the bytes that `window_engine` allocates, beside its results.
[[nodiscard]] status window_workspace(const shape& s, std::size_t& bytes);

} // namespace libalgebra
