// kernel_body.h: the kernels, included once for each instruction set by a file that defines
//   LIBALGEBRA_VARIANT       a namespace of its own
//   LIBALGEBRA_VECTOR_BYTES  the size of a vector
//   LIBALGEBRA_GROUP         how many vectors are walked side by side
//   LIBALGEBRA_FUSED         1 if the processor multiplies and adds with one rounding
//   LIBALGEBRA_TARGET        the attribute that lets a function use the instruction set
//
// A signature S is multiplied from the left by exp(z): level n becomes the sum over i of
// z^i/i! S_(n-i), which Horner's rule evaluates as
//     b_0 = 1,  b_k = S_k + z/(n-k+1) b_(k-1)  for k = 1 to n,  S_n = b_n.
// For one word, which is a letter l before a word v, that is
//     b_k[l v] = S_k[l v] + z_l/(n-k+1) b_(k-1)[v],
// so a word needs the values of its suffix v alone. The walk goes through the tree of words in
// which the children of v are all l v, depth first. At a node v of length k it holds the chains
// c_n = b_k[v] of all levels n > k. A child loads s = S_(k+1)[l v] once, hands on the chains
// s + z_l/(n-k) c_n of levels n > k+1, and stores s + z_l c_(k+1), which is the new S_(k+1)[l v]:
// one load and one store for depth - k multiply-adds. Each node does so for steps_at_once
// increments, from the last one of the path backwards. Every word sees the same operations in the
// same order, whatever shares a vector or a walk with it: results do not depend on that.
//
// Nodes are vectors of words that end alike, or of one word of several paths. Nothing here has
// external linkage but the table at the end: a function compiled for an instruction set must never
// be merged with another one's.

#include "kernel.h"
#include "kernel_lanes.h"

#include <cstddef>

namespace libalgebra {
namespace LIBALGEBRA_VARIANT {
namespace {

/// The part of a walk below a node: `Levels` of them, all in registers.
template <typename Real, typename Lanes, typename Factor, std::size_t Levels>
struct subtree {
    /// `chains` are those of a node of `length` letters, which is `at` Reals into its level.
    LIBALGEBRA_INLINE static void walk(const word_tree<Real>& tree, const Real* factors,
                                       std::size_t length, std::size_t at,
                                       const Lanes (&chains)[steps_at_once][Levels]) {
        constexpr std::size_t f = Factor::reals;
        // Copies: for all the compiler knows, a store to a level could change the tree.
        Real* const level = tree.level[length + 1];
        const std::size_t width = tree.width;
        const std::size_t stride = tree.stride[length];
        const std::size_t of_letter = tree.depth * steps_at_once * f;
        const Real* z = factors;
        for (std::size_t letter = 0; letter < width; ++letter, at += stride, z += of_letter) {
            Lanes s = Lanes::load(level + at);
            if constexpr (Levels == 1) {
                for (std::size_t t = 0; t < steps_at_once; ++t)
                    s = s.plus_product(Factor::load(z + t * f), chains[t][0]);
                s.store(level + at);
            } else {
                Lanes below[steps_at_once][Levels - 1];
                for (std::size_t t = 0; t < steps_at_once; ++t) {
                    for (std::size_t j = 1; j < Levels; ++j)
                        below[t][j - 1] = s.plus_product(
                            Factor::load(z + (j * steps_at_once + t) * f), chains[t][j]);
                    s = s.plus_product(Factor::load(z + t * f), chains[t][0]);
                }
                s.store(level + at);
                subtree<Real, Lanes, Factor, Levels - 1>::walk(tree, factors, length + 1, at,
                                                               below);
            }
        }
    }
};

/// A node whose chains are in memory: chain j of step t, of all blocks, is row j * steps + t.
template <typename Real>
struct node {
    std::size_t length;
    std::size_t at;
    const Real* chains;
    std::size_t row;
};

template <typename Real, typename Lanes, std::size_t Levels>
LIBALGEBRA_TARGET void walk_in_registers(const word_tree<Real>& tree, const node<Real>& n) {
    const std::size_t blocks = tree.blocks;
    const std::size_t steps = blocks * steps_at_once;
    const Real* factors = tree.factors;
    for (std::size_t block = 0; block < blocks; ++block) {
        const Real* const of_block = n.chains + block * steps_at_once * n.row;
        Lanes chains[steps_at_once][Levels];
        for (std::size_t t = 0; t < steps_at_once; ++t)
            for (std::size_t j = 0; j < Levels; ++j)
                chains[t][j] = Lanes::load(of_block + (j * steps + t) * n.row);
        subtree<Real, Lanes, shared_factor<Real>, Levels>::walk(tree, factors, n.length, n.at,
                                                                chains);
        factors += tree.width * tree.depth * steps_at_once;
    }
}

/// Multiplies all steps to one vector of words, and makes the chains of these words from those of
/// their suffixes. `factors` are those of the letter before the suffixes.
template <typename Real, typename Lanes>
LIBALGEBRA_SHARED void put_letter(const word_tree<Real>& tree, const Real* word, Real* new_word,
                                  const Real* factors, std::size_t levels, const Real* chains,
                                  std::size_t row, Real* below, std::size_t below_row) {
    Lanes s = Lanes::load(word);
    const std::size_t blocks = tree.blocks;
    const std::size_t steps = blocks * steps_at_once;
    const std::size_t block_factors = tree.width * tree.depth * steps_at_once;
    for (std::size_t block = 0; block < blocks; ++block, factors += block_factors) {
        Lanes before[steps_at_once];
        for (std::size_t t = 0; t < steps_at_once; ++t) {
            before[t] = s;
            s = s.plus_product(factors[t], Lanes::load(chains + t * row));
        }
        for (std::size_t j = 1; j < levels; ++j) {
            const Real* const from = chains + j * steps * row;
            Real* const to = below + (j - 1) * steps * below_row;
            for (std::size_t t = 0; t < steps_at_once; ++t)
                before[t]
                    .plus_product(factors[j * steps_at_once + t], Lanes::load(from + t * row))
                    .store(to + t * below_row);
        }
        chains += steps_at_once * row;
        below += steps_at_once * below_row;
    }
    s.store(new_word);
}

/// Everything below a node: in registers, block by block, if there are few levels left and these
/// fit into the cache; else child by child. `room` is for the children's chains.
template <typename Real, typename Lanes>
LIBALGEBRA_TARGET bool walk_below(const word_tree<Real>& tree, const node<Real>& n, Real* room,
                                  pacer& pace) {
    const std::size_t levels = tree.depth - n.length;
    if (levels <= tree.cached_levels) {
        if (levels == 1)
            walk_in_registers<Real, Lanes, 1>(tree, n);
        else if (levels == 2)
            walk_in_registers<Real, Lanes, 2>(tree, n);
        else if (levels == 3)
            walk_in_registers<Real, Lanes, 3>(tree, n);
        else
            walk_in_registers<Real, Lanes, 4>(tree, n);
        static_assert(register_levels == 4, "one case for each");
        return pace.spend(tree.work[levels] * tree.blocks);
    }
    node<Real> child = {n.length + 1, n.at, room, Lanes::reals};
    const std::size_t steps = tree.blocks * steps_at_once;
    Real* const rest = room + (levels - 1) * steps * Lanes::reals;
    Real* const level = tree.level[n.length + 1];
    const Real* factors = tree.factors;
    for (std::size_t letter = 0; letter < tree.width; ++letter) {
        put_letter<Real, Lanes>(tree, level + child.at, level + child.at, factors, levels, n.chains,
                                n.row, room, Lanes::reals);
        if (walk_below<Real, Lanes>(tree, child, rest, pace))
            return true;
        child.at += tree.stride[n.length];
        factors += tree.depth * steps_at_once;
    }
    return false;
}

/// factors[letter][divisor - 1][step] = increment / divisor, up to the rounding of 1/divisor, for
/// the steps of one block; `Lanes` of each.
template <typename Real, typename Lanes>
LIBALGEBRA_INLINE void scale_increments(const word_tree<Real>& tree, std::size_t block, Real* to) {
    const std::size_t width = tree.width;
    const std::size_t depth = tree.depth;
    const std::size_t row = tree.row;
    const Real* from = tree.increments + block * steps_at_once * row;
    for (std::size_t letter = 0; letter < width; ++letter, from += Lanes::reals) {
        Lanes z[steps_at_once];
        for (std::size_t t = 0; t < steps_at_once; ++t)
            z[t] = Lanes::load(from + t * row);
        for (std::size_t j = 1; j <= depth; ++j, to += steps_at_once * Lanes::reals) {
            const Lanes reciprocal = Lanes::broadcast(Real(1) / static_cast<Real>(j));
            Lanes scaled[steps_at_once];
            for (std::size_t t = 0; t < steps_at_once; ++t)
                scaled[t] = z[t].times(reciprocal);
            for (std::size_t t = 0; t < steps_at_once; ++t)
                scaled[t].store(to + t * Lanes::reals);
        }
    }
}

/// The chains of all words of one letter, b_1 = S_1 + z/n for n = 2 to depth: letters are lanes.
template <typename Real>
LIBALGEBRA_INLINE void first_level(const word_tree<Real>& tree) {
    using lanes = vector_of<Real>;
    Real* chains = tree.chains[0];
    const std::size_t width = tree.width;
    const std::size_t depth = tree.depth;
    const std::size_t row = tree.row;
    const std::size_t chain_row = tree.chain_row[0];
    const std::size_t steps = tree.blocks * steps_at_once;
    for (std::size_t n = 2; n <= depth; ++n) {
        const lanes reciprocal = lanes::broadcast(Real(1) / static_cast<Real>(n));
        const Real* z = tree.increments;
        const Real* s = tree.ends;
        for (std::size_t t = 0; t < steps; ++t, z += row, s += row, chains += chain_row) {
            for (std::size_t i = 0; i < width; i += lanes::reals)
                lanes::load(s + i).plus(lanes::load(z + i).times(reciprocal)).store(chains + i);
        }
    }
}

/// From the chains of all words of length - 1 to those of all words of this length, and to the new
/// values of this level. Vectors reach beyond the `words` words that a letter stands before, and
/// the next letter overwrites that; so both are written elsewhere than they are read.
template <typename Real>
LIBALGEBRA_INLINE void next_level(const word_tree<Real>& tree, std::size_t length,
                                  std::size_t words) {
    using lanes = vector_of<Real>;
    const std::size_t from = length % 2;
    const std::size_t to = (length + 1) % 2;
    for (std::size_t letter = 0; letter < tree.width; ++letter) {
        const Real* const factors = tree.factors + letter * tree.depth * steps_at_once;
        for (std::size_t i = 0; i < words; i += lanes::reals) {
            const std::size_t word = letter * words + i;
            put_letter<Real, lanes>(tree, tree.level[length] + word, tree.spare + word, factors,
                                    tree.depth - length + 1, tree.chains[from] + i,
                                    tree.chain_row[from], tree.chains[to] + word,
                                    tree.chain_row[to]);
        }
    }
}

template <typename Real>
LIBALGEBRA_TARGET bool walk(word_tree<Real>& tree, pacer& pace) {
    const std::size_t block_factors = tree.width * tree.depth * steps_at_once;
    for (std::size_t block = 0; block < tree.blocks; ++block)
        scale_increments<Real, one<Real>>(tree, block, tree.factors + block * block_factors);
    first_level(tree);
    std::size_t words = tree.width;
    for (std::size_t length = 2; length <= tree.low; ++length, words *= tree.width) {
        next_level(tree, length, words);
        Real* const level = tree.level[length];
        tree.level[length] = tree.spare;
        tree.spare = level;
    }

    const std::size_t last = (tree.low + 1) % 2;
    constexpr std::size_t in_group = group_of<Real>::reals;
    constexpr std::size_t in_vector = vector_of<Real>::reals;
    std::size_t at = 0;
    for (; tree.run_used - at >= in_group; at += in_group) {
        const node<Real> n = {tree.low, at, tree.chains[last] + at, tree.chain_row[last]};
        if (walk_below<Real, group_of<Real>>(tree, n, tree.deep_chains, pace))
            return true;
    }
    for (; at < tree.run_used; at += in_vector) {
        const node<Real> n = {tree.low, at, tree.chains[last] + at, tree.chain_row[last]};
        if (walk_below<Real, vector_of<Real>>(tree, n, tree.deep_chains, pace))
            return true;
    }
    return false;
}

/// From the empty word, whose chains are all 1, down all levels.
template <typename Real, typename Lanes, typename Factor, std::size_t Depth>
LIBALGEBRA_TARGET void walk_from_root(const word_tree<Real>& tree, const Real* ends) {
    const Real* factors = tree.factors;
    for (std::size_t letter = 0; letter < tree.width; ++letter) {
        Lanes chains[steps_at_once][Depth - 1];
        for (std::size_t t = 0; t < steps_at_once; ++t) {
            const Lanes s = Lanes::load(ends + t * tree.row + letter * Lanes::reals);
            for (std::size_t j = 1; j < Depth; ++j)
                chains[t][j - 1] =
                    s.plus(Lanes::load(factors + (j * steps_at_once + t) * Lanes::reals));
        }
        subtree<Real, Lanes, Factor, Depth - 1>::walk(tree, tree.factors, 1, letter * Lanes::reals,
                                                      chains);
        factors += Depth * steps_at_once * Lanes::reals;
    }
}

template <typename Real, typename Lanes, typename Factor>
LIBALGEBRA_TARGET void walk_small(const word_tree<Real>& tree) {
    for (std::size_t block = 0; block < tree.blocks; ++block) {
        scale_increments<Real, Lanes>(tree, block, tree.factors);
        const Real* const ends = tree.ends + block * steps_at_once * tree.row;
        if (tree.depth == 2)
            walk_from_root<Real, Lanes, Factor, 2>(tree, ends);
        else if (tree.depth == 3)
            walk_from_root<Real, Lanes, Factor, 3>(tree, ends);
        else if (tree.depth == 4)
            walk_from_root<Real, Lanes, Factor, 4>(tree, ends);
        else
            walk_from_root<Real, Lanes, Factor, 5>(tree, ends);
    }
    static_assert(register_levels == 4, "one case for each");
}

template <typename Real>
LIBALGEBRA_TARGET void subtract(const lane_points& p, std::size_t steps,
                                const step_rows<Real>& rows) {
    using lanes = vector_of<double>;
    const std::size_t letters = p.letters;
    const std::size_t row = rows.row;
    for (std::size_t i = 0; i < letters; i += lanes::reals) {
        const double* from = p.points + steps * letters + i;
        Real* increments = rows.increments + i;
        Real* ends = rows.ends + i;
        const lanes last = lanes::load(p.last + i);
        lanes next = lanes::load(from);
        lanes sum = lanes::load(p.sums + i);
        for (std::size_t step = 0; step < steps; ++step, increments += row, ends += row) {
            from -= letters;
            const lanes here = lanes::load(from);
            const lanes increment = next.minus(here);
            store_rounded(increment, increments);
            store_rounded(last.minus(next), ends);
            sum = sum.plus(increment);
            next = here;
        }
        sum.store(p.sums + i);
    }
}

template <typename Real>
constexpr kernel<Real> table = {vector_of<Real>::reals,
                                group_of<Real>::reals / vector_of<Real>::reals,
                                walk<Real>,
                                walk_small<Real, one<Real>, shared_factor<Real>>,
                                walk_small<Real, vector_of<Real>, vector_of<Real>>,
                                subtract<Real>};

} // namespace
} // namespace LIBALGEBRA_VARIANT
} // namespace libalgebra
