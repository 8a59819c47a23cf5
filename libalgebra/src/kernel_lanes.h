// kernel_lanes.h: what one instruction set computes at once; included with kernel_body.h, and like
// it once for each of them.
#include <cstddef>

#if defined(__GNUC__)
#define LIBALGEBRA_INLINE inline __attribute__((always_inline)) LIBALGEBRA_TARGET
#define LIBALGEBRA_SHARED __attribute__((noinline)) LIBALGEBRA_TARGET
#else
#define LIBALGEBRA_INLINE __forceinline
#define LIBALGEBRA_SHARED __declspec(noinline)
#endif

namespace libalgebra {
namespace LIBALGEBRA_VARIANT {
namespace {

/// s + z b. The variants that fuse do so here and nowhere else: no compiler contracts anything.
LIBALGEBRA_INLINE float multiply_add(float z, float b, float s) {
#if LIBALGEBRA_FUSED
    return __builtin_fmaf(z, b, s);
#else
    return s + z * b;
#endif
}

LIBALGEBRA_INLINE double multiply_add(double z, double b, double s) {
#if LIBALGEBRA_FUSED
    return __builtin_fma(z, b, s);
#else
    return s + z * b;
#endif
}

/// A word of one path.
template <typename Real>
struct one {
    static constexpr std::size_t reals = 1;
    Real value;

    LIBALGEBRA_INLINE static one load(const Real* from) { return {*from}; }
    LIBALGEBRA_INLINE static one broadcast(Real value) { return {value}; }
    LIBALGEBRA_INLINE void store(Real* to) const { *to = value; }
    LIBALGEBRA_INLINE one times(one b) const { return {value * b.value}; }
    LIBALGEBRA_INLINE one plus(one b) const { return {value + b.value}; }
    LIBALGEBRA_INLINE one minus(one b) const { return {value - b.value}; }
    LIBALGEBRA_INLINE one plus_product(Real z, one b) const {
        return {multiply_add(z, b.value, value)};
    }
    LIBALGEBRA_INLINE one plus_product(one z, one b) const { return plus_product(z.value, b); }
};

#if defined(__GNUC__)

/// A vector in registers, and the same anywhere in memory. (gcc copies by halves what memcpy does.)
template <typename Real>
struct native;
template <>
struct native<float> {
    typedef float vector __attribute__((vector_size(LIBALGEBRA_VECTOR_BYTES)));
    typedef vector stored __attribute__((aligned(alignof(float)), may_alias));
};
template <>
struct native<double> {
    typedef double vector __attribute__((vector_size(LIBALGEBRA_VECTOR_BYTES)));
    typedef vector stored __attribute__((aligned(alignof(double)), may_alias));
};

template <typename Vector>
LIBALGEBRA_INLINE Vector multiply_add_vector(Vector z, Vector b, Vector s) {
#if !LIBALGEBRA_FUSED
    return s + z * b;
#elif defined(__clang__)
    return __builtin_elementwise_fma(z, b, s);
#else
    return fused(z, b, s); // of the file that includes this one
#endif
}

/// Some vectors of contiguous Reals.
template <typename Real, std::size_t Vectors>
struct several {
    using vector = typename native<Real>::vector;
    using stored = typename native<Real>::stored;
    static constexpr std::size_t reals = Vectors * sizeof(vector) / sizeof(Real);
    vector part[Vectors];

    LIBALGEBRA_INLINE static several load(const Real* from) {
        several result;
        for (std::size_t i = 0; i < Vectors; ++i)
            result.part[i] = reinterpret_cast<const stored*>(from)[i];
        return result;
    }
    LIBALGEBRA_INLINE static several broadcast(Real value) {
        several result;
        for (std::size_t i = 0; i < Vectors; ++i)
            result.part[i] = value - vector{};
        return result;
    }
    LIBALGEBRA_INLINE void store(Real* to) const {
        for (std::size_t i = 0; i < Vectors; ++i)
            reinterpret_cast<stored*>(to)[i] = part[i];
    }
    LIBALGEBRA_INLINE several times(const several& b) const {
        several result;
        for (std::size_t i = 0; i < Vectors; ++i)
            result.part[i] = part[i] * b.part[i];
        return result;
    }
    LIBALGEBRA_INLINE several plus(const several& b) const {
        several result;
        for (std::size_t i = 0; i < Vectors; ++i)
            result.part[i] = part[i] + b.part[i];
        return result;
    }
    LIBALGEBRA_INLINE several minus(const several& b) const {
        several result;
        for (std::size_t i = 0; i < Vectors; ++i)
            result.part[i] = part[i] - b.part[i];
        return result;
    }
    LIBALGEBRA_INLINE several plus_product(const several& z, const several& b) const {
        several result;
        for (std::size_t i = 0; i < Vectors; ++i)
            result.part[i] = multiply_add_vector(z.part[i], b.part[i], part[i]);
        return result;
    }
    LIBALGEBRA_INLINE several plus_product(Real z, const several& b) const {
        return plus_product(broadcast(z), b);
    }
};

/// Doubles rounded to floats.
LIBALGEBRA_INLINE void store_rounded(const several<double, 1>& doubles, float* to) {
    typedef float narrow __attribute__((vector_size(LIBALGEBRA_VECTOR_BYTES / 2)));
    typedef narrow stored __attribute__((aligned(alignof(float)), may_alias));
    *reinterpret_cast<stored*>(to) = __builtin_convertvector(doubles.part[0], narrow);
}

template <typename Real>
using vector_of = several<Real, 1>;
template <typename Real>
using group_of = several<Real, LIBALGEBRA_GROUP>;

#else // a compiler without vectors of its own, such as Microsoft's: plain loops over words

inline void store_rounded(one<double> from, float* to) {
    *to = static_cast<float>(from.value);
}

template <typename Real>
using vector_of = one<Real>;
template <typename Real>
using group_of = one<Real>;

#endif

/// A factor that all lanes share, or one for each lane.
template <typename Real>
struct shared_factor {
    static constexpr std::size_t reals = 1;
    LIBALGEBRA_INLINE static Real load(const Real* from) { return *from; }
};

LIBALGEBRA_INLINE void store_rounded(const vector_of<double>& doubles, double* to) {
    doubles.store(to);
}

} // namespace
} // namespace LIBALGEBRA_VARIANT
} // namespace libalgebra
