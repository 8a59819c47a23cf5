// kernel_avx2.cpp: the kernels for x86-64 processors with AVX2 and FMA.
#include "kernel.h"

#if LIBALGEBRA_X86_KERNELS

#define LIBALGEBRA_VARIANT avx2
#define LIBALGEBRA_VECTOR_BYTES 32
#define LIBALGEBRA_GROUP 2
#define LIBALGEBRA_FUSED 1
#define LIBALGEBRA_TARGET __attribute__((target("avx2,fma")))

#if !defined(__clang__)

namespace libalgebra {
namespace {

typedef float floats_of_avx2 __attribute__((vector_size(32)));
typedef double doubles_of_avx2 __attribute__((vector_size(32)));

/// gcc has no multiply-add of vectors but that of the instruction set.
LIBALGEBRA_TARGET inline floats_of_avx2 fused(floats_of_avx2 z, floats_of_avx2 b,
                                              floats_of_avx2 s) {
    return __builtin_ia32_vfmaddps256(z, b, s);
}

LIBALGEBRA_TARGET inline doubles_of_avx2 fused(doubles_of_avx2 z, doubles_of_avx2 b,
                                               doubles_of_avx2 s) {
    return __builtin_ia32_vfmaddpd256(z, b, s);
}

} // namespace
} // namespace libalgebra

#endif

#include "kernel_body.h"
#include "tensor_kernel_body.h"

namespace libalgebra {

const kernels avx2_kernels = {avx2::table<float>, avx2::table<double>, avx2::tensor_table};

} // namespace libalgebra

#include "kernel_end.h"

#endif
