// libalgebra/tensor.h: arithmetic in the truncated tensor algebra.
#pragma once

#include "libalgebra/interruption.h"
#include "libalgebra/shape.h"
#include "libalgebra/status.h"

namespace libalgebra {

/// A tensor of shape s is an array of tensor_size(s) coefficients, by word length, then
/// lexicographically, from the empty word. `Real` is float or double.
///
/// In every function the result may be an argument itself (the same pointer, in any combination);
/// other overlaps are not allowed. Every function returns `too_large` or `invalid_argument` for a
/// shape without a size and `invalid_argument` for a null pointer, and those that take a hook
/// `interrupted` when the caller asks to stop; the result is then undefined.

/// 1 at the empty word, 0 elsewhere.
template <typename Real>
[[nodiscard]] status tensor_unit(const shape& s, Real* result);

template <typename Real>
[[nodiscard]] status tensor_add(const shape& s, const Real* a, const Real* b, Real* result);

template <typename Real>
[[nodiscard]] status tensor_subtract(const shape& s, const Real* a, const Real* b, Real* result);

template <typename Real>
[[nodiscard]] status tensor_scale(const shape& s, Real factor, const Real* a, Real* result);

/// The concatenation product, without the words longer than the depth.
template <typename Real>
[[nodiscard]] status tensor_multiply(const shape& s, const Real* a, const Real* b, Real* result,
                                     const interruption& stop = {});

/// exp(a) = 1 + a + a^2/2! + ... by Horner's rule. `invalid_argument` unless the constant term
/// is 0; allocates tensor_size({width, depth - 1}) coefficients.
template <typename Real>
[[nodiscard]] status tensor_exp(const shape& s, const Real* a, Real* result,
                                const interruption& stop = {});

/// The tensor whose exponential is a, found level by level, which is backward stable: the
/// exponential of the result differs from a by rounding alone, as the series of the logarithm does
/// not make it. `invalid_argument` unless the constant term is 1; allocates what
/// `tensor_log_workspace` says.
template <typename Real>
[[nodiscard]] status tensor_log(const shape& s, const Real* a, Real* result,
                                const interruption& stop = {});

/// How many coefficients tensor_log allocates.
[[nodiscard]] status tensor_log_workspace(const shape& s, std::size_t& coefficients);

/// The inverse with respect to tensor_multiply. `invalid_argument` if the constant term is 0;
/// allocates tensor_size({width, depth - 1}) coefficients.
template <typename Real>
[[nodiscard]] status tensor_inverse(const shape& s, const Real* a, Real* result);

/// The antipode: each word reversed, with the sign of its length. On a signature, the inverse.
/// Reutenauer, Free Lie Algebras, chapter 1.
template <typename Real>
[[nodiscard]] status tensor_antipode(const shape& s, const Real* a, Real* result);

} // namespace libalgebra
