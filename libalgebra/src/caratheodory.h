// caratheodory.h: few of many weighted rows of a matrix with the same weighted sum.
#pragma once

#include "libalgebra/buffer.h"
#include "libalgebra/status.h"
#include "row_updates.h"
#include "work_counter.h"

#include <cstddef>

namespace libalgebra {

/// Takes weights from rows of a matrix until those that have any are linearly independent, while
/// the sum of weight times row stays what it is: Caratheodory's theorem, made constructive.
///
/// Elimination with pivoting, P M Q = L U, chooses a basis among the rows; the others are the
/// combinations T = L2 L1^-1 of it. One after the other gives its weight to the basis, along its
/// combination, until it has none, or until one in the basis has none: then the two change places
/// and T follows, as in the simplex method. All this takes O(rows * columns^2) operations.
class caratheodory {
public:
    [[nodiscard]] status allocate(std::size_t rows, std::size_t columns);

    [[nodiscard]] double* row(std::size_t i) { return matrix_.data() + i * columns_; }

    /// weights[i] > 0 is that of row(i), and becomes its new weight or 0. Column 0 must be all 1,
    /// and errors[k] says how exact the entries of column k are: what is less than that counts as
    /// 0 when it is asked whether rows are independent. The matrix is used up.
    [[nodiscard]] status reduce(std::size_t rows, const double* errors, double* weights,
                                work_counter& work);

    [[nodiscard]] static status workspace(std::size_t rows, std::size_t columns,
                                          std::size_t& bytes);

private:
    /// A row that took a place in the basis.
    struct exchange {
        std::size_t row;
        std::size_t slot;
        double pivot;
    };

    /// How far a row can move along its combination, and which slot of the basis stops it.
    struct step {
        double length;
        double pivot;
        std::size_t slot;
    };

    void equilibrate(const double* errors);
    [[nodiscard]] status factorise(work_counter& work);
    void factorise_panel(std::size_t end, double pivot_min);
    std::size_t largest_entry(std::size_t column);
    bool is_rounding(std::size_t column, double largest);
    void swap_columns(std::size_t a, std::size_t b);
    void swap_rows(std::size_t a, std::size_t b);
    void update_right_of_panel(std::size_t end, std::size_t rank_before);
    [[nodiscard]] status express_in_basis(work_counter& work);
    [[nodiscard]] status move_weights(double* weights, work_counter& work);
    bool move_weight(std::size_t i, double& weight);
    step find_step(const double* combination, double sign) const;
    void exchange_rows(std::size_t i);

    std::size_t rows_ = 0;
    std::size_t columns_ = 0;
    std::size_t rank_ = 0;
    buffer<double> matrix_;
    buffer<double> lowest_;
    buffer<double> highest_;
    buffer<double> errors_;
    double error_max_ = 0.0;
    buffer<std::size_t> order_;    ///< the row that each was before rows were swapped
    buffer<double> basis_weights_; ///< of the rank_ slots; while these are chosen, scratch
    exchange exchanges_[rows_max];
    std::size_t exchanges_size_ = 0;
};

} // namespace libalgebra
