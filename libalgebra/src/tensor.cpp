// tensor.cpp: arithmetic in the truncated tensor algebra but the logarithm, in float and double.
#include "libalgebra/tensor.h"

#include "checked.h"
#include "kernel.h"
#include "libalgebra/buffer.h"
#include "tensor_levels.h"

#include <cstring>

namespace libalgebra {

namespace {

template <typename Real>
status checked_size(const shape& s, const Real* a, const Real* b, std::size_t& size) {
    LIBALGEBRA_TRY(tensor_size(s, size));
    if (size > static_cast<std::size_t>(PTRDIFF_MAX) / sizeof(Real))
        return status::too_large;
    return a == nullptr || b == nullptr ? status::invalid_argument : status::ok;
}

template <typename Real>
void copy(const Real* from, std::size_t size, Real* to) {
    if (from != to)
        std::memcpy(to, from, size * sizeof(Real));
}

/// Room for the levels below the top one. Series are evaluated there; only their last step, which
/// reads each level of the argument for the last time, writes over the argument itself.
template <typename Real>
status lower_levels(const shape& s, buffer<Real>& lower) {
    std::size_t size = 0;
    LIBALGEBRA_TRY(tensor_size({s.width, s.depth == 0 ? 0 : s.depth - 1}, size));
    return lower.resize(size);
}

} // namespace

template <typename Real>
status tensor_unit(const shape& s, Real* result) {
    std::size_t size = 0;
    LIBALGEBRA_TRY(checked_size(s, result, result, size));
    std::memset(result, 0, size * sizeof(Real));
    result[0] = Real(1);
    return status::ok;
}

template <typename Real>
status tensor_add(const shape& s, const Real* a, const Real* b, Real* result) {
    std::size_t size = 0;
    LIBALGEBRA_TRY(checked_size(s, a, b, size));
    if (result == nullptr)
        return status::invalid_argument;
    for (std::size_t i = 0; i < size; ++i)
        result[i] = a[i] + b[i];
    return status::ok;
}

template <typename Real>
status tensor_subtract(const shape& s, const Real* a, const Real* b, Real* result) {
    std::size_t size = 0;
    LIBALGEBRA_TRY(checked_size(s, a, b, size));
    if (result == nullptr)
        return status::invalid_argument;
    for (std::size_t i = 0; i < size; ++i)
        result[i] = a[i] - b[i];
    return status::ok;
}

template <typename Real>
status tensor_scale(const shape& s, Real factor, const Real* a, Real* result) {
    std::size_t size = 0;
    LIBALGEBRA_TRY(checked_size(s, a, result, size));
    for (std::size_t i = 0; i < size; ++i)
        result[i] = factor * a[i];
    return status::ok;
}

template <typename Real>
status tensor_multiply(const shape& s, const Real* a, const Real* b, Real* result,
                       const interruption& stop) {
    std::size_t size = 0;
    std::size_t spent = 0;
    pacer pace(stop, spent);
    LIBALGEBRA_TRY(checked_size(s, a, b, size));
    if (result == nullptr)
        return status::invalid_argument;

    // From the top down, and within a level the terms that read this level first: so the result
    // may be an argument.
    const Real a0 = a[0];
    const Real b0 = b[0];
    tensor_level n = level_of(s.width, s.depth);
    for (; n.length > 0; n.down(s.width)) {
        Real* out = result + n.begin;
        for (std::size_t i = 0; i < n.size; ++i)
            out[i] = a[n.begin + i] * b0 + a0 * b[n.begin + i];
        if (combine_level(level_combination<Real>{n, s.width, a, b, out, Real(1), Real(1), out},
                          pace))
            return status::interrupted;
    }
    result[0] = a0 * b0;
    return status::ok;
}

/// t(N+1) = 1, t(k) = 1 + a t(k+1) / k, and exp(a) = t(1). Later steps multiply t(k) by a^(k-1),
/// so only its levels up to N - k + 1 matter.
template <typename Real>
status tensor_exp(const shape& s, const Real* a, Real* result, const interruption& stop) {
    std::size_t size = 0;
    std::size_t spent = 0;
    pacer pace(stop, spent);
    buffer<Real> lower;
    LIBALGEBRA_TRY(checked_size(s, a, result, size));
    if (!(a[0] == Real(0)))
        return status::invalid_argument;
    LIBALGEBRA_TRY(lower_levels(s, lower));
    copy(a, size, result);

    Real* t = lower.data();
    for (std::size_t k = s.depth; k >= 1; --k) {
        Real* out = k == 1 ? result : t;
        for (tensor_level n = level_of(s.width, s.depth - k + 1); n.length > 0; n.down(s.width)) {
            const Real scale = Real(1) / static_cast<Real>(k);
            if (combine_level(level_combination<Real>{n, s.width, result, t, result + n.begin,
                                                      Real(1), scale, out + n.begin},
                              pace))
                return status::interrupted;
        }
    }
    result[0] = Real(1);
    return status::ok;
}

/// r_0 = 1/a_0 and r_n = -1/a_0 times the sum over 0 < i <= n of a_i r_(n-i).
template <typename Real>
status tensor_inverse(const shape& s, const Real* a, Real* result) {
    std::size_t size = 0;
    buffer<Real> lower;
    LIBALGEBRA_TRY(checked_size(s, a, result, size));
    if (a[0] == Real(0))
        return status::invalid_argument;
    LIBALGEBRA_TRY(lower_levels(s, lower));
    copy(a, size, result);

    Real* r = lower.data();
    const Real r0 = Real(1) / result[0];
    tensor_level n;
    for (std::size_t length = 1; length <= s.depth; ++length) {
        n.up(s.width);
        Real* level = length == s.depth ? result + n.begin : r + n.begin;
        for (std::size_t i = 0; i < n.size; ++i)
            level[i] = result[n.begin + i] * r0;
        add_inner_products(n, s.width, result, r, level);
        for (std::size_t i = 0; i < n.size; ++i)
            level[i] *= -r0;
    }
    r[0] = r0;
    copy(r, lower.size(), result);
    return status::ok;
}

template <typename Real>
status tensor_antipode(const shape& s, const Real* a, Real* result) {
    std::size_t size = 0;
    LIBALGEBRA_TRY(checked_size(s, a, result, size));

    result[0] = a[0];
    tensor_level n;
    for (std::size_t length = 1; length <= s.depth; ++length) {
        n.up(s.width);
        const Real sign = length % 2 == 0 ? Real(1) : Real(-1);
        const std::size_t first_letter = n.size / s.width;
        std::size_t reversed = 0;
        for (std::size_t word = 0; word < n.size; ++word) {
            // Both words of a pair are read before either is written: the result may be a.
            if (word <= reversed) {
                const Real here = a[n.begin + word];
                const Real there = a[n.begin + reversed];
                result[n.begin + word] = sign * there;
                result[n.begin + reversed] = sign * here;
            }
            // The next word, counted from the first letter on.
            std::size_t weight = first_letter;
            while (weight > 1 && reversed / weight % s.width == s.width - 1) {
                reversed -= (s.width - 1) * weight;
                weight /= s.width;
            }
            reversed += weight;
        }
    }
    return status::ok;
}

#define LIBALGEBRA_INSTANTIATE(Real)                                                               \
    template status tensor_unit<Real>(const shape&, Real*);                                        \
    template status tensor_add<Real>(const shape&, const Real*, const Real*, Real*);               \
    template status tensor_subtract<Real>(const shape&, const Real*, const Real*, Real*);          \
    template status tensor_scale<Real>(const shape&, Real, const Real*, Real*);                    \
    template status tensor_multiply<Real>(const shape&, const Real*, const Real*, Real*,           \
                                          const interruption&);                                    \
    template status tensor_exp<Real>(const shape&, const Real*, Real*, const interruption&);       \
    template status tensor_inverse<Real>(const shape&, const Real*, Real*);                        \
    template status tensor_antipode<Real>(const shape&, const Real*, Real*);

LIBALGEBRA_INSTANTIATE(float)
LIBALGEBRA_INSTANTIATE(double)

} // namespace libalgebra
