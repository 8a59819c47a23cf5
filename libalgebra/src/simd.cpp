// simd.cpp: what this machine can run, and the choice of a variant.
#include "libalgebra/simd.h"

#include "kernel.h"

#include <atomic>

#if LIBALGEBRA_X86_KERNELS
#include <cpuid.h>
#endif

namespace libalgebra {

namespace {

#if LIBALGEBRA_X86_KERNELS

/// The registers that the system saves when it switches between threads (XCR0).
unsigned saved_registers() {
    unsigned low = 0;
    unsigned high = 0;
    __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    return low;
}

/// The best variant that the processor has and the system supports.
simd best_variant() {
    constexpr unsigned fma = 1U << 12, osxsave = 1U << 27, avx = 1U << 28; // leaf 1, ecx
    constexpr unsigned avx2 = 1U << 5, avx512f = 1U << 16;                 // leaf 7, ebx
    constexpr unsigned ymm = 0x6, zmm = 0xe6;
    unsigned eax = 0, ebx = 0, ecx = 0, edx = 0;
    if (__get_cpuid(1, &eax, &ebx, &ecx, &edx) == 0 || (ecx & fma) == 0 || (ecx & osxsave) == 0 ||
        (ecx & avx) == 0)
        return simd::baseline;
    const unsigned saved = saved_registers();
    if ((saved & ymm) != ymm || __get_cpuid_count(7, 0, &eax, &ebx, &ecx, &edx) == 0 ||
        (ebx & avx2) == 0)
        return simd::baseline;
    return (saved & zmm) == zmm && (ebx & avx512f) != 0 ? simd::avx512 : simd::avx2;
}

const kernels& kernels_of(simd variant) {
    if (variant == simd::avx512)
        return avx512_kernels;
    return variant == simd::avx2 ? avx2_kernels : baseline_kernels;
}

#else

simd best_variant() {
    return simd::baseline;
}

const kernels& kernels_of(simd) {
    return baseline_kernels;
}

#endif

/// The variant in use, or -1 before anybody asked for it.
std::atomic<int> chosen{-1};

} // namespace

const char* simd_name(simd variant) {
    if (variant == simd::avx512)
        return "avx512";
    return variant == simd::avx2 ? "avx2" : "baseline";
}

bool simd_is_available(simd variant) {
    return static_cast<int>(variant) <= static_cast<int>(best_variant());
}

simd simd_in_use() {
    int variant = chosen.load(std::memory_order_relaxed);
    if (variant < 0) {
        // Several threads may find out at the same time: they all find the same.
        variant = static_cast<int>(best_variant());
        chosen.store(variant, std::memory_order_relaxed);
    }
    return static_cast<simd>(variant);
}

status simd_select(simd variant) {
    if (!simd_is_available(variant))
        return status::invalid_argument;
    chosen.store(static_cast<int>(variant), std::memory_order_relaxed);
    return status::ok;
}

const kernels& kernels_in_use() {
    return kernels_of(simd_in_use());
}

} // namespace libalgebra
