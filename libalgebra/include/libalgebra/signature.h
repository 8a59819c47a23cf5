// libalgebra/signature.h: the signature of a piecewise linear path, of one or of many.
#pragma once

#include "libalgebra/buffer.h"
#include "libalgebra/interruption.h"
#include "libalgebra/path.h"
#include "libalgebra/shape.h"
#include "libalgebra/status.h"

#include <cstddef>

namespace libalgebra {

template <typename Real>
struct kernel;

/// The signature of `path` up to words of length `depth`: the product of the exponentials of its
/// increments (Chen's identity). `result` receives tensor_size({path.width, depth}) doubles, by
/// word length, then lexicographically; result[0] is 1. A path of fewer than two points gives the
/// unit. NaN and infinity in a coordinate reach exactly the words that contain its letter.
/// The result depends on the values alone, not on type, strides or alignment of the data.
[[nodiscard]] status signature(const path_view& path, std::size_t depth, double* result);

/// An upper bound of the bytes that `signature` allocates while it runs, its result not included.
/// The same for `signature_engine`, whatever it is asked for.
[[nodiscard]] status signature_workspace(const shape& s, std::size_t& bytes);

/// `count` paths of the same length and width: path i begins `i * path_stride` bytes after the
/// first.
struct path_batch {
    path_view first;
    std::size_t count;
    std::ptrdiff_t path_stride;
};

/// Computes signatures of one shape, any number of them, in memory that is allocated once.
///
/// `Real` is what it computes in and what results are made of, whatever the type of the points:
/// double, or float with twice the lanes and half the memory. One engine serves one thread at a
/// time; results are the same, bit for bit, whichever way, engine or thread computes them, as long
/// as the variant in use (libalgebra/simd.h) is the same.
///
/// Every result is an array of tensor_size(s) Reals. Every function returns `invalid_argument` for
/// a path of another width, `interrupted` when the caller asks to stop, and works on an engine that
/// `prepare` made ready.
template <typename Real>
class signature_engine {
public:
    /// Makes ready for a shape; `too_large` or `out_of_memory` if it cannot.
    [[nodiscard]] status prepare(const shape& s, const interruption& stop = {});

    /// As the function above.
    [[nodiscard]] status signature(const path_view& path, Real* result);

    /// The signature of path i at results + i * result_stride (counted in Reals). Where trees of
    /// words are too small to fill vectors, paths are computed side by side.
    [[nodiscard]] status signatures(const path_batch& paths, Real* results,
                                    std::size_t result_stride);

    /// result = before * signature(path): the signature of a path that was known until now, and
    /// goes on along `path`. `before` may be `result`.
    [[nodiscard]] status append(const Real* before, const path_view& path, Real* result);

    /// The signatures of the first 1, 2, ... length points, at results + i * result_stride.
    [[nodiscard]] status prefixes(const path_view& path, Real* results, std::size_t result_stride);

    /// Into how many parts a path is cut by all of these functions: one unless it is long. Parts
    /// can be computed by different engines, in any order, and joined by one from the first on.
    [[nodiscard]] std::size_t part_count(const path_view& path) const;

    /// The signature of a part of a path that has several.
    [[nodiscard]] status part(const path_view& path, std::size_t number, Real* result);

    /// Makes the signature of a part, from the second on, and that of all parts before it, in
    /// `result`, that of all parts up to it. With the last one it is what `signature` gives.
    [[nodiscard]] status join(const path_view& path, std::size_t number, const Real* part,
                              Real* result);

private:
    [[nodiscard]] status check(const path_view& path) const;
    [[nodiscard]] bool fits_lanes(const path_batch& paths) const;
    [[nodiscard]] status side_by_side(const path_batch& paths, Real* results,
                                      std::size_t result_stride);
    [[nodiscard]] status append_step(const Real* before, const path_view& path, Real* result);

    shape shape_ = {0, 0};
    std::size_t size_ = 0;
    const kernel<Real>* kernel_ = nullptr;
    interruption stop_;
    std::size_t spent_ = 0;
    buffer<Real> tree_;   ///< what a walk needs
    buffer<Real> part_;   ///< the signature of a part of a long path
    buffer<Real> factor_; ///< the signature that another one is multiplied by
};

} // namespace libalgebra
