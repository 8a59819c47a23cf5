// kernel_baseline.cpp: the kernels for what every processor of the target has.
#define LIBALGEBRA_VARIANT baseline
#define LIBALGEBRA_VECTOR_BYTES 16
#define LIBALGEBRA_GROUP 2
#define LIBALGEBRA_FUSED 0
#define LIBALGEBRA_TARGET

#include "kernel_body.h"
#include "tensor_kernel_body.h"

namespace libalgebra {

const kernels baseline_kernels = {baseline::table<float>, baseline::table<double>,
                                  baseline::tensor_table};

} // namespace libalgebra

#include "kernel_end.h"
