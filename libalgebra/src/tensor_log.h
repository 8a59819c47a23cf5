// tensor_log.h: the logarithm in memory that the caller provides.
#pragma once

#include "libalgebra/shape.h"

namespace libalgebra {

/// tensor_log of a tensor whose constant term is 1. `workspace` holds what tensor_log_workspace
/// says; there is then the last k of t(k), one after the other, without their top levels.
void tensor_log_with(const shape& s, const double* a, double* workspace, double* result);

} // namespace libalgebra
