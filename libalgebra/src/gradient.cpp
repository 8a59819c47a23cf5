// gradient.cpp: the signature's derivative, walking the path from its middle to both ends.
#include "libalgebra/gradient.h"

#include "backward_walk.h"
#include "checked.h"
#include "kernel.h"
#include "libalgebra/buffer.h"
#include "libalgebra/signature.h"
#include "signature_walk.h"
#include "tensor_levels.h"

#include <cstring>

namespace libalgebra {

namespace {

/// The point that is carried from.
[[nodiscard]] std::size_t middle(const path_view& path) {
    return (path.length - 1) / 2;
}

/// With A the signature up to a point of the path, B that from there on and c the cotangent, let
///     L(u) = the sum over words of c times A u B
/// for tensors u. What derivatives need of it are its values at brackets,
///     M[v] = L([v_1, [v_2, ... [v_(k-1), v_k]]]),
/// for words v whose last two letters are in order: the others follow. Across a step z, A becomes
/// A exp(z) and B becomes exp(-z) B, so L(u) becomes
///     L(exp(z) u exp(-z)) = the sum over j of L([z, [z, ... u]]) / j!,
/// which contracts exp(z) with the first letters of M. That costs less than a step of the
/// signature, since pairs of letters are fewer than two letters. The derivative by z falls out, as
/// that of exp(z) by a letter e is the sum over j of [z, [z, ... e]] / (j+1)! times exp(z).
/// Backwards, -z is a step like any other.
///
/// L is found once, in the middle of the path, from the signatures of both halves, and carried from
/// there to either end. From one end to the other, errors would be larger; so they would be if A
/// and B were carried along. The top level of M never changes.
class bracket_walk {
public:
    /// Without memory, it only counts the doubles that it needs.
    bracket_walk(const shape& s, std::size_t lower, double* memory);

    [[nodiscard]] std::size_t doubles() const { return doubles_; }

    /// Finds M from the signatures of the halves; true when stopped.
    [[nodiscard]] bool begin(const double* before, const double* after, const double* cotangent,
                             pacer& pace);

    /// Adds the derivatives by the points on one side of the middle; true when stopped.
    [[nodiscard]] bool go(const path_view& path, bool is_forward, double* gradient, pacer& pace);

private:
    [[nodiscard]] bool contract_half(bool is_first, const double* half, const double* cotangent,
                                     pacer& pace);
    void read_increments(const path_view& path, std::size_t first, std::size_t count,
                         bool is_forward);

    /// Between M and the room where it is kept, to which it goes if it `is_saved`.
    void copy_lower_levels(bool is_saved);

    /// What a level takes, padding included.
    [[nodiscard]] std::size_t level_values(std::size_t length) const {
        const word_tree<double>& tree = plan_.tree;
        return length <= tree.low ? tree.run_used : tree.stride[length - 1] * tree.width;
    }

    shape shape_;
    planned_tree<double> plan_;
    std::size_t lower_;      ///< words below the top level
    double* functional_;     ///< L without its top level
    double* room_;           ///< brackets half made; then what M was in the middle
    std::size_t blocks_max_; ///< of steps in one walk
    std::size_t doubles_;
};

bracket_walk::bracket_walk(const shape& s, std::size_t lower, double* memory)
    : shape_(s), lower_(lower) {
    const kernel<double>& k = kernel_in_use<double>();
    word_tree<double>& tree = plan_.tree;
    arena<double> parts(memory == nullptr ? nullptr : aligned(memory));
    std::size_t words = s.width * (s.width - 1) / 2;
    const std::size_t low = suffix_length(s, k.lanes, 2, words);
    for (std::size_t length = 2; length <= low; ++length, words *= s.width)
        tree.stride[length] = words;
    blocks_max_ = tree.blocks = lower < cached_words ? 1 : blocks_max;
    tree.level[1] = parts.take(rounded_up(s.width, k.lanes));
    plan_runs(s, low, tree.stride[low], s.depth - 2, k, parts, plan_);
    tree.spare = parts.take(2 * tree.chain_row[1]);
    count_work(tree, k, plan_.work);
    tree.work = plan_.work;
    std::size_t saved = rounded_up(s.width, k.lanes);
    for (std::size_t length = 2; length < s.depth; ++length)
        saved += level_values(length);
    functional_ = parts.take(lower);
    room_ = parts.take(saved < lower ? lower : saved);
    doubles_ = parts.taken() + alignment / sizeof(double);
}

/// A contraction some rows at a time, so that it can be stopped. `is_first` says whether it is that
/// of first or of last letters.
bool contract(bool is_first, contraction task, pacer& pace) {
    constexpr std::size_t words_at_once = std::size_t{1} << 22;
    const tensor_kernel& kernel = kernels_in_use().of_tensors;
    const std::size_t rows = task.rows;
    const std::size_t at_once = words_at_once / task.columns + 1;
    for (std::size_t row = 0; row < rows; row += at_once) {
        task.rows = rows - row < at_once ? rows - row : at_once;
        (is_first ? kernel.contract_first : kernel.contract_last)(task);
        task.matrix += task.rows * task.columns;
        if (is_first)
            task.vector += task.rows;
        else
            task.out += task.rows;
        if (pace.spend(task.rows * task.columns))
            return true;
    }
    return false;
}

/// Contracts the signature of a half with the first or the last letters of the functional, from the
/// lowest level up, in place. Its top level remains the cotangent's.
bool bracket_walk::contract_half(bool is_first, const double* half, const double* cotangent,
                                 pacer& pace) {
    const std::size_t width = shape_.width;
    for (tensor_level k = level_of(width, 1); k.length < shape_.depth; k.up(width)) {
        tensor_level letters = level_of(width, 1);
        tensor_level n = level_of(width, k.length + 1);
        for (; n.length <= shape_.depth; n.up(width), letters.up(width)) {
            const double* const from = n.length == shape_.depth ? cotangent : functional_;
            const std::size_t rows = is_first ? letters.size : k.size;
            const contraction task = {rows, n.size / rows, from + n.begin, half + letters.begin,
                                      functional_ + k.begin};
            if (contract(is_first, task, pace))
                return true;
        }
    }
    return false;
}

/// From the values of L at the words of some letters to those at brackets: [l, u] is l u - u l.
/// `size` is the number of words of one letter less, `room` has as many numbers as all shorter
/// words. True when stopped.
bool nest(const word_tree<double>& tree, const double* values, std::size_t length, std::size_t size,
          double* room, double* out, pacer& pace) {
    const std::size_t width = tree.width;
    if (length == 2) {
        for (std::size_t a = 0; a < width; ++a)
            for (std::size_t b = a + 1; b < width; ++b)
                *out++ = values[a * width + b] - values[b * width + a];
        return false;
    }
    const tensor_kernel& kernel = kernels_in_use().of_tensors;
    if (length == 3) {
        kernel.nest_triples(width, values, out, tree.stride[2]);
        return false;
    }
    for (std::size_t letter = 0; letter < width; ++letter) {
        kernel.nest_letter(width, letter, size, values, room);
        if (pace.spend(size) || nest(tree, room, length - 1, size / width, room + size, out, pace))
            return true;
        out += tree.stride[length - 1];
    }
    return false;
}

bool bracket_walk::begin(const double* before, const double* after, const double* cotangent,
                         pacer& pace) {
    const word_tree<double>& tree = plan_.tree;
    std::memcpy(functional_, cotangent, lower_ * sizeof(double));
    if (contract_half(true, before, cotangent, pace) ||
        contract_half(false, after, cotangent, pace))
        return true;
    std::memcpy(tree.level[1], functional_ + 1, shape_.width * sizeof(double));
    tensor_level level = level_of(shape_.width, 1);
    for (std::size_t length = 2; length <= shape_.depth; ++length) {
        std::memset(tree.level[length], 0, level_values(length) * sizeof(double));
        const std::size_t size = level.size;
        level.up(shape_.width);
        const double* values = length == shape_.depth ? cotangent : functional_;
        if (nest(tree, values + level.begin, length, size, room_, tree.level[length], pace))
            return true;
    }
    copy_lower_levels(true);
    return false;
}

void bracket_walk::copy_lower_levels(bool is_saved) {
    double* room = room_;
    for (std::size_t length = 1; length < shape_.depth; ++length) {
        const std::size_t count = length == 1 ? shape_.width : level_values(length);
        double* const level = plan_.tree.level[length];
        std::memcpy(is_saved ? room : level, is_saved ? level : room, count * sizeof(double));
        room += count;
    }
}

/// Rows of increments, filled up with zeros to whole blocks.
void bracket_walk::read_increments(const path_view& path, std::size_t first, std::size_t count,
                                   bool is_forward) {
    word_tree<double>& tree = plan_.tree;
    double* row = plan_.rows.increments;
    tree.blocks = (count + steps_at_once - 1) / steps_at_once;
    std::memset(row, 0, tree.blocks * steps_at_once * tree.row * sizeof(double));
    for (std::size_t i = 0; i < count; ++i, row += tree.row) {
        path_increment(path, is_forward ? first + i : first - i, row);
        for (std::size_t letter = 0; !is_forward && letter < tree.width; ++letter)
            row[letter] = -row[letter];
    }
}

bool bracket_walk::go(const path_view& path, bool is_forward, double* gradient, pacer& pace) {
    const std::size_t width = shape_.width;
    const std::size_t steps = path.length - 1;
    const std::size_t cut = middle(path);
    const std::size_t all = is_forward ? steps - cut : cut;
    double* const derivatives = plan_.rows.ends;
    copy_lower_levels(false);
    for (std::size_t done = 0; done < all;) {
        const std::size_t at_once = blocks_max_ * steps_at_once;
        const std::size_t count = all - done < at_once ? all - done : at_once;
        const std::size_t first = is_forward ? cut + done : cut - 1 - done;
        read_increments(path, first, count, is_forward);
        if (kernels_in_use().of_tensors.walk_brackets(plan_.tree, derivatives, pace))
            return true;
        for (std::size_t i = 0; i < count; ++i) {
            double* const to = gradient + (is_forward ? first + i : first - i) * width;
            const double* const from = derivatives + i * plan_.tree.row;
            for (std::size_t letter = 0; letter < width; ++letter) {
                to[letter] -= from[letter];
                to[width + letter] += from[letter];
            }
        }
        done += count;
        if (pace.spend(lower_ * count))
            return true;
    }
    return false;
}

/// With one letter level n is x^n/n!, x being the last point minus the first one.
void one_letter_vjp(const path_view& path, std::size_t depth, const double* cotangent,
                    double* gradient) {
    const path_view ends{path.data,
                         path.type,
                         2,
                         1,
                         static_cast<std::ptrdiff_t>(path.length - 1) * path.point_stride,
                         path.letter_stride};
    double x = 0.0;
    path_increment(ends, 0, &x);
    double power = 1.0;
    double sum = 0.0;
    for (std::size_t n = 1; n <= depth; ++n) {
        sum += cotangent[n] * power;
        power *= x / static_cast<double>(n);
    }
    gradient[0] = -sum;
    gradient[path.length - 1] = sum;
}

} // namespace

status half_signatures(const path_view& path, std::size_t depth, const interruption& stop,
                       path_halves& halves) {
    const shape s{path.width, depth - 1};
    const kernel<double>& k = kernel_in_use<double>();
    const std::size_t cut = middle(path);
    const path_view parts[2] = {path_part(path, 0, cut + 1),
                                path_part(path, cut, path.length - cut)};
    std::size_t size = 0;
    std::size_t bytes = 0;
    LIBALGEBRA_TRY(checked_size<double>({path.width, depth}, size));
    LIBALGEBRA_TRY(tensor_size(s, size));
    LIBALGEBRA_TRY(half_signatures_workspace({path.width, depth}, bytes));
    LIBALGEBRA_TRY(halves.memory.resize(bytes / sizeof(double)));
    halves.before = halves.memory.data();
    halves.after = halves.before + size;
    halves.rest = halves.after + size;
    std::size_t spent = 0;
    pacer pace(stop, spent);
    const bool is_walked = !is_simple(parts[1], s.depth);
    double* const part = halves.rest + (is_walked ? walk_reals(s, size, k) : 0);
    LIBALGEBRA_TRY(signature_in(parts[0], s, size, k, halves.rest, part, halves.before, pace));
    return signature_in(parts[1], s, size, k, halves.rest, part, halves.after, pace);
}

status walk_both_ways(const path_view& path, std::size_t depth, const path_halves& halves,
                      const double* cotangent, double* gradient, const interruption& stop) {
    if (depth == 1) {
        double* const last = gradient + (path.length - 1) * path.width;
        for (std::size_t letter = 0; letter < path.width; ++letter) {
            gradient[letter] = -cotangent[1 + letter];
            last[letter] = cotangent[1 + letter];
        }
        return status::ok;
    }
    const std::size_t lower = static_cast<std::size_t>(halves.after - halves.before);
    bracket_walk walk({path.width, depth}, lower, halves.rest);
    std::size_t spent = 0;
    pacer pace(stop, spent);
    const bool is_stopped = walk.begin(halves.before, halves.after, cotangent, pace) ||
                            walk.go(path, true, gradient, pace) ||
                            walk.go(path, false, gradient, pace);
    return is_stopped ? status::interrupted : status::ok;
}

status half_signatures_workspace(const shape& s, std::size_t& bytes) {
    std::size_t size = 0;
    LIBALGEBRA_TRY(checked_size<double>(s, size));
    const shape below{s.width, s.depth - 1};
    LIBALGEBRA_TRY(tensor_size(below, size));
    const bool has_walk = s.width > 1 && s.depth > 1;
    const std::size_t for_walk = has_walk ? bracket_walk(s, size, nullptr).doubles() : 0;
    const bool has_tree = s.width > 1 && s.depth > 2;
    const std::size_t for_tree = has_tree ? walk_reals(below, size, kernel_in_use<double>()) : 0;
    const std::size_t for_part = has_tree && size <= part_words ? size : 0;
    const std::size_t rest = for_tree + for_part;
    bytes = (2 * size + (for_walk < rest ? rest : for_walk)) * sizeof(double);
    return status::ok;
}

status clear_gradient(const path_view& path, const double* cotangent, double* gradient,
                      bool& is_done) {
    std::size_t size = 0;
    LIBALGEBRA_TRY(path_check(path));
    LIBALGEBRA_TRY(checked_multiply(path.length, path.width, size));
    if (size > static_cast<std::size_t>(PTRDIFF_MAX) / sizeof(double))
        return status::too_large;
    if (cotangent == nullptr || (gradient == nullptr && size != 0))
        return status::invalid_argument;
    if (size != 0)
        std::memset(gradient, 0, size * sizeof(double));
    is_done = path.length < 2;
    return status::ok;
}

status signature_vjp(const path_view& path, std::size_t depth, const double* cotangent,
                     double* gradient, const interruption& stop) {
    std::size_t size = 0;
    bool is_done = false;
    path_halves halves;
    LIBALGEBRA_TRY(checked_size<double>({path.width, depth}, size));
    LIBALGEBRA_TRY(clear_gradient(path, cotangent, gradient, is_done));
    if (is_done || depth == 0)
        return status::ok;
    if (path.width == 1) {
        one_letter_vjp(path, depth, cotangent, gradient);
        return status::ok;
    }
    LIBALGEBRA_TRY(half_signatures(path, depth, stop, halves));
    return walk_both_ways(path, depth, halves, cotangent, gradient, stop);
}

status signature_vjp_workspace(const shape& s, std::size_t& bytes) {
    std::size_t size = 0;
    LIBALGEBRA_TRY(tensor_size(s, size));
    bytes = 0;
    return s.width == 1 || s.depth == 0 ? status::ok : half_signatures_workspace(s, bytes);
}

} // namespace libalgebra
