// tree_layout.h: where the parts of a word tree lie in memory, and how its words are grouped.
#pragma once

#include "checked.h"
#include "kernel.h"
#include "libalgebra/shape.h"
#include "path_steps.h"
#include "tensor_levels.h"

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace libalgebra {

/// The bytes of a cache line, and of the largest vector.
constexpr std::size_t alignment = 64;

/// Where vectors begin in memory that has `alignment` bytes more than they need.
template <typename Real>
[[nodiscard]] Real* aligned(Real* memory) {
    const std::size_t over = reinterpret_cast<std::uintptr_t>(memory) % alignment;
    return over == 0 ? memory : memory + (alignment - over) / sizeof(Real);
}

/// Hands out consecutive parts of some memory; without any, it only counts.
template <typename Real>
class arena {
public:
    explicit arena(Real* begin) : begin_(begin) {}

    /// Parts begin at multiples of a vector's size from the beginning.
    [[nodiscard]] Real* take(std::size_t count) {
        constexpr std::size_t step = alignment / sizeof(Real);
        Real* const part = begin_ == nullptr ? nullptr : begin_ + taken_;
        taken_ += (count + step - 1) / step * step;
        return part;
    }

    [[nodiscard]] std::size_t taken() const { return taken_; }

private:
    Real* begin_;
    std::size_t taken_ = 0;
};

/// Room for doubles in memory for Reals.
template <typename Real>
[[nodiscard]] double* take_doubles(arena<Real>& memory, std::size_t count) {
    return reinterpret_cast<double*>(memory.take(count * (sizeof(double) / sizeof(Real))));
}

[[nodiscard]] inline std::size_t rounded_up(std::size_t count, std::size_t multiple) {
    return (count + multiple - 1) / multiple * multiple;
}

/// A tree, and the rows that the path's steps are read into.
template <typename Real>
struct planned_tree {
    word_tree<Real> tree;
    step_rows<Real> rows;
    std::size_t work[depth_max];
    std::size_t reals; ///< room that all of it takes
};

/// A tree of fewer words stays in the cache, however few steps each walk over it takes.
constexpr std::size_t cached_words = std::size_t{1} << 13;

/// Trees with so few words, of so few levels, are walked word by word, within the result itself.
[[nodiscard]] inline bool is_small(const shape& s, std::size_t size) {
    return size <= 64 && s.depth <= register_levels + 1;
}

/// The length of the suffixes that share a run: as short as fills some vectors, or, where vectors
/// would be rather empty, one letter more; but at least `length`, of which there are `words`.
[[nodiscard]] inline std::size_t suffix_length(const shape& s, std::size_t lanes,
                                               std::size_t length, std::size_t words) {
    const std::size_t enough = lanes > 8 ? 2 * lanes : 16;
    while (length + 1 < s.depth && words < enough) {
        ++length;
        words *= s.width;
    }
    const bool is_sparse = words * 4 < rounded_up(words, lanes) * 3;
    return is_sparse && length + 1 < s.depth ? length + 1 : length;
}

/// The levels below a node that are walked for one block of steps after the other: as many as stay
/// in the first cache meanwhile. Every word takes `bytes`.
[[nodiscard]] inline std::size_t cached_levels(const shape& s, std::size_t bytes) {
    constexpr std::size_t bytes_max = std::size_t{3} << 13;
    std::size_t levels = 1;
    std::size_t words = s.width + s.width * s.width;
    while (levels < register_levels && words <= bytes_max / bytes) {
        ++levels;
        words = (words + 1) * s.width;
    }
    return levels;
}

/// Fills in the operations below a node with so many levels left, for a group of vectors.
template <typename Real>
void count_work(const word_tree<Real>& tree, const kernel<Real>& k, std::size_t* work) {
    const std::size_t lanes = steps_at_once * k.lanes * k.group;
    for (std::size_t levels = 0; levels < depth_max; ++levels)
        work[levels] = 0;
    for (std::size_t levels = 1; levels <= tree.depth - tree.low; ++levels)
        work[levels] = tree.width * (lanes * levels + work[levels - 1]);
}

/// The parts that all trees have.
template <typename Real>
void plan_steps(arena<Real>& memory, std::size_t lanes_of_letter, planned_tree<Real>& plan) {
    word_tree<Real>& tree = plan.tree;
    const std::size_t steps = tree.blocks * steps_at_once;
    const std::size_t letters = tree.width * lanes_of_letter;
    plan.rows.row = tree.row;
    plan.rows.letter_distance = lanes_of_letter;
    plan.rows.increments = memory.take(steps * tree.row);
    plan.rows.ends = memory.take(steps * tree.row);
    plan.rows.sums = take_doubles(memory, letters);
    tree.increments = plan.rows.increments;
    tree.ends = plan.rows.ends;
    const std::size_t scaled_steps = tree.low == 0 ? steps_at_once : steps;
    tree.factors = memory.take(scaled_steps * letters * tree.depth);
}

/// A tree whose words are stored one by one, as in a result, `lanes` Reals each. Level 1 is not
/// part of a tree; levels from 2 on are where `levels` says.
template <typename Real>
void plan_small(const shape& s, std::size_t lanes, Real* levels, arena<Real>& memory,
                planned_tree<Real>& plan) {
    word_tree<Real>& tree = plan.tree;
    tree.width = s.width;
    tree.depth = s.depth;
    tree.low = 0;
    tree.blocks = lanes == 1 ? 1 : blocks_of_lanes;
    tree.row = s.width * lanes;
    std::size_t words = lanes;
    for (std::size_t k = 0; k < s.depth; ++k) {
        tree.stride[k] = words;
        words *= s.width;
        tree.level[k + 1] = k == 0 ? nullptr : levels;
        if (levels != nullptr && k != 0)
            levels += words;
    }
    plan_steps(memory, lanes, plan);
    plan.reals = memory.taken();
}

/// A tree whose words are the lanes of vectors: `words` of them end alike but for `low` letters,
/// and `rows` chains are kept for each step.
template <typename Real>
void plan_runs(const shape& s, std::size_t low, std::size_t words, std::size_t rows,
               const kernel<Real>& k, arena<Real>& memory, planned_tree<Real>& plan) {
    word_tree<Real>& tree = plan.tree;
    tree.width = s.width;
    tree.depth = s.depth;
    tree.low = low;
    tree.row = rounded_up(s.width, k.lanes);
    tree.run_used = rounded_up(words, k.lanes);
    // Vectors reach beyond the words of a letter, see next_level.
    tree.chain_row[(low + 1) % 2] = tree.run_used + k.lanes;
    tree.chain_row[low % 2] = rounded_up(words / s.width, k.lanes) + k.lanes;

    // Letters a multiple of 1 KiB apart would meet in the same few sets of the cache.
    std::size_t stride = tree.run_used;
    for (std::size_t length = low; length < s.depth; ++length) {
        if (stride * sizeof(Real) % 1024 == 0)
            stride += k.lanes;
        tree.stride[length] = stride;
        stride *= s.width;
    }
    const std::size_t low_row = tree.run_used + k.lanes;
    for (std::size_t length = 2; length <= s.depth; ++length)
        tree.level[length] =
            memory.take(length <= low ? low_row : tree.stride[length - 1] * s.width);
    tree.spare = memory.take(low >= 2 ? low_row : 0);

    // What is above has to be zero at first; what is below need not.
    const std::size_t steps = tree.blocks * steps_at_once;
    for (std::size_t i = 0; i < 2; ++i)
        tree.chains[i] = memory.take(rows * steps * tree.chain_row[i]);
    plan_steps(memory, 1, plan);
    tree.cached_levels = cached_levels(s, k.lanes * k.group * sizeof(Real));
    std::size_t deep = 0;
    for (std::size_t levels = tree.cached_levels + 1; levels <= s.depth - low; ++levels)
        deep += (levels - 1) * steps * k.lanes * k.group;
    tree.deep_chains = memory.take(deep);
}

/// A tree of all words.
template <typename Real>
void plan_large(const shape& s, std::size_t size, const kernel<Real>& k, arena<Real>& memory,
                planned_tree<Real>& plan) {
    const std::size_t low = suffix_length(s, k.lanes, 1, s.width);
    plan.tree.blocks = size < cached_words ? 1 : blocks_max;
    plan_runs(s, low, level_of(s.width, low).size, s.depth - 1, k, memory, plan);
    plan.reals = memory.taken();
}

} // namespace libalgebra
