// caratheodory.cpp: a basis by elimination, and weights moved onto it.
#include "caratheodory.h"

#include "checked.h"

#include <cfloat>

namespace libalgebra {

namespace {

/// The square of how often one error fits into what a sum of this many terms can be off by.
double rounding_margin_squared(std::size_t columns) {
    return 64.0 * static_cast<double>(columns);
}

/// Pivots of more than this many errors are above suspicion.
constexpr double errors_suspicious = 1e5;

/// How little may be left of a column that chooses a row for the basis, in one pass over them after
/// the other.
constexpr double pivots_min[] = {1.0 / 16, 1.0 / 1024, 1.0 / 1048576, 0.0};

template <typename T>
void swap(T& a, T& b) {
    const T other = a;
    a = b;
    b = other;
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
    LIBALGEBRA_TRY(checked_multiply(columns, 4, vectors));
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
    LIBALGEBRA_TRY(errors_.resize(columns));
    LIBALGEBRA_TRY(basis_weights_.resize(columns));
    columns_ = columns;
    return status::ok;
}

status caratheodory::reduce(std::size_t rows, const double* errors, double* weights,
                            work_counter& work) {
    rows_ = rows;
    for (std::size_t i = 0; i < rows; ++i)
        order_[i] = i;
    equilibrate(errors);
    LIBALGEBRA_TRY(factorise(work));
    LIBALGEBRA_TRY(express_in_basis(work));
    return move_weights(weights, work);
}

/// Moves and scales each column but the first to [-1, 1]. With a column of ones that changes
/// neither which rows are independent nor which combination of others a row is. A column whose
/// values differ by rounding alone becomes 0.
void caratheodory::equilibrate(const double* errors) {
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
    error_max_ = 0.0;
    for (std::size_t k = 1; k < columns_; ++k) {
        const double half = (highest_[k] - lowest_[k]) / 2;
        const double scale = half > 4.0 * errors[k] ? 1.0 / half : 0.0;
        lowest_[k] += half;
        highest_[k] = scale;
        errors_[k] = errors[k] * scale;
        error_max_ = larger(error_max_, errors_[k]);
    }
    lowest_[0] = 0.0;
    highest_[0] = 1.0;
    errors_[0] = 0.0;
    for (std::size_t i = 0; i < rows_; ++i) {
        const double* LIBALGEBRA_RESTRICT middle = lowest_.data();
        const double* LIBALGEBRA_RESTRICT scale = highest_.data();
        double* LIBALGEBRA_RESTRICT to = row(i);
        for (std::size_t k = 0; k < columns_; ++k)
            to[k] = (to[k] - middle[k]) * scale[k];
    }
}

/// The first rank_ rows become the basis, chosen by the first rank_ columns. Row i keeps the
/// multiplier of basis row p, p < i, in its column p. Columns in which little is left, so that
/// dividing by it would magnify errors, are put off until others have had their turn.
status caratheodory::factorise(work_counter& work) {
    rank_ = 0;
    for (const double pivot_min : pivots_min) {
        std::size_t active = columns_;
        while (rank_ < active && rank_ < rows_) {
            const std::size_t end = rank_ + rows_max < active ? rank_ + rows_max : active;
            const std::size_t rank_before = rank_;
            factorise_panel(end, pivot_min);
            update_right_of_panel(end, rank_before);
            const std::size_t put_off = end - rank_;
            for (std::size_t k = 0; k < put_off && rank_ + k < active - put_off; ++k)
                swap_columns(rank_ + k, active - 1 - k);
            active -= put_off;
            LIBALGEBRA_TRY(work.add((rows_ - rank_before) * (columns_ - rank_before) * rows_max));
        }
    }
    return status::ok;
}

/// Eliminates with the columns from rank_ to `end`, in these alone; those put off come last.
void caratheodory::factorise_panel(std::size_t end, double pivot_min) {
    for (std::size_t column = rank_; column < end && rank_ < rows_; ++column) {
        const std::size_t best = largest_entry(column);
        const double largest = magnitude(row(best)[column]);
        if (largest == 0.0 || largest < pivot_min || is_rounding(column, largest))
            continue;
        swap_columns(column, rank_);
        swap_rows(best, rank_);
        const double* pivot = row(rank_);
        for (std::size_t i = rank_ + 1; i < rows_; ++i) {
            double* to = row(i);
            to[rank_] /= pivot[rank_];
            for (std::size_t k = rank_ + 1; k < end; ++k)
                to[k] -= to[rank_] * pivot[k];
        }
        ++rank_;
    }
}

/// The row outside the basis with the largest entry in a column.
std::size_t caratheodory::largest_entry(std::size_t column) {
    std::size_t best = rank_;
    for (std::size_t i = rank_ + 1; i < rows_; ++i)
        if (magnitude(row(i)[column]) > magnitude(row(best)[column]))
            best = i;
    return best;
}

/// True if entries up to `largest` in what elimination left of a column can be rounding alone. What
/// is left is the column minus a combination of the pivots' columns, U c = u, so the error in it
/// is that of the column and c times those of the others.
bool caratheodory::is_rounding(std::size_t column, double largest) {
    if (largest > errors_suspicious * error_max_)
        return false;
    double* c = basis_weights_.data();
    double variance = errors_[column] * errors_[column];
    for (std::size_t p = rank_; p-- > 0;) {
        const double* u = row(p);
        double rest = u[column];
        for (std::size_t q = p + 1; q < rank_; ++q)
            rest -= c[q] * u[q];
        c[p] = rest / u[p];
        variance += c[p] * c[p] * errors_[p] * errors_[p];
    }
    return largest * largest <= rounding_margin_squared(columns_) * variance;
}

void caratheodory::swap_columns(std::size_t a, std::size_t b) {
    if (a == b)
        return;
    for (std::size_t i = 0; i < rows_; ++i)
        swap(row(i)[a], row(i)[b]);
    swap(errors_[a], errors_[b]);
}

void caratheodory::swap_rows(std::size_t a, std::size_t b) {
    if (a == b)
        return;
    double* LIBALGEBRA_RESTRICT x = row(a);
    double* LIBALGEBRA_RESTRICT y = row(b);
    for (std::size_t k = 0; k < columns_; ++k)
        swap(x[k], y[k]);
    swap(order_[a], order_[b]);
}

void caratheodory::update_right_of_panel(std::size_t end, std::size_t rank_before) {
    if (end == columns_)
        return;
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
        largest = larger(largest, magnitude(combination[slot]));
    step best = {DBL_MAX, 0.0, 0};
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
