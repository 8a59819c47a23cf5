// tensor_kernel.h: loops over levels of tensors; each instruction set has its own.
#pragma once

#include "libalgebra/bracket_table.h"
#include "tensor_levels.h"

#include <cstddef>

namespace libalgebra {

class pacer;
template <typename Real>
struct word_tree;

/// A matrix of `rows` times `columns` numbers, one row after the other, and a vector.
struct contraction {
    std::size_t rows;
    std::size_t columns;
    const double* matrix;
    const double* vector;
    double* out;
};

/// Words are combined in runs of consecutive ones, as many as have one beginning: so many at most,
/// or one letter's.
constexpr std::size_t combination_run_max = 128;

/// out = scale (base + sign times the sum over 0 < i < n of a_i b_(n-i)) for `words` words of the
/// level n, whole runs from the word `first` on, which `base` and `out` point to; they may be the
/// same.
template <typename Real>
struct level_combination {
    tensor_level n;
    std::size_t width;
    const Real* a;
    const Real* b;
    const Real* base;
    Real sign;
    Real scale;
    Real* out;
    std::size_t first = 0;
    std::size_t words = 0;
    std::size_t run = 0;
};

/// What is left of a sum over words when products of a Lie element and a tensor are subtracted:
/// see nested_brackets.cpp. `lie` is null if there are none.
struct lie_products {
    const double* lie;  ///< coordinates of all degrees below that of the words
    const double* tail; ///< the other factor, which begins with the empty word
};

/// From words to brackets of two letters.
struct letter_bracketing {
    std::size_t width;
    tensor_level n;
    const double* level;
    lie_products products;
    double* out; ///< by pair, suffix; may be the level or a few words beyond its begin
};

/// From brackets of one degree to those of the next.
struct bracketing {
    bracket_step step;
    std::size_t degree; ///< of `out`
    tensor_level suffix;
    const double* in; ///< by source, suffix
    lie_products products;
    double* out;  ///< by place in the step, suffix; by key - 1 if there are no suffixes
    double scale; ///< of what is written by key
    pacer* pace;
};

struct tensor_kernel {
    void (*combine_floats)(const level_combination<float>& task);
    void (*combine_doubles)(const level_combination<double>& task);

    void (*bracket_letters)(const letter_bracketing& task);

    /// True when stopped.
    bool (*bracket)(const bracketing& task);

    /// out += vector times matrix.
    void (*contract_first)(const contraction& task);

    /// out += matrix times vector.
    void (*contract_last)(const contraction& task);

    /// Takes the steps of a tree's increments, and writes the derivatives by these, row by row.
    /// True when stopped.
    bool (*walk_brackets)(const word_tree<double>& tree, double* derivatives, pacer& pace);

    /// From the values of a functional at words of three letters to those at [l, [a, b]] for a < b,
    /// which are `stride` apart for each l.
    void (*nest_triples)(std::size_t width, const double* values, double* out, std::size_t stride);

    /// From the values at the words l u and u l, for `size` words u, to those at l u - u l.
    void (*nest_letter)(std::size_t width, std::size_t letter, std::size_t size,
                        const double* values, double* out);
};

} // namespace libalgebra
