// tensor_kernel.h: loops over levels of tensors; each instruction set has its own.
#pragma once

#include "tensor_levels.h"

#include <cstddef>

namespace libalgebra {

class bracket_table;
class hall_basis;
class pacer;

/// Increments that one pass over the top level of a cotangent serves.
constexpr std::size_t gradient_steps = 4;

/// Sums over words are kept in this many parts, so that they can be formed in vectors.
constexpr std::size_t gradient_lanes = 8;

/// From one array of `size` words to the next: such arrays are read and written side by side, which
/// is slow where their addresses differ by a multiple of 4096 bytes, as those of two letters would.
[[nodiscard]] constexpr std::size_t padded(std::size_t size) {
    return size < 64 ? size : size + 72;
}

/// One level of words: `width` runs of `run` words that share their first letter. Several runs, or
/// several levels, are padded(run) or padded(width * run) apart.
struct letter_runs {
    std::size_t width;
    std::size_t run;
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

    /// s -= z b_0, then out_i = (s + z b_i) / i for i = 1 to `chains`. s is a level, z a number for
    /// each letter; b holds chains + 1 runs and out as many levels as `chains` says.
    void (*undo)(const letter_runs& level, std::size_t chains, const double* z, const double* b,
                 double* s, double* out);

    /// out_i = the sum over letters of z c_i / (i + 1), and sums[letter] += c_i b_i in lanes, for
    /// i = 0 to `chains`; c_0 is y, to which the other c are added. y is a level, c holds as many
    /// levels as `chains` says, b and out one more runs.
    void (*transpose)(const letter_runs& level, std::size_t chains, const double* z,
                      const double* b, double* y, const double* c, double* out, double* sums);

    /// c = the sum over letters of z y, and sums[letter] += y b in lanes. y is a level; b and c are
    /// runs.
    void (*contract)(const letter_runs& level, const double* y, const double* z, const double* b,
                     double* c, double* sums);

    /// The same for gradient_steps steps: their z, c and sums follow one another, and their b are
    /// `b_stride` apart.
    void (*contract_steps)(const letter_runs& level, const double* y, const double* z,
                           const double* b, std::size_t b_stride, double* c, double* sums);
};

} // namespace libalgebra
