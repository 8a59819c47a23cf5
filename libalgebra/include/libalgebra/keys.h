// libalgebra/keys.h: the names of words and of Hall basis elements, as text.
#pragma once

#include "libalgebra/hall_basis_cache.h"
#include "libalgebra/shape.h"
#include "libalgebra/status.h"

#include <cstddef>

namespace libalgebra {

/// Length in bytes of the text that `tensor_keys` writes.
[[nodiscard]] status tensor_keys_size(const shape& s, std::size_t& bytes);

/// All words in the order of the signature, a space before each; no terminator is written.
/// Width 2 and depth 2: " () (1) (2) (1,1) (1,2) (2,1) (2,2)".
[[nodiscard]] status tensor_keys(const shape& s, char* text);

/// Length in bytes of the text that `lie_keys` writes.
[[nodiscard]] status lie_keys_size(const shape& s, hall_basis_cache& cache, std::size_t& bytes);

/// All Hall basis elements in their order, a space before each; no terminator is written.
/// Width 2 and depth 3: " 1 2 [1,2] [1,[1,2]] [2,[1,2]]".
[[nodiscard]] status lie_keys(const shape& s, hall_basis_cache& cache, char* text);

} // namespace libalgebra
