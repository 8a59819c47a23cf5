// monomials.cpp: listing the products of Chebyshev polynomials, and evaluating them.
#include "monomials.h"

#include "checked.h"
#include "libalgebra/recombine.h"

#include <cstring>

namespace libalgebra {

status monomials_size(std::size_t width, std::size_t degree, std::size_t& size) {
    // C(large + k, k) for k = 1, 2, ..., small: each is an integer, and the last is the largest.
    const std::size_t small = width < degree ? width : degree;
    const std::size_t large = width < degree ? degree : width;
    std::size_t binomial = 1;
    for (std::size_t k = 1; k <= small; ++k) {
        std::size_t factor = 0;
        std::size_t remainder = 0;
        LIBALGEBRA_TRY(checked_add(large, k, factor));
        LIBALGEBRA_TRY(checked_multiply(binomial % k, factor, remainder));
        LIBALGEBRA_TRY(checked_multiply(binomial / k, factor, binomial));
        LIBALGEBRA_TRY(checked_add(binomial, remainder / k, binomial));
    }
    size = binomial;
    return status::ok;
}

status monomial_basis::workspace(std::size_t width, std::size_t degree, std::size_t& bytes) {
    std::size_t powers = 0;
    LIBALGEBRA_TRY(checked_multiply(width, degree, powers));
    LIBALGEBRA_TRY(checked_multiply(powers, sizeof(double), powers));
    LIBALGEBRA_TRY(monomials_size(width, degree, bytes));
    LIBALGEBRA_TRY(checked_multiply(bytes, sizeof(product), bytes));
    return checked_add(bytes, powers, bytes);
}

status monomial_basis::build(std::size_t width, std::size_t degree) {
    std::size_t size = 0;
    std::size_t powers = 0;
    LIBALGEBRA_TRY(monomials_size(width, degree, size));
    LIBALGEBRA_TRY(checked_multiply(width, degree, powers));
    if (size > INT32_MAX || powers > INT32_MAX)
        return status::too_large;
    LIBALGEBRA_TRY(products_.resize(size));
    LIBALGEBRA_TRY(powers_.resize(powers));
    width_ = width;
    degree_ = degree;

    const auto step = static_cast<std::uint32_t>(degree);
    const auto last = static_cast<std::uint32_t>(powers);
    std::uint32_t end = 0;
    products_[end++] = {0, 0};
    for (std::uint32_t power = 0; power < last; power += step)
        products_[end++] = {0, power};
    std::uint32_t begin = 1;
    for (std::size_t total = 2; total <= degree; ++total) {
        // Each of the degree before gets one more of its last coordinate, or one of a later one.
        const std::uint32_t level_end = end;
        for (std::uint32_t k = begin; k < level_end; ++k) {
            const product p = products_[k];
            products_[end++] = {p.earlier, p.power + 1};
            for (std::uint32_t power = (p.power / step + 1) * step; power < last; power += step)
                products_[end++] = {k, power};
        }
        begin = level_end;
    }
    return status::ok;
}

void monomial_basis::propagate(const double* point_errors, double* errors) const {
    errors[0] = 0.0;
    for (std::size_t k = 1; k < products_.size(); ++k) {
        const product p = products_[k];
        const double slope = static_cast<double>(p.power % degree_ + 1);
        errors[k] = errors[p.earlier] + slope * point_errors[p.power / degree_];
    }
}

void monomial_basis::evaluate(const double* point, double* values) {
    values[0] = 1.0;
    if (degree_ == 1) {
        std::memcpy(values + 1, point, width_ * sizeof(double));
        return;
    }
    double* t = powers_.data();
    for (std::size_t i = 0; i < width_; ++i, t += degree_) {
        const double x = point[i];
        t[0] = x;
        t[1] = 2.0 * x * x - 1.0;
        for (std::size_t n = 2; n < degree_; ++n)
            t[n] = 2.0 * x * t[n - 1] - t[n - 2];
    }
    const std::size_t size = products_.size();
    for (std::size_t k = 1; k < size; ++k)
        values[k] = values[products_[k].earlier] * powers_[products_[k].power];
}

} // namespace libalgebra
