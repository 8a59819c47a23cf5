// libalgebra/signature.h: the signature of a piecewise linear path.
#pragma once

#include "libalgebra/path.h"
#include "libalgebra/shape.h"
#include "libalgebra/status.h"

#include <cstddef>

namespace libalgebra {

/// The signature of `path` up to words of length `depth`: the product of the exponentials of its
/// increments (Chen's identity). `result` receives tensor_size({path.width, depth}) doubles, by
/// word length, then lexicographically; result[0] is 1. A path of fewer than two points gives the
/// unit. NaN and infinity in a coordinate reach exactly the words that contain its letter.
/// The result depends on the values alone, not on type, strides or alignment of the data.
[[nodiscard]] status signature(const path_view& path, std::size_t depth, double* result);

/// An upper bound of the bytes that `signature` allocates while it runs, its result not included.
[[nodiscard]] status signature_workspace(const shape& s, std::size_t& bytes);

} // namespace libalgebra
