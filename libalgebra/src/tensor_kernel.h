// tensor_kernel.h: loops over levels of tensors; each instruction set has its own.
#pragma once

#include "tensor_levels.h"

#include <cstddef>

namespace libalgebra {

class bracket_table;
class hall_basis;
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

/// out = scale (base + sign times the sum over 0 < i < n of a_i b_(n-i)) for the level n, where
/// `base` and `out` point to; they may be the same.
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
    std::size_t part = 0; ///< of the level, which is handled in `parts`, one after the other
    std::size_t parts = 1;
};

/// From sums over suffixes of brackets of one degree to those of the next: see nested_brackets.cpp.
struct bracketing {
    const hall_basis& basis;
    const bracket_table& table;
    std::size_t degree; ///< of the keys of `in`, at least 2
    std::size_t run;    ///< suffixes of `out`
    const double* in;   ///< by key, first letter of the suffix, rest of the suffix
    double* out;        ///< by key, suffix
    pacer* pace;
};

struct tensor_kernel {
    void (*combine_floats)(const level_combination<float>& task);
    void (*combine_doubles)(const level_combination<double>& task);

    /// True when stopped.
    bool (*bracket)(const bracketing& task);

    /// out += vector times matrix.
    void (*contract_first)(const contraction& task);

    /// out += matrix times vector.
    void (*contract_last)(const contraction& task);

    /// Takes the steps of a tree's increments, and writes the derivatives by these, row by row.
    /// True when stopped.
    bool (*walk_brackets)(const word_tree<double>& tree, double* derivatives, pacer& pace);
};

} // namespace libalgebra
