// tensor_log.h: the logarithm in memory that the caller provides, and its derivative.
#pragma once

#include "kernel.h"
#include "libalgebra/shape.h"

#include <cstddef>

namespace libalgebra {

/// tensor_log of a tensor whose constant term is 1, up to `levels`, of which `a` and `result` hold
/// no more. `workspace` holds what tensor_log_workspace says for s; the t(k) of tensor_log.cpp are
/// in it then, as far as those levels determine them: t(2), of depth s.depth - 1, then t(3), ...
/// True when stopped.
[[nodiscard]] bool tensor_log_with(const shape& s, std::size_t levels, const double* a,
                                   double* workspace, double* result, pacer& pace);

/// Turns the cotangent of the logarithm into that of its argument, in place. `log` and `tails` are
/// the result and the workspace of tensor_log_with for s.depth - 1 levels; `workspace` is as large
/// as that.
void tensor_log_vjp(const shape& s, const double* log, const double* tails, double* workspace,
                    double* cotangent);

} // namespace libalgebra
