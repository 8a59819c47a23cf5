// libalgebra/simd.h: which instruction set the kernels use.
#pragma once

#include "libalgebra/status.h"

namespace libalgebra {

/// Every kernel is compiled once for each of these, from one source. `baseline` is what every
/// processor of the target has; the others are for x86-64 alone. Results of `avx2` and `avx512`
/// are equal to the last bit; `baseline` differs from them by rounding, since it has no fused
/// multiply-add.
enum class simd { baseline, avx2, avx512 };

/// "baseline", "avx2" or "avx512".
[[nodiscard]] const char* simd_name(simd variant);

/// True if this library holds the variant and this machine, processor and system, can run it.
[[nodiscard]] bool simd_is_available(simd variant);

/// The variant in use: the best available one, unless `simd_select` chose another.
[[nodiscard]] simd simd_in_use();

/// Changes the variant for the whole process: for tests and reports, while nothing computes.
/// `invalid_argument` if it is not available.
[[nodiscard]] status simd_select(simd variant);

} // namespace libalgebra
