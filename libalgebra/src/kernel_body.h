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

/// A node whose chains are in memory: chain j of step t at (j * steps + t) * row.
template <typename Real>
struct node {
    const Real* factors;
    std::size_t length;
    std::size_t at;
    const Real* chains;
    std::size_t row;
    std::size_t steps;
};

template <typename Real, typename Lanes, std::size_t Levels>
LIBALGEBRA_TARGET void walk_in_registers(const word_tree<Real>& tree, const node<Real>& n) {
    Lanes chains[steps_at_once][Levels];
    for (std::size_t t = 0; t < steps_at_once; ++t)
        for (std::size_t j = 0; j < Levels; ++j)
            chains[t][j] = Lanes::load(n.chains + (j * n.steps + t) * n.row);
    subtree<Real, Lanes, shared_factor<Real>, Levels>::walk(tree, n.factors, n.length, n.at,
                                                            chains);
}

/// Everything below a node, by as many registers as its number of levels takes, or by calling
/// itself on each child while there are too many levels. `room` is for the children's chains.
template <typename Real, typename Lanes>
LIBALGEBRA_TARGET bool walk_below(const word_tree<Real>& tree, const node<Real>& n, Real* room,
                                  pacer& pace) {
    const std::size_t levels = tree.depth - n.length;
    switch (levels) {
    case 1:
        walk_in_registers<Real, Lanes, 1>(tree, n);
        return pace.spend(tree.work[1]);
    case 2:
        walk_in_registers<Real, Lanes, 2>(tree, n);
        return pace.spend(tree.work[2]);
    case 3:
        walk_in_registers<Real, Lanes, 3>(tree, n);
        return pace.spend(tree.work[3]);
    case 4:
        walk_in_registers<Real, Lanes, 4>(tree, n);
        return pace.spend(tree.work[4]);
    default:
        break;
    }
    static_assert(register_levels == 4, "one case for each");

    node<Real> child = n;
    child.length = n.length + 1;
    child.chains = room;
    child.row = Lanes::reals;
    child.steps = steps_at_once;
    Real* const level = tree.level[n.length + 1];
    const Real* factors = n.factors;
    for (std::size_t letter = 0; letter < tree.width; ++letter) {
        const Lanes before = Lanes::load(level + child.at);
        Lanes s = before;
        for (std::size_t t = 0; t < steps_at_once; ++t) {
            for (std::size_t j = 1; j < levels; ++j)
                s.plus_product(factors[j * steps_at_once + t],
                               Lanes::load(n.chains + (j * n.steps + t) * n.row))
                    .store(room + ((j - 1) * steps_at_once + t) * Lanes::reals);
            s = s.plus_product(factors[t], Lanes::load(n.chains + t * n.row));
        }
        s.store(level + child.at);
        if (walk_below<Real, Lanes>(tree, child, room + (levels - 1) * steps_at_once * Lanes::reals,
                                    pace))
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
    const std::size_t width = tree.width;
    const std::size_t blocks = tree.blocks;
    const std::size_t steps = blocks * steps_at_once;
    const std::size_t levels = tree.depth - length + 1;
    const std::size_t row = tree.chain_row[length % 2];
    const std::size_t below_row = tree.chain_row[(length + 1) % 2];
    const std::size_t of_letter = tree.depth * steps_at_once;
    const Real* const from = tree.level[length];
    Real* const to = tree.spare;
    for (std::size_t letter = 0; letter < width; ++letter) {
        for (std::size_t i = 0; i < words; i += lanes::reals) {
            const std::size_t word = letter * words + i;
            const Real* c = tree.chains[length % 2] + i;
            Real* d = tree.chains[(length + 1) % 2] + word;
            const Real* z = tree.factors + letter * of_letter;
            lanes s = lanes::load(from + word);
            for (std::size_t block = 0; block < blocks; ++block) {
                lanes before[steps_at_once]; // the steps of this block
                for (std::size_t t = 0; t < steps_at_once; ++t) {
                    before[t] = s;
                    s = s.plus_product(z[t], lanes::load(c + t * row));
                }
                for (std::size_t j = 1; j < levels; ++j) {
                    const Real* const b = c + j * steps * row;
                    Real* const out = d + (j - 1) * steps * below_row;
                    for (std::size_t t = 0; t < steps_at_once; ++t)
                        before[t]
                            .plus_product(z[j * steps_at_once + t], lanes::load(b + t * row))
                            .store(out + t * below_row);
                }
                z += width * of_letter;
                c += steps_at_once * row;
                d += steps_at_once * below_row;
            }
            s.store(to + word);
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

    const Real* const chains = tree.chains[(tree.low + 1) % 2];
    const std::size_t row = tree.chain_row[(tree.low + 1) % 2];
    const std::size_t steps = tree.blocks * steps_at_once;
    constexpr std::size_t in_group = group_of<Real>::reals;
    for (std::size_t at = 0; at < tree.run_used;) {
        const bool is_group = tree.run_used - at >= in_group;
        for (std::size_t block = 0; block < tree.blocks; ++block) {
            const node<Real> n = {tree.factors + block * block_factors,      tree.low, at,
                                  chains + block * steps_at_once * row + at, row,      steps};
            if (is_group ? walk_below<Real, group_of<Real>>(tree, n, tree.deep_chains, pace)
                         : walk_below<Real, vector_of<Real>>(tree, n, tree.deep_chains, pace))
                return true;
        }
        at += is_group ? in_group : vector_of<Real>::reals;
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
