// monomials.h: a basis of the polynomials up to a degree, evaluated at one point after another.
#pragma once

#include "libalgebra/buffer.h"
#include "libalgebra/status.h"

#include <cstddef>
#include <cstdint>

namespace libalgebra {

/// Products of Chebyshev polynomials of the coordinates, by total degree. They span what the
/// monomials span, and stay well away from linear dependence on [-1, 1], where powers do not.
class monomial_basis {
public:
    [[nodiscard]] status build(std::size_t width, std::size_t degree);

    [[nodiscard]] std::size_t size() const { return products_.size(); }

    /// values[k] for k < size(), at a point with its coordinates in [-1, 1]; values[0] is 1.
    void evaluate(const double* point, double* values);

    /// errors[k]: what errors in the coordinates make of value k, to first order and away from the
    /// cube's boundary.
    void propagate(const double* point_errors, double* errors) const;

    [[nodiscard]] static status workspace(std::size_t width, std::size_t degree,
                                          std::size_t& bytes);

private:
    /// values[k] = values[earlier] * powers_[power], for every k but 0.
    struct product {
        std::uint32_t earlier;
        std::uint32_t power; ///< last coordinate of the product * degree_ + its power - 1
    };

    std::size_t width_ = 0;
    std::size_t degree_ = 0;
    buffer<product> products_;
    buffer<double> powers_;
};

} // namespace libalgebra
