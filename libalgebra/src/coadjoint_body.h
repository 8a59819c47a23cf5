// coadjoint_body.h: the loops of the signature's derivative; included by tensor_kernel_body.h.
//
// gradient.cpp says what a tree of brackets holds: M(v) for words v whose last two letters are a
// pair. A step z turns level k into the sum over n of c_k of level n, where
//     c_n = M_n,  c_(k-1)[v] = sum over letters l of z_l/(n-k+1) c_k[l v]  for k = n to 2,
// which is the rule of kernel_body.h transposed: a word needs the values of all words that end with
// it. The walk is that walk backwards: a node adds up the chains of its children, which it has from
// them, and their values before the step; then the child's chains are added to its value. So
// everything said there holds here: one load and one store of M serve all steps of a block, and
// every word sees the same operations in the same order, whatever shares a vector with it.
#include "kernel.h"

namespace libalgebra {
namespace LIBALGEBRA_VARIANT {
namespace {

struct reciprocal_table {
    double of[depth_max + 1] = {};

    constexpr reciprocal_table() {
        for (std::size_t i = 1; i <= depth_max; ++i)
            of[i] = 1.0 / static_cast<double>(i);
    }
};

constexpr reciprocal_table reciprocals;

/// The chains of a node from the words below it, `Levels` levels, all in registers.
template <typename Lanes, std::size_t Levels>
struct bracket_subtree {
    LIBALGEBRA_INLINE static void walk(const word_tree<double>& tree, const double* factors,
                                       std::size_t length, std::size_t at,
                                       Lanes (&chains)[steps_at_once][Levels]) {
        double* const level = tree.level[length + 1];
        const std::size_t width = tree.width;
        const std::size_t stride = tree.stride[length];
        const std::size_t of_letter = tree.depth * steps_at_once;
        const double* z = factors;
        for (std::size_t t = 0; t < steps_at_once; ++t)
            for (std::size_t j = 0; j < Levels; ++j)
                chains[t][j] = Lanes::broadcast(0.0);
        for (std::size_t letter = 0; letter < width; ++letter, at += stride, z += of_letter) {
            if constexpr (Levels == 1) {
                const Lanes value = Lanes::load(level + at);
                for (std::size_t t = 0; t < steps_at_once; ++t)
                    chains[t][0] = chains[t][0].plus_product(z[t], value);
            } else {
                Lanes below[steps_at_once][Levels - 1];
                bracket_subtree<Lanes, Levels - 1>::walk(tree, factors, length + 1, at, below);
                Lanes value = Lanes::load(level + at);
                for (std::size_t t = 0; t < steps_at_once; ++t) {
                    Lanes sum = below[t][0];
                    for (std::size_t j = 1; j < Levels - 1; ++j)
                        sum = sum.plus(below[t][j]);
                    chains[t][0] = chains[t][0].plus_product(z[t], value);
                    for (std::size_t j = 1; j < Levels; ++j)
                        chains[t][j] =
                            chains[t][j].plus_product(z[j * steps_at_once + t], below[t][j - 1]);
                    value = value.plus(sum);
                }
                value.store(level + at);
            }
        }
    }
};

/// A node whose chains go to memory: that of level length + 1 + j is row j * steps + t.
struct bracket_node {
    std::size_t length;
    std::size_t at;
    double* chains;
    std::size_t row;
};

template <typename Lanes, std::size_t Levels>
LIBALGEBRA_TARGET void walk_brackets_in_registers(const word_tree<double>& tree,
                                                  const bracket_node& n) {
    const std::size_t blocks = tree.blocks;
    const std::size_t steps = blocks * steps_at_once;
    const double* factors = tree.factors;
    for (std::size_t block = 0; block < blocks; ++block) {
        double* const of_block = n.chains + block * steps_at_once * n.row;
        Lanes chains[steps_at_once][Levels];
        bracket_subtree<Lanes, Levels>::walk(tree, factors, n.length, n.at, chains);
        for (std::size_t t = 0; t < steps_at_once; ++t)
            for (std::size_t j = 0; j < Levels; ++j)
                chains[t][j].store(of_block + (j * steps + t) * n.row);
        factors += tree.width * tree.depth * steps_at_once;
    }
}

/// Adds a child, whose chains are `below`, to the chains of its node, and these to its value.
/// `factors` are those of the letter before the child.
template <typename Lanes>
LIBALGEBRA_SHARED void take_child(const word_tree<double>& tree, double* word,
                                  const double* factors, std::size_t levels, const double* below,
                                  const bracket_node& n) {
    const std::size_t steps = tree.blocks * steps_at_once;
    const std::size_t block_factors = tree.width * tree.depth * steps_at_once;
    Lanes value = Lanes::load(word);
    for (std::size_t step = 0; step < steps; ++step) {
        const double* const z =
            factors + step / steps_at_once * block_factors + step % steps_at_once;
        double* const chain = n.chains + step * n.row;
        Lanes::load(chain).plus_product(z[0], value).store(chain);
        Lanes sum = Lanes::load(below + step * Lanes::reals);
        for (std::size_t j = 1; j < levels; ++j) {
            const Lanes child = Lanes::load(below + ((j - 1) * steps + step) * Lanes::reals);
            if (j > 1)
                sum = sum.plus(child);
            double* const to = chain + j * steps * n.row;
            Lanes::load(to).plus_product(z[j * steps_at_once], child).store(to);
        }
        value = value.plus(sum);
    }
    value.store(word);
}

/// Everything below a node: in registers, block by block, if there are few levels left and these
/// fit into the cache; else child by child. `room` is for the children's chains.
template <typename Lanes>
LIBALGEBRA_TARGET bool walk_brackets_below(const word_tree<double>& tree, const bracket_node& n,
                                           double* room, pacer& pace) {
    const std::size_t levels = tree.depth - n.length;
    if (levels <= tree.cached_levels) {
        if (levels == 1)
            walk_brackets_in_registers<Lanes, 1>(tree, n);
        else if (levels == 2)
            walk_brackets_in_registers<Lanes, 2>(tree, n);
        else if (levels == 3)
            walk_brackets_in_registers<Lanes, 3>(tree, n);
        else
            walk_brackets_in_registers<Lanes, 4>(tree, n);
        static_assert(register_levels == 4, "one case for each");
        return pace.spend(tree.work[levels] * tree.blocks);
    }
    const std::size_t steps = tree.blocks * steps_at_once;
    for (std::size_t row = 0; row < levels * steps; ++row)
        Lanes::broadcast(0.0).store(n.chains + row * n.row);
    bracket_node child = {n.length + 1, n.at, room, Lanes::reals};
    double* const rest = room + (levels - 1) * steps * Lanes::reals;
    const double* factors = tree.factors;
    for (std::size_t letter = 0; letter < tree.width; ++letter) {
        if (walk_brackets_below<Lanes>(tree, child, rest, pace))
            return true;
        take_child<Lanes>(tree, tree.level[child.length] + child.at, factors, levels, room, n);
        child.at += tree.stride[n.length];
        factors += tree.depth * steps_at_once;
    }
    return false;
}

/// Adds the chains of a level of at most `low` letters to its values. What these were before each
/// step becomes the chain of the level itself, in the rows after those of the levels above.
LIBALGEBRA_INLINE void add_chains(const word_tree<double>& tree, std::size_t length) {
    using lanes = vector_of<double>;
    const std::size_t steps = tree.blocks * steps_at_once;
    const std::size_t row = tree.chain_row[(length + 1) % 2];
    const std::size_t levels = tree.depth - length;
    for (std::size_t i = 0; i < tree.stride[length]; i += lanes::reals) {
        double* const word = tree.level[length] + i;
        double* const chains = tree.chains[(length + 1) % 2] + i;
        lanes value = lanes::load(word);
        for (std::size_t step = 0; step < steps; ++step) {
            const double* from = chains + step * row;
            value.store(chains + (levels * steps + step) * row);
            lanes sum = lanes::load(from);
            for (std::size_t j = 1; j < levels; ++j)
                sum = sum.plus(lanes::load(from + j * steps * row));
            value = value.plus(sum);
        }
        value.store(word);
    }
}

/// From the chains of words of some letters to those of words of one letter less. Vectors reach
/// beyond the words that a letter stands before; nobody reads what becomes of that.
LIBALGEBRA_INLINE void drop_letter(const word_tree<double>& tree, std::size_t length) {
    using lanes = vector_of<double>;
    const std::size_t steps = tree.blocks * steps_at_once;
    const std::size_t of_letter = tree.depth * steps_at_once;
    const std::size_t words = tree.stride[length - 1];
    const std::size_t levels = tree.depth - length;
    const std::size_t row = tree.chain_row[(length + 1) % 2];
    const std::size_t to_row = tree.chain_row[length % 2];
    for (std::size_t j = 0; j <= levels; ++j) {
        const double* from =
            tree.chains[(length + 1) % 2] + (j == 0 ? levels : j - 1) * steps * row;
        double* to = tree.chains[length % 2] + j * steps * to_row;
        for (std::size_t step = 0; step < steps; ++step, from += row, to += to_row) {
            const double* const factors = tree.factors +
                                          step / steps_at_once * tree.width * of_letter +
                                          step % steps_at_once + j * steps_at_once;
            for (std::size_t i = 0; i < words; i += lanes::reals) {
                lanes sum = lanes::broadcast(0.0);
                for (std::size_t letter = 0; letter < tree.width; ++letter)
                    sum = sum.plus_product(factors[letter * of_letter],
                                           lanes::load(from + letter * words + i));
                sum.store(to + i);
            }
        }
    }
}

/// out[b] += z_a m(ab) for all letters, where m(ba) = -m(ab) and `m` holds the pairs a < b.
LIBALGEBRA_INLINE void contract_pairs(std::size_t width, const double* z, const double* m,
                                      double* out) {
    constexpr std::size_t parts = 8;
    for (std::size_t a = 0; a + 1 < width; ++a) {
        double sum = 0.0;
        std::size_t b = a + 1;
        if (b + parts <= width) {
            double sums[parts] = {};
            for (; b + parts <= width; b += parts, m += parts) {
                for (std::size_t i = 0; i < parts; ++i) {
                    sums[i] = multiply_add(z[b + i], m[i], sums[i]);
                    out[b + i] = multiply_add(z[a], m[i], out[b + i]);
                }
            }
            for (const double part : sums)
                sum += part;
        }
        for (; b < width; ++b, ++m) {
            sum = multiply_add(z[b], *m, sum);
            out[b] = multiply_add(z[a], *m, out[b]);
        }
        out[a] -= sum;
    }
}

/// Levels 2 and 1, step by step, and the derivatives: these are the sum over n of c_1 / n.
LIBALGEBRA_INLINE void finish_steps(const word_tree<double>& tree, double* derivatives) {
    using lanes = vector_of<double>;
    const std::size_t steps = tree.blocks * steps_at_once;
    const std::size_t row = tree.chain_row[1];
    const std::size_t width = tree.width;
    double* const of_level_one = tree.spare;
    double* const of_derivative = tree.spare + tree.chain_row[1];
    for (std::size_t step = 0; step < steps; ++step) {
        for (std::size_t i = 0; i < tree.stride[2]; i += lanes::reals) {
            const lanes value = lanes::load(tree.level[2] + i);
            lanes sum = lanes::broadcast(0.0);
            lanes one = value;
            lanes derivative = value.times(lanes::broadcast(0.5));
            for (std::size_t n = 3; n <= tree.depth; ++n) {
                const lanes chain =
                    lanes::load(tree.chains[1] + ((n - 3) * steps + step) * row + i);
                const double reciprocal = reciprocals.of[n - 1];
                sum = sum.plus(chain);
                one = one.plus_product(reciprocal, chain);
                derivative = derivative.plus_product(reciprocal * reciprocals.of[n], chain);
            }
            value.plus(sum).store(tree.level[2] + i);
            one.store(of_level_one + i);
            derivative.store(of_derivative + i);
        }
        const double* const z = tree.increments + step * tree.row;
        double* const to = derivatives + step * tree.row;
        for (std::size_t letter = 0; letter < width; ++letter)
            to[letter] = tree.level[1][letter];
        contract_pairs(width, z, of_derivative, to);
        contract_pairs(width, z, of_level_one, tree.level[1]);
    }
}

LIBALGEBRA_TARGET bool walk_brackets(const word_tree<double>& tree, double* derivatives,
                                     pacer& pace) {
    const std::size_t block_factors = tree.width * tree.depth * steps_at_once;
    for (std::size_t block = 0; block < tree.blocks; ++block)
        scale_increments<double, one<double>>(tree, block, tree.factors + block * block_factors);
    const std::size_t last = (tree.low + 1) % 2;
    constexpr std::size_t in_group = group_of<double>::reals;
    constexpr std::size_t in_vector = vector_of<double>::reals;
    std::size_t at = tree.low == tree.depth ? tree.run_used : 0;
    for (; tree.run_used - at >= in_group; at += in_group) {
        const bracket_node n = {tree.low, at, tree.chains[last] + at, tree.chain_row[last]};
        if (walk_brackets_below<group_of<double>>(tree, n, tree.deep_chains, pace))
            return true;
    }
    for (; at < tree.run_used; at += in_vector) {
        const bracket_node n = {tree.low, at, tree.chains[last] + at, tree.chain_row[last]};
        if (walk_brackets_below<vector_of<double>>(tree, n, tree.deep_chains, pace))
            return true;
    }
    for (std::size_t length = tree.low; length > 2; --length) {
        add_chains(tree, length);
        drop_letter(tree, length);
    }
    finish_steps(tree, derivatives);
    return pace.spend(tree.work[0]);
}

} // namespace
} // namespace LIBALGEBRA_VARIANT
} // namespace libalgebra
