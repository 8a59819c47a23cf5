// recombine.cpp: a measure in groups, and the groups with weight, until each is one point.
#include "libalgebra/recombine.h"

#include "caratheodory.h"
#include "checked.h"
#include "monomials.h"
#include "powers_of_two.h"
#include "work_counter.h"

#include <cfloat>
#include <cstring>

namespace libalgebra {

namespace {

/// Points are first mapped to the cube [-1, 1]^width. The factor is a power of two, so that points
/// close to each other but far from 0 lose no digit.
class cube_map {
public:
    [[nodiscard]] status build(const measure_view& measure, work_counter& work);

    void apply(const double* point, double* result) const {
        for (std::size_t k = 0; k < middle_.size(); ++k)
            result[k] = point[k] * scale_[k] - middle_[k];
    }

    /// What rounding of the coordinates, before they got here, amounts to in the cube.
    [[nodiscard]] const double* errors() const { return errors_.data(); }

private:
    buffer<double> middle_;
    buffer<double> scale_;
    buffer<double> errors_;
};

const double* point_of(const measure_view& measure, std::int64_t position) {
    const auto i = static_cast<std::size_t>(position);
    const auto row =
        measure.selector == nullptr ? i : static_cast<std::size_t>(measure.selector[i]);
    return measure.points + row * measure.width;
}

double larger_size(double a, double b) {
    return magnitude(a) > magnitude(b) ? magnitude(a) : magnitude(b);
}

/// `invalid_argument` if a coordinate is not finite.
status cube_map::build(const measure_view& measure, work_counter& work) {
    const std::size_t width = measure.width;
    LIBALGEBRA_TRY(middle_.resize(width));
    LIBALGEBRA_TRY(scale_.resize(width));
    LIBALGEBRA_TRY(errors_.resize(width));
    double* LIBALGEBRA_RESTRICT lowest = middle_.data();
    double* LIBALGEBRA_RESTRICT highest = scale_.data();
    for (std::size_t k = 0; k < width; ++k)
        lowest[k] = highest[k] = point_of(measure, 0)[k];
    for (std::size_t i = 0; i < measure.size; ++i) {
        const double* LIBALGEBRA_RESTRICT point = point_of(measure, static_cast<std::int64_t>(i));
        double zeros = 0.0;
        for (std::size_t k = 0; k < width; ++k) {
            lowest[k] = point[k] < lowest[k] ? point[k] : lowest[k];
            highest[k] = point[k] > highest[k] ? point[k] : highest[k];
        }
        for (std::size_t k = 0; k < width; ++k)
            zeros += point[k] * 0.0;
        if (zeros != 0.0)
            return status::invalid_argument;
        LIBALGEBRA_TRY(work.add(width));
    }
    for (std::size_t k = 0; k < width; ++k) {
        const double half = highest[k] / 2 - lowest[k] / 2;
        const double scale = half == 0.0 ? 1.0 : 0.25 * power_of_two(1 - binary_exponent(half));
        errors_[k] = DBL_EPSILON * scale * larger_size(lowest[k], highest[k]);
        middle_[k] = (lowest[k] / 2 + highest[k] / 2) * scale;
        scale_[k] = scale;
    }
    return status::ok;
}

/// One reduction of a measure: the masses that are left, and groups of them to be reduced.
class recombination {
public:
    recombination(const measure_view& measure, const interruption& hook, recombined_measure& left)
        : measure_(measure), work_(hook), left_(left) {}

    [[nodiscard]] status run(std::size_t degree);

private:
    [[nodiscard]] status start(std::size_t degree);
    [[nodiscard]] status reduce_groups(std::size_t groups);
    [[nodiscard]] status average(std::size_t begin, std::size_t end, double* row, double& weight);
    void keep_groups(std::size_t groups);
    void scale_weights();

    std::size_t group_begin(std::size_t group, std::size_t groups) const {
        const std::size_t size = left_.positions.size();
        const std::size_t longer = size % groups;
        return group * (size / groups) + (group < longer ? group : longer);
    }

    const measure_view& measure_;
    work_counter work_;
    recombined_measure& left_;
    double scale_ = 1.0; ///< a power of two that the weights are divided by
    cube_map to_cube_;
    monomial_basis basis_;
    caratheodory reduction_;
    buffer<double> point_;
    buffer<double> values_;
    buffer<double> errors_;
    buffer<double> old_weights_;
    buffer<double> new_weights_;
};

/// Weights are divided by a power of two, so that neither sums nor products leave their range.
status recombination::start(std::size_t degree) {
    const std::size_t size = measure_.size;
    LIBALGEBRA_TRY(to_cube_.build(measure_, work_));
    LIBALGEBRA_TRY(basis_.build(measure_.width, degree));
    LIBALGEBRA_TRY(point_.resize(measure_.width));
    LIBALGEBRA_TRY(values_.resize(basis_.size()));
    LIBALGEBRA_TRY(errors_.resize(basis_.size()));
    basis_.propagate(to_cube_.errors(), errors_.data());
    LIBALGEBRA_TRY(left_.positions.resize(size));
    LIBALGEBRA_TRY(left_.weights.resize(size));

    double mass = static_cast<double>(size);
    if (measure_.weights != nullptr) {
        mass = 0.0;
        for (std::size_t i = 0; i < size; ++i)
            mass += measure_.weights[i];
    }
    scale_ = power_of_two(binary_exponent(mass));
    const double inverse = 1.0 / scale_;
    std::size_t count = 0;
    for (std::size_t i = 0; i < size; ++i) {
        const double weight = measure_.weights == nullptr ? 1.0 : measure_.weights[i];
        const double scaled = weight * inverse;
        if (!(scaled > 0.0))
            continue;
        left_.positions[count] = static_cast<std::int64_t>(i);
        left_.weights[count++] = scaled;
    }
    left_.positions.truncate(count);
    left_.weights.truncate(count);
    return status::ok;
}

/// The mean of the values of the basis at the points of a group, and the weight of these.
status recombination::average(std::size_t begin, std::size_t end, double* row, double& weight) {
    const std::size_t columns = basis_.size();
    LIBALGEBRA_TRY(work_.add((end - begin) * columns));
    if (end - begin == 1) {
        to_cube_.apply(point_of(measure_, left_.positions[begin]), point_.data());
        basis_.evaluate(point_.data(), row);
        weight = left_.weights[begin];
        return status::ok;
    }
    std::memset(row, 0, columns * sizeof(double));
    for (std::size_t i = begin; i < end; ++i) {
        to_cube_.apply(point_of(measure_, left_.positions[i]), point_.data());
        basis_.evaluate(point_.data(), values_.data());
        const double* LIBALGEBRA_RESTRICT values = values_.data();
        double* LIBALGEBRA_RESTRICT sum = row;
        const double factor = left_.weights[i];
        for (std::size_t k = 0; k < columns; ++k)
            sum[k] += factor * values[k];
    }
    weight = row[0];
    for (std::size_t k = 0; k < columns; ++k)
        row[k] /= weight;
    return status::ok;
}

/// Only masses of groups that still have weight remain, each with its share of it.
void recombination::keep_groups(std::size_t groups) {
    std::size_t kept = 0;
    std::size_t begin = 0;
    for (std::size_t group = 0; group < groups; ++group) {
        const std::size_t end = group_begin(group + 1, groups);
        const double factor = new_weights_[group] / old_weights_[group];
        for (std::size_t i = begin; i < end; ++i) {
            const double weight = left_.weights[i] * factor;
            if (!(weight > 0.0))
                continue;
            left_.positions[kept] = left_.positions[i];
            left_.weights[kept++] = weight;
        }
        begin = end;
    }
    left_.positions.truncate(kept);
    left_.weights.truncate(kept);
}

status recombination::reduce_groups(std::size_t groups) {
    for (std::size_t group = 0; group < groups; ++group) {
        LIBALGEBRA_TRY(average(group_begin(group, groups), group_begin(group + 1, groups),
                               reduction_.row(group), old_weights_[group]));
        new_weights_[group] = old_weights_[group];
    }
    LIBALGEBRA_TRY(reduction_.reduce(groups, errors_.data(), new_weights_.data(), work_));
    keep_groups(groups);
    return status::ok;
}

/// Back to the caller's scale, where a weight far below the rest may be too small for a double.
void recombination::scale_weights() {
    std::size_t kept = 0;
    for (std::size_t i = 0; i < left_.weights.size(); ++i) {
        const double weight = left_.weights[i] * scale_;
        if (!(weight > 0.0))
            continue;
        left_.positions[kept] = left_.positions[i];
        left_.weights[kept++] = weight;
    }
    left_.positions.truncate(kept);
    left_.weights.truncate(kept);
}

status recombination::run(std::size_t degree) {
    LIBALGEBRA_TRY(start(degree));
    const std::size_t groups_max =
        2 * basis_.size() < left_.positions.size() ? 2 * basis_.size() : left_.positions.size();
    LIBALGEBRA_TRY(reduction_.allocate(groups_max, basis_.size()));
    LIBALGEBRA_TRY(old_weights_.resize(groups_max));
    LIBALGEBRA_TRY(new_weights_.resize(groups_max));
    while (left_.positions.size() > groups_max)
        LIBALGEBRA_TRY(reduce_groups(groups_max));
    LIBALGEBRA_TRY(reduce_groups(left_.positions.size()));
    scale_weights();
    return status::ok;
}

} // namespace

bool are_weights(const double* weights, std::size_t size) {
    double sum = 0.0;
    for (std::size_t i = 0; i < size; ++i) {
        if (!(weights[i] >= 0.0))
            return false;
        sum += weights[i];
    }
    return sum > 0.0 && sum <= DBL_MAX;
}

status recombine(const measure_view& measure, std::size_t degree, const interruption& hook,
                 recombined_measure& result) {
    if (measure.size == 0 || measure.width == 0 || measure.points == nullptr || degree == 0)
        return status::invalid_argument;
    if (measure.weights != nullptr && !are_weights(measure.weights, measure.size))
        return status::invalid_argument;
    return recombination(measure, hook, result).run(degree);
}

status recombine_workspace(std::size_t size, std::size_t width, std::size_t degree,
                           std::size_t& bytes) {
    std::size_t columns = 0;
    std::size_t more = 0;
    LIBALGEBRA_TRY(monomials_size(width, degree, columns));
    const std::size_t groups = size / 2 < columns ? size : 2 * columns;
    LIBALGEBRA_TRY(caratheodory::workspace(groups, columns, bytes));
    LIBALGEBRA_TRY(monomial_basis::workspace(width, degree, more));
    LIBALGEBRA_TRY(checked_add(bytes, more, bytes));
    // The masses that are left, two weights for each group, a point's values and coordinates.
    std::size_t entries = 0;
    LIBALGEBRA_TRY(checked_add(size, groups, entries));
    LIBALGEBRA_TRY(checked_multiply(entries, 2, entries));
    LIBALGEBRA_TRY(checked_add(entries, 2 * columns, entries));
    LIBALGEBRA_TRY(checked_multiply(width, 4, more));
    LIBALGEBRA_TRY(checked_add(entries, more, entries));
    LIBALGEBRA_TRY(checked_multiply(entries, sizeof(double), entries));
    return checked_add(bytes, entries, bytes);
}

} // namespace libalgebra
