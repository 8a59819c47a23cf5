// contract_body.h: products of a level with the first or last letters of a level of a cotangent;
// included by tensor_kernel_body.h.
#include "tensor_kernel.h"

namespace libalgebra {
namespace LIBALGEBRA_VARIANT {
namespace {

/// Columns of a sum of rows, from column `at` on as far as `Vectors` vectors at a time go.
template <typename Lanes, std::size_t Vectors>
LIBALGEBRA_INLINE std::size_t sum_columns(std::size_t at, const contraction& task) {
    for (; at + Vectors * Lanes::reals <= task.columns; at += Vectors * Lanes::reals) {
        Lanes sum[Vectors];
        for (std::size_t i = 0; i < Vectors; ++i)
            sum[i] = Lanes::load(task.out + at + i * Lanes::reals);
        const double* row = task.matrix + at;
        for (std::size_t r = 0; r < task.rows; ++r, row += task.columns)
            for (std::size_t i = 0; i < Vectors; ++i)
                sum[i] = sum[i].plus_product(task.vector[r], Lanes::load(row + i * Lanes::reals));
        for (std::size_t i = 0; i < Vectors; ++i)
            sum[i].store(task.out + at + i * Lanes::reals);
    }
    return at;
}

LIBALGEBRA_TARGET void contract_first(const contraction& task) {
    std::size_t at = sum_columns<vector_of<double>, 4>(0, task);
    at = sum_columns<vector_of<double>, 1>(at, task);
    at = sum_columns<one<double>, 4>(at, task);
    at = sum_columns<one<double>, 2>(at, task);
    sum_columns<one<double>, 1>(at, task);
}

/// The products of some rows with the vector are formed in this many parts.
constexpr std::size_t product_parts = 8;

template <std::size_t Rows>
LIBALGEBRA_INLINE void multiply_rows(const contraction& task, std::size_t row) {
    using lanes = vector_of<double>;
    constexpr std::size_t vectors = product_parts / lanes::reals;
    const std::size_t columns = task.columns;
    const double* const matrix = task.matrix + row * columns;
    lanes sum[Rows][vectors];
    for (std::size_t r = 0; r < Rows; ++r)
        for (std::size_t i = 0; i < vectors; ++i)
            sum[r][i] = lanes::broadcast(0.0);
    std::size_t at = 0;
    for (; at + product_parts <= columns; at += product_parts) {
        for (std::size_t i = 0; i < vectors; ++i) {
            const lanes factor = lanes::load(task.vector + at + i * lanes::reals);
            for (std::size_t r = 0; r < Rows; ++r)
                sum[r][i] = sum[r][i].plus_product(
                    factor, lanes::load(matrix + r * columns + at + i * lanes::reals));
        }
    }
    for (std::size_t r = 0; r < Rows; ++r) {
        double parts[product_parts];
        for (std::size_t i = 0; i < vectors; ++i)
            sum[r][i].store(parts + i * lanes::reals);
        double whole = ((parts[0] + parts[4]) + (parts[2] + parts[6])) +
                       ((parts[1] + parts[5]) + (parts[3] + parts[7]));
        for (std::size_t i = at; i < columns; ++i)
            whole = multiply_add(task.vector[i], matrix[r * columns + i], whole);
        task.out[row + r] += whole;
    }
}

/// The same for fewer columns than there are parts.
LIBALGEBRA_INLINE void multiply_short_rows(const contraction& task) {
    const double* from = task.matrix;
    for (std::size_t row = 0; row < task.rows; ++row, from += task.columns) {
        double sum = 0.0;
        for (std::size_t i = 0; i < task.columns; ++i)
            sum = multiply_add(task.vector[i], from[i], sum);
        task.out[row] += sum;
    }
}

LIBALGEBRA_TARGET void contract_last(const contraction& task) {
    if (task.columns < product_parts)
        return multiply_short_rows(task);
    std::size_t row = 0;
    for (; row + 4 <= task.rows; row += 4)
        multiply_rows<4>(task, row);
    for (; row < task.rows; ++row)
        multiply_rows<1>(task, row);
}

} // namespace
} // namespace LIBALGEBRA_VARIANT
} // namespace libalgebra
