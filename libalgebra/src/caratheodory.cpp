// caratheodory.cpp: a basis by elimination, and weights moved onto it.
#include "caratheodory.h"

#include "checked.h"

#include <cfloat>
#include <cmath>

namespace libalgebra {

namespace {

/// What an entry of elimination is taken for 0 below, in a matrix whose entries are up to 1: a few
/// times what rounding leaves there.
double tolerance(std::size_t columns) {
    return 8.0 * DBL_EPSILON * static_cast<double>(columns);
}

double larger(double a, double b) {
    return a > b ? a : b;
}

/// Coefficients of a combination below this, relative to its largest one, are noise.
constexpr double coefficient_min = 1e-13;

} // namespace

status caratheodory::workspace(std::size_t rows, std::size_t columns, std::size_t& bytes) {
    std::size_t entries = 0;
    LIBALGEBRA_TRY(checked_multiply(rows, columns, entries));
    LIBALGEBRA_TRY(checked_add(entries, rows, entries));
    std::size_t vectors = 0;
    LIBALGEBRA_TRY(checked_multiply(columns, 3, vectors));
    LIBALGEBRA_TRY(checked_add(entries, vectors, entries));
    static_assert(sizeof(std::size_t) <= sizeof(double), "order_ is counted as doubles");
    return checked_multiply(entries, sizeof(double), bytes);
}

status caratheodory::allocate(std::size_t rows, std::size_t columns) {
    std::size_t entries = 0;
    LIBALGEBRA_TRY(checked_multiply(rows, columns, entries));
    LIBALGEBRA_TRY(matrix_.resize(entries));
    LIBALGEBRA_TRY(order_.resize(rows));
    LIBALGEBRA_TRY(lowest_.resize(columns));
    LIBALGEBRA_TRY(highest_.resize(columns));
    LIBALGEBRA_TRY(basis_weights_.resize(columns));
    columns_ = columns;
    return status::ok;
}

status caratheodory::reduce(std::size_t rows, double* weights, work_counter& work) {
    rows_ = rows;
    for (std::size_t i = 0; i < rows; ++i)
        order_[i] = i;
    equilibrate();
    LIBALGEBRA_TRY(factorise(work));
    LIBALGEBRA_TRY(express_in_basis(work));
    return move_weights(weights, work);
}

/// Moves and scales each column but the first to [-1, 1]. With a column of ones that changes
/// neither which rows are independent nor which combination of others a row is. A column whose
/// values differ by rounding alone becomes 0.
void caratheodory::equilibrate() {
    for (std::size_t k = 0; k < columns_; ++k)
        lowest_[k] = highest_[k] = row(0)[k];
    for (std::size_t i = 1; i < rows_; ++i) {
        const double* LIBALGEBRA_RESTRICT from = row(i);
        double* LIBALGEBRA_RESTRICT lowest = lowest_.data();
        double* LIBALGEBRA_RESTRICT highest = highest_.data();
        for (std::size_t k = 0; k < columns_; ++k) {
            lowest[k] = from[k] < lowest[k] ? from[k] : lowest[k];
            highest[k] = from[k] > highest[k] ? from[k] : highest[k];
        }
    }
    for (std::size_t k = 1; k < columns_; ++k) {
        const double half = (highest_[k] - lowest_[k]) / 2;
        const double size = larger(std::fabs(lowest_[k]), std::fabs(highest_[k]));
        lowest_[k] += half;
        highest_[k] = half > 4 * DBL_EPSILON * size ? 1 / half : 0.0;
    }
    lowest_[0] = 0.0;
    highest_[0] = 1.0;
    for (std::size_t i = 0; i < rows_; ++i) {
        const double* LIBALGEBRA_RESTRICT middle = lowest_.data();
        const double* LIBALGEBRA_RESTRICT scale = highest_.data();
        double* LIBALGEBRA_RESTRICT to = row(i);
        for (std::size_t k = 0; k < columns_; ++k)
            to[k] = (to[k] - middle[k]) * scale[k];
    }
}

/// The first rank_ rows become the basis. Row i keeps the multiplier of basis row p, p < i, in its
/// column p, which has been dealt with by then.
status caratheodory::factorise(work_counter& work) {
    rank_ = 0;
    for (std::size_t begin = 0; begin < columns_ && rank_ < rows_; begin += rows_max) {
        const std::size_t end = begin + rows_max < columns_ ? begin + rows_max : columns_;
        const std::size_t rank_before = rank_;
        factorise_panel(begin, end);
        if (rank_ > rank_before && end < columns_)
            update_right_of_panel(end, rank_before);
        LIBALGEBRA_TRY(work.add((rows_ - rank_before) * (columns_ - begin) * rows_max));
    }
    return status::ok;
}

void caratheodory::factorise_panel(std::size_t begin, std::size_t end) {
    for (std::size_t column = begin; column < end && rank_ < rows_; ++column) {
        if (!choose_pivot(column))
            continue;
        const double* pivot = row(rank_);
        for (std::size_t i = rank_ + 1; i < rows_; ++i) {
            double* to = row(i);
            const double factor = to[column] / pivot[column];
            for (std::size_t k = column + 1; k < end; ++k)
                to[k] -= factor * pivot[k];
            to[rank_] = factor;
        }
        ++rank_;
    }
}

/// Makes the row with the largest entry the next of the basis; false if all are 0 up to rounding.
bool caratheodory::choose_pivot(std::size_t column) {
    std::size_t best = rank_;
    double largest = 0.0;
    for (std::size_t i = rank_; i < rows_; ++i) {
        const double size = std::fabs(row(i)[column]);
        if (size > largest) {
            largest = size;
            best = i;
        }
    }
    if (largest <= tolerance(columns_))
        return false;
    if (best != rank_) {
        double* LIBALGEBRA_RESTRICT a = row(best);
        double* LIBALGEBRA_RESTRICT b = row(rank_);
        for (std::size_t k = 0; k < columns_; ++k) {
            const double entry = a[k];
            a[k] = b[k];
            b[k] = entry;
        }
        const std::size_t index = order_[best];
        order_[best] = order_[rank_];
        order_[rank_] = index;
    }
    return true;
}

void caratheodory::update_right_of_panel(std::size_t end, std::size_t rank_before) {
    for (std::size_t i = rank_before + 1; i < rows_; ++i) {
        row_combination what;
        for (std::size_t p = rank_before; p < rank_ && p < i; ++p) {
            what.rows[what.size] = row(p);
            what.factors[what.size++] = row(i)[p];
        }
        subtract_rows(what, end, columns_ - end, row(i));
    }
}

/// Rows outside the basis: from their multipliers L2 to T, where T L1 = L2.
status caratheodory::express_in_basis(work_counter& work) {
    for (std::size_t i = rank_; i < rows_; ++i) {
        double* t = row(i);
        for (std::size_t end = rank_; end > 0;) {
            const std::size_t begin = end > rows_max ? end - rows_max : 0;
            row_combination what;
            for (std::size_t p = end; p-- > begin;) {
                what.rows[what.size] = row(p);
                what.factors[what.size++] = t[p];
                for (std::size_t q = begin; q < p; ++q)
                    t[q] -= t[p] * row(p)[q];
            }
            subtract_rows(what, 0, begin, t);
            end = begin;
        }
        LIBALGEBRA_TRY(work.add(rank_ * rank_ / 2 + 1));
    }
    return status::ok;
}

status caratheodory::move_weights(double* weights, work_counter& work) {
    for (std::size_t slot = 0; slot < rank_; ++slot)
        basis_weights_[slot] = weights[order_[slot]];
    exchanges_size_ = 0;
    for (std::size_t i = rank_; i < rows_; ++i) {
        exchange_rows(i);
        double& weight = weights[order_[i]];
        if (!move_weight(i, weight))
            continue;
        // The row has a place in the basis, and what had it before keeps no weight.
        const std::size_t slot = exchanges_[exchanges_size_ - 1].slot;
        weights[order_[slot]] = 0.0;
        basis_weights_[slot] = weight;
        order_[slot] = order_[i];
        if (exchanges_size_ == rows_max) {
            for (std::size_t later = i + 1; later < rows_; ++later)
                exchange_rows(later);
            exchanges_size_ = 0;
            LIBALGEBRA_TRY(work.add((rows_ - i) * rank_ * rows_max));
        }
    }
    for (std::size_t slot = 0; slot < rank_; ++slot)
        weights[order_[slot]] = basis_weights_[slot];
    return status::ok;
}

/// Lets the weight of row i flow into the basis, or from there, as far as all stay positive; true
/// if the row has to take the place of one in the basis, which is the last of exchanges_ then.
bool caratheodory::move_weight(std::size_t i, double& weight) {
    double* LIBALGEBRA_RESTRICT t = row(i);
    step down = find_step(t, 1.0);
    const bool is_emptied = down.length >= weight;
    step chosen = down;
    double sign = 1.0;
    if (is_emptied) {
        chosen.length = weight;
    } else {
        const step up = find_step(t, -1.0);
        if (up.pivot > down.pivot) {
            chosen = up;
            sign = -1.0;
        }
    }
    double* LIBALGEBRA_RESTRICT w = basis_weights_.data();
    for (std::size_t slot = 0; slot < rank_; ++slot) {
        const double changed = w[slot] + sign * chosen.length * t[slot];
        w[slot] = changed > 2 * DBL_EPSILON * w[slot] ? changed : 0.0;
    }
    weight = is_emptied ? 0.0 : weight - sign * chosen.length;
    if (is_emptied)
        return false;
    // With this entry the slot that changes hands is updated like any other: see exchange_rows.
    exchanges_[exchanges_size_++] = {i, chosen.slot, t[chosen.slot]};
    t[chosen.slot] -= 1.0;
    return true;
}

/// The longest step that leaves no weight of the basis below 0, when these change by sign times
/// the combination. Of weights that get to 0 together, that with the largest coefficient is it.
caratheodory::step caratheodory::find_step(const double* combination, double sign) const {
    double largest = 0.0;
    for (std::size_t slot = 0; slot < rank_; ++slot)
        largest = larger(largest, std::fabs(combination[slot]));
    step best = {HUGE_VAL, 0.0, 0};
    for (std::size_t slot = 0; slot < rank_; ++slot) {
        const double rate = -sign * combination[slot];
        if (rate <= coefficient_min * largest)
            continue;
        const double length = basis_weights_[slot] / rate;
        const double margin = 4 * DBL_EPSILON * best.length;
        if (length < best.length - margin || (length <= best.length + margin && rate > best.pivot))
            best = {length, rate, slot};
    }
    return best;
}

/// Expresses row i in the basis as exchanges_ left it. If row r, with coefficients t, took slot s,
/// then what was c of the old row is c/t_s of the new one, and -c/t_s t of all others: with t_s - 1
/// in place of t_s, one formula covers both.
void caratheodory::exchange_rows(std::size_t i) {
    row_combination what;
    for (std::size_t e = 0; e < exchanges_size_; ++e) {
        double coefficient = row(i)[exchanges_[e].slot];
        for (std::size_t before = 0; before < e; ++before)
            coefficient -= what.factors[before] * what.rows[before][exchanges_[e].slot];
        what.rows[e] = row(exchanges_[e].row);
        what.factors[e] = coefficient / exchanges_[e].pivot;
        ++what.size;
    }
    subtract_rows(what, 0, rank_, row(i));
}

} // namespace libalgebra
