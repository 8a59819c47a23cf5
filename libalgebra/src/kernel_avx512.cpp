// kernel_avx512.cpp: the kernels for x86-64 processors with AVX-512.
#include "kernel.h"

#if LIBALGEBRA_X86_KERNELS

#define LIBALGEBRA_VARIANT avx512
#define LIBALGEBRA_VECTOR_BYTES 64
#define LIBALGEBRA_GROUP 2
#define LIBALGEBRA_FUSED 1
#define LIBALGEBRA_TARGET __attribute__((target("avx512f,avx2,fma")))

#if !defined(__clang__)

namespace libalgebra {
namespace {

typedef float floats_of_avx512 __attribute__((vector_size(64)));
typedef double doubles_of_avx512 __attribute__((vector_size(64)));

/// gcc has no multiply-add of vectors but that of the instruction set.
LIBALGEBRA_TARGET inline floats_of_avx512 fused(floats_of_avx512 z, floats_of_avx512 b,
                                                floats_of_avx512 s) {
    return __builtin_ia32_vfmaddps512_mask(z, b, s, -1, 4);
}

LIBALGEBRA_TARGET inline doubles_of_avx512 fused(doubles_of_avx512 z, doubles_of_avx512 b,
                                                 doubles_of_avx512 s) {
    return __builtin_ia32_vfmaddpd512_mask(z, b, s, -1, 4);
}

} // namespace
} // namespace libalgebra

#endif

#include "kernel_body.h"
#include "tensor_kernel_body.h"

namespace libalgebra {

const kernels avx512_kernels = {avx512::table<float>, avx512::table<double>, avx512::tensor_table};

} // namespace libalgebra

#include "kernel_end.h"

#endif
