// signature_walk.h: the signature of one path, in memory that the caller provides.
#pragma once

#include "checked.h"
#include "kernel.h"
#include "libalgebra/tensor.h"
#include "path_steps.h"
#include "tensor_levels.h"
#include "tree_layout.h"

#include <cstddef>
#include <cstring>

namespace libalgebra {

/// A path of more steps is cut into parts, whose signatures are multiplied: rounding errors then
/// grow with the number of the parts and with their length, not with the product of these.
constexpr std::size_t part_steps = 4096;

/// Tensors of more words are not cut: another one beside them would take too much memory.
constexpr std::size_t part_words = std::size_t{1} << 16;

template <typename Real>
status checked_size(const shape& s, std::size_t& size) {
    LIBALGEBRA_TRY(tensor_size(s, size));
    // Padding makes a large tree at most half as large again.
    constexpr std::size_t size_max = static_cast<std::size_t>(PTRDIFF_MAX) / sizeof(Real) / 2;
    return size > size_max && s.width > 1 ? status::too_large : status::ok;
}

/// With one letter the algebra is commutative: x^n/n! with x the difference of the end points.
template <typename Real>
status one_letter_signature(const path_view& path, std::size_t depth, Real* result, pacer& pace) {
    constexpr std::size_t between = std::size_t{1} << 16;
    double sum = 0.0;
    double increment[1];
    for (std::size_t step = path.length - 1; step-- > 0;) {
        path_increment(path, step, increment);
        sum += increment[0];
        if (step % between == 0 && pace.spend(4 * between))
            return status::interrupted;
    }
    Real x = 0;
    read_level_one(path, &sum, 1, &x);
    for (std::size_t n = 1; n <= depth; ++n)
        result[n] = result[n - 1] * x / static_cast<Real>(n);
    return status::ok;
}

/// Reads the steps of a whole path, block by block from the last one backwards, and hands each to
/// `walk`, which says whether to stop. What is missing to whole blocks is put before the first.
template <typename Real, typename Read, typename Walk>
bool for_all_blocks(std::size_t steps, planned_tree<Real>& plan, Read read, Walk walk) {
    const std::size_t blocks_at_once = plan.tree.blocks;
    const std::size_t row = plan.rows.row;
    std::size_t missing = (steps_at_once - steps % steps_at_once) % steps_at_once;
    std::memset(plan.rows.increments, 0, missing * row * sizeof(Real));
    std::memset(plan.rows.ends, 0, missing * row * sizeof(Real));
    while (steps != 0) {
        const std::size_t blocks = (steps + missing) / steps_at_once;
        plan.tree.blocks = blocks < blocks_at_once ? blocks : blocks_at_once;
        const std::size_t count = plan.tree.blocks * steps_at_once - missing;
        step_rows<Real> rows = plan.rows;
        rows.increments += missing * row;
        rows.ends += missing * row;
        read(steps, count, rows);
        if (walk())
            return true;
        steps -= count;
        missing = 0;
    }
    return false;
}

/// Copies a walked tree to a result, run by run.
template <typename Real>
bool copy_words(const planned_tree<Real>& plan, Real* result, pacer& pace) {
    const word_tree<Real>& tree = plan.tree;
    tensor_level level = level_of(tree.width, 1);
    for (std::size_t length = 2; length <= tree.depth; ++length) {
        level.up(tree.width);
        const std::size_t low = length < tree.low ? length : tree.low;
        const std::size_t run = level_of(tree.width, low).size;
        std::size_t letters[depth_max] = {}; // before the run, the nearest one first
        const Real* from = tree.level[length];
        Real* to = result + level.begin;
        for (std::size_t left = level.size; left != 0; left -= run) {
            std::memcpy(to, from, run * sizeof(Real));
            to += run;
            for (std::size_t k = low; k < length; ++k) {
                from += tree.stride[k];
                if (++letters[k] < tree.width)
                    break;
                from -= tree.width * tree.stride[k];
                letters[k] = 0;
            }
            if (pace.spend(run))
                return true;
        }
    }
    return false;
}

/// Zeros, in parts between which the caller may stop.
template <typename Real>
bool clear(Real* to, std::size_t count, pacer& pace) {
    constexpr std::size_t part = std::size_t{1} << 22;
    for (; count > part; to += part, count -= part) {
        std::memset(to, 0, part * sizeof(Real));
        if (pace.spend(part))
            return true;
    }
    std::memset(to, 0, count * sizeof(Real));
    return false;
}

/// The signature of a path of some steps, of two letters or more.
template <typename Real>
status signature_by_walk(const path_view& path, const shape& s, const kernel<Real>& k, Real* memory,
                         Real* result, pacer& pace) {
    memory = aligned(memory);
    planned_tree<Real> plan;
    arena<Real> parts(memory);
    const auto read = [&](std::size_t after, std::size_t count, const step_rows<Real>& rows) {
        read_steps(path, after, count, rows);
    };
    std::size_t size = 0;
    LIBALGEBRA_TRY(tensor_size(s, size));
    const bool is_in_result = is_small(s, size);
    if (is_in_result)
        plan_small(s, 1, result + 1 + s.width, parts, plan);
    else
        plan_large(s, size, k, parts, plan);
    word_tree<Real>& tree = plan.tree;
    std::memset(plan.rows.sums, 0, s.width * sizeof(double));
    bool is_stopped = false;
    if (is_in_result) {
        std::memset(result, 0, size * sizeof(Real));
        is_stopped = for_all_blocks(path.length - 1, plan, read, [&] {
            k.walk_words(tree);
            return pace.spend(size * s.depth);
        });
    } else {
        count_work(tree, k, plan.work);
        tree.work = plan.work;
        const std::size_t zeros = static_cast<std::size_t>(tree.chains[0] - memory);
        is_stopped =
            clear(memory, zeros, pace) ||
            for_all_blocks(path.length - 1, plan, read, [&] { return k.walk(tree, pace); }) ||
            copy_words(plan, result, pace);
    }
    if (is_stopped)
        return status::interrupted;
    result[0] = Real(1);
    read_level_one(path, plan.rows.sums, 1, result + 1);
    return status::ok;
}

/// Reals that the function above needs.
template <typename Real>
std::size_t walk_reals(const shape& s, std::size_t size, const kernel<Real>& k) {
    planned_tree<Real> plan;
    arena<Real> nothing(nullptr);
    if (is_small(s, size))
        plan_small<Real>(s, 1, nullptr, nothing, plan);
    else
        plan_large(s, size, k, nothing, plan);
    return plan.reals + alignment / sizeof(Real);
}

/// A path whose signature is known without a walk: of at most one point, letter or level.
[[nodiscard]] inline bool is_simple(const path_view& path, std::size_t depth) {
    return path.length < 2 || path.width == 1 || depth < 2;
}

template <typename Real>
status simple_signature(const path_view& path, std::size_t depth, Real* result, pacer& pace) {
    std::size_t size = 0;
    LIBALGEBRA_TRY(tensor_size({path.width, depth}, size));
    if (clear(result, size, pace))
        return status::interrupted;
    result[0] = Real(1);
    if (path.length < 2 || depth == 0)
        return status::ok;
    if (path.width == 1)
        return one_letter_signature(path, depth, result, pace);
    // Sums of all letters would need memory; one letter at a time does not.
    for (std::size_t letter = 0; letter < path.width; ++letter) {
        path_view one = path;
        one.data = static_cast<const char*>(path.data) +
                   static_cast<std::ptrdiff_t>(letter) * path.letter_stride;
        one.width = 1;
        Real level[2] = {Real(1), Real(0)};
        LIBALGEBRA_TRY(one_letter_signature(one, 1, level, pace));
        result[1 + letter] = level[1];
    }
    return status::ok;
}

[[nodiscard]] inline bool is_cut(const path_view& path, std::size_t size) {
    return path.length - 1 > part_steps && size <= part_words;
}

/// Part `number` of a path that is cut: the parts follow one another, the last may be shorter.
[[nodiscard]] inline path_view cut_part(const path_view& path, std::size_t number) {
    const std::size_t first = number * part_steps;
    const std::size_t left = path.length - 1 - first;
    return path_part(path, first, (left < part_steps ? left : part_steps) + 1);
}

/// From the signature of the parts before part `number` to that of the parts up to it. `level_one`
/// has room for a number for each letter.
template <typename Real>
status join_part(const path_view& path, const shape& s, std::size_t number, const Real* part,
                 Real* level_one, Real* result) {
    const std::size_t points = number * part_steps + cut_part(path, number).length;
    double sum[1];
    for (std::size_t letter = 0; letter < s.width; ++letter) {
        // Level 1 of the product, exact where it is finite; see read_level_one.
        sum[0] = static_cast<double>(result[1 + letter]) + static_cast<double>(part[1 + letter]);
        path_view until = path_part(path, 0, points);
        until.data = static_cast<const char*>(path.data) +
                     static_cast<std::ptrdiff_t>(letter) * path.letter_stride;
        until.width = 1;
        read_level_one(until, sum, 1, level_one + letter);
    }
    LIBALGEBRA_TRY(tensor_multiply(s, result, part, result));
    std::memcpy(result + 1, level_one, s.width * sizeof(Real));
    return status::ok;
}

/// Cuts a long path, computes the parts, and multiplies them from the first to the last.
template <typename Real>
status signature_of_parts(const path_view& path, const shape& s, const kernel<Real>& k,
                          Real* memory, Real* part, Real* result, pacer& pace) {
    LIBALGEBRA_TRY(signature_by_walk(cut_part(path, 0), s, k, memory, result, pace));
    for (std::size_t number = 1; number * part_steps < path.length - 1; ++number) {
        LIBALGEBRA_TRY(signature_by_walk(cut_part(path, number), s, k, memory, part, pace));
        LIBALGEBRA_TRY(join_part(path, s, number, part, memory, result));
    }
    return status::ok;
}

/// The signature of a path. `memory` has walk_reals(), and `part` as many as a tensor has if the
/// path is_cut(); for a path that is_simple() there need not be either.
template <typename Real>
status signature_in(const path_view& path, const shape& s, std::size_t size, const kernel<Real>& k,
                    Real* memory, Real* part, Real* result, pacer& pace) {
    if (is_simple(path, s.depth))
        return simple_signature(path, s.depth, result, pace);
    if (is_cut(path, size))
        return signature_of_parts(path, s, k, memory, part, result, pace);
    return signature_by_walk(path, s, k, memory, result, pace);
}

} // namespace libalgebra
