// libalgebra/recombine.h: the reduction of a discrete measure to few points with the same moments.
#pragma once

#include "libalgebra/buffer.h"
#include "libalgebra/interruption.h"
#include "libalgebra/status.h"

#include <cstddef>
#include <cstdint>

namespace libalgebra {

/// `size` point masses. Mass i is weights[i], 1 if `weights` is null, and sits at the row
/// selector[i], i if `selector` is null, of `points`: contiguous rows of `width` coordinates. The
/// view owns nothing; rows may be selected more than once.
struct measure_view {
    const double* points;
    std::size_t width;
    const std::int64_t* selector;
    const double* weights;
    std::size_t size;
};

/// What is left of a measure: positions among its masses, ascending, and their new weights.
struct recombined_measure {
    buffer<std::int64_t> positions;
    buffer<double> weights;
};

/// Number of monomials of degree 0 to `degree` in `width` variables: the most points that remain.
[[nodiscard]] status monomials_size(std::size_t width, std::size_t degree, std::size_t& size);

/// True if a measure can have these weights: finite, none negative, and a finite sum above 0.
[[nodiscard]] bool are_weights(const double* weights, std::size_t size);

/// Moves the masses onto few of their points so that the integrals of all monomials of degree 0 to
/// `degree` stay what they were, up to rounding. What remains has strictly positive weights and
/// affinely independent points (degree 1; monomials that are linearly independent on them, in
/// general): at most monomials_size of them. A measure that is like this already is not changed.
/// The same input gives the same result. `invalid_argument` if there are no masses or coordinates,
/// the degree is 0, a coordinate is not finite, or the weights are not as `are_weights` says.
///
/// C. Litterer, T. Lyons, High order recombination and an application to cubature on Wiener space,
/// 2012; M. Tchernychova, Caratheodory cubature measures, 2015.
[[nodiscard]] status recombine(const measure_view& measure, std::size_t degree,
                               const interruption& hook, recombined_measure& result);

/// An upper bound of the bytes that `recombine` allocates, its result included.
[[nodiscard]] status recombine_workspace(std::size_t size, std::size_t width, std::size_t degree,
                                         std::size_t& bytes);

} // namespace libalgebra
