// kernel.h: what the kernels work on, and the table of them; each instruction set has one.
#pragma once

#include "libalgebra/interruption.h"
#include "libalgebra/simd.h"
#include "tensor_kernel.h"

#include <cstddef>

namespace libalgebra {

/// Increments that a walk over the words takes at once: their chains stay in registers.
constexpr std::size_t steps_at_once = 4;

/// Walks that follow one another on the same part of the words, which then stays in the cache.
constexpr std::size_t blocks_max = 4;

/// The same for small trees of several paths: reading these path by path is what takes time.
constexpr std::size_t blocks_of_lanes = 8;

/// Two letters at this depth are more than any memory holds.
constexpr std::size_t depth_max = 64;

/// The most levels that a walk descends in registers; above, it keeps its chains in memory.
constexpr std::size_t register_levels = 4;

/// Counts arithmetic operations, and asks the caller now and then whether to go on.
class pacer {
public:
    /// `spent` goes on from call to call.
    pacer(const interruption& stop, std::size_t& spent) : stop_(stop), spent_(spent) {}

    /// True when the caller wants to stop.
    [[nodiscard]] bool spend(std::size_t operations) {
        spent_ += operations;
        if (spent_ < between_questions)
            return false;
        spent_ = 0;
        return stop_.should_stop != nullptr && stop_.should_stop(stop_.context);
    }

    [[nodiscard]] const interruption& stop() const { return stop_; }

private:
    static constexpr std::size_t between_questions = std::size_t{1} << 27;

    interruption stop_;
    std::size_t& spent_;
};

/// A signature while increments are multiplied to it from the left, and the increments.
///
/// Words are stored first letter first, so those that end alike in `low` letters are contiguous:
/// levels above `low` are made of runs of width^low words, padded. The words of one run
/// are the lanes of vectors. With `low` = 0 a run is one word, or one word of several paths.
template <typename Real>
struct word_tree {
    std::size_t width;
    std::size_t depth;    ///< at least 2
    std::size_t low;      ///< less than the depth
    std::size_t run_used; ///< Reals of a run that are computed: whole vectors
    /// From one letter to the next, put before a word of k letters, k >= low: width^k and padding.
    std::size_t stride[depth_max];
    Real* level[depth_max];    ///< levels 2 to depth
    Real* spare;               ///< as large as a level up to `low`: they change places
    std::size_t blocks;        ///< of steps_at_once increments each
    const Real* increments;    ///< step by step from the last one on, `row` Reals each
    const Real* ends;          ///< level 1 before each of these steps
    std::size_t row;           ///< room for a vector of letters
    Real* factors;             ///< increments / 1, ..., / depth
    Real* chains[2];           ///< of the words of one length, and of the next one, in turns:
    std::size_t chain_row[2];  ///< (depth - 1) * blocks * steps_at_once rows of so many Reals
    std::size_t cached_levels; ///< that are walked in registers: few, and small ones
    Real* deep_chains;         ///< what a walk above these keeps
    const std::size_t* work;   ///< operations below a node, by levels left
};

/// Points and differences of `lanes` paths: letter by letter, a double for each lane.
struct lane_points {
    double* points; ///< the points between which the steps of some blocks lie
    double* last;   ///< the last points of the paths
    double* sums;   ///< of all increments
    std::size_t lanes;
    std::size_t letters; ///< width * lanes
};

/// Where rows of letters are written, a row for each step.
template <typename Real>
struct step_rows {
    Real* increments;
    Real* ends;                  ///< from the end of the step to the end of the path
    double* sums;                ///< of the increments, for each letter
    std::size_t row;             ///< Reals from one step to the next
    std::size_t letter_distance; ///< Reals from one letter to the next
};

template <typename Real>
struct kernel {
    std::size_t lanes; ///< Reals in a vector
    std::size_t group; ///< vectors that are walked side by side

    /// Multiplies the increments of a path to its signature; true when stopped.
    bool (*walk)(word_tree<Real>& tree, pacer& pace);

    /// The same for low = 0, for one path; the factors are those of one block.
    void (*walk_words)(const word_tree<Real>& tree);

    /// The same for `lanes` paths side by side: every Real of the tree is a vector of them.
    void (*walk_lanes)(const word_tree<Real>& tree);

    /// Rows of differences between the points of `lanes` paths, the last step first; see step_rows.
    void (*subtract)(const lane_points& p, std::size_t steps, const step_rows<Real>& rows);
};

struct kernels {
    kernel<float> of_float;
    kernel<double> of_double;
    tensor_kernel of_tensors;
};

extern const kernels baseline_kernels;

#if defined(__x86_64__) && defined(__GNUC__)
#define LIBALGEBRA_X86_KERNELS 1
extern const kernels avx2_kernels;
extern const kernels avx512_kernels;
#else
#define LIBALGEBRA_X86_KERNELS 0
#endif

/// Those of the variant in use.
[[nodiscard]] const kernels& kernels_in_use();

template <typename Real>
[[nodiscard]] const kernel<Real>& kernel_in_use();

template <>
[[nodiscard]] inline const kernel<float>& kernel_in_use<float>() {
    return kernels_in_use().of_float;
}

template <>
[[nodiscard]] inline const kernel<double>& kernel_in_use<double>() {
    return kernels_in_use().of_double;
}

inline void combine_part(const level_combination<float>& task) {
    kernels_in_use().of_tensors.combine_floats(task);
}

inline void combine_part(const level_combination<double>& task) {
    kernels_in_use().of_tensors.combine_doubles(task);
}

/// From the word `first` on, where all words with the same `prefix` letters are whole runs; true
/// when stopped.
template <typename Real>
[[nodiscard]] bool combine_words(level_combination<Real> task, std::size_t prefix, pacer& pace) {
    constexpr std::size_t part_words = std::size_t{1} << 22;
    std::size_t length = task.n.length;
    task.run = 1;
    while (length > prefix && (task.run == 1 || task.run * task.width <= combination_run_max)) {
        --length;
        task.run *= task.width;
    }
    const std::size_t part = task.run > part_words ? task.run : part_words / task.run * task.run;
    for (std::size_t left = task.words; left != 0; left -= task.words) {
        task.words = left < part ? left : part;
        combine_part(task);
        if (pace.spend(task.words * task.n.length))
            return true;
        task.first += task.words;
        task.base += task.words;
        task.out += task.words;
    }
    return false;
}

/// A whole level; true when stopped.
template <typename Real>
[[nodiscard]] bool combine_level(level_combination<Real> task, pacer& pace) {
    if (task.width > 1 && task.n.length > 1) {
        task.words = task.n.size;
        return combine_words(task, 1, pace);
    }
    Real sum = 0;
    for (std::size_t i = 1; i < task.n.length; ++i)
        sum += task.a[i] * task.b[task.n.length - i];
    for (std::size_t i = 0; i < task.n.size; ++i)
        task.out[i] = (task.base[i] + task.sign * sum) * task.scale;
    return pace.spend(task.n.length);
}

} // namespace libalgebra
