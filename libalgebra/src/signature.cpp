// signature.cpp: the signature of a path, one exponential of an increment at a time.
#include "libalgebra/signature.h"

#include "checked.h"
#include "libalgebra/buffer.h"

#include <cstring>

namespace libalgebra {

namespace {

/// How many steps are gathered before the top level, the largest one, is read and written.
constexpr std::size_t steps_max = 4;

/// Workspaces up to this many doubles live on the stack: a call on a tiny path costs no malloc.
constexpr std::size_t stack_doubles = 256;

/// Multiplies a signature from the left by exp(z), for one increment z after the other.
///
/// S_n becomes the sum over i of z^i/i! S_(n-i), which Horner's rule evaluates as
///     b_0 = 1,  b_k = S_k + z/(n-k+1) b_(k-1)  for k = 1 to n,  S_n = b_n.
/// Multiplying from the left (so walking the path backwards) makes the inner loop run over the
/// width^(k-1) contiguous entries of b_(k-1), for one letter of z at a time. The last product of
/// the top level, S_N += z b_(N-1), needs nothing of S_N: it is put off and done for several steps
/// in one pass over S_N.
class left_multiplier {
public:
    left_multiplier(const shape& s, double* signature, double* workspace);

    static status workspace_doubles(const shape& s, std::size_t& doubles);

    /// Where to write the increment of the next step.
    [[nodiscard]] double* increment() { return pending_z_ + pending_ * width_; }

    void step();
    void flush();

private:
    void horner(std::size_t n, std::size_t levels, double* b) const;

    std::size_t width_;
    std::size_t depth_;
    std::size_t top_run_;   ///< width^(depth-1): entries of the top level per first letter
    std::size_t top_begin_; ///< where the top level begins
    std::size_t pending_ = 0;
    double* signature_;
    double* pending_z_; ///< steps_max increments
    double* pending_b_; ///< their b_(N-1)
    double* scratch_;   ///< b_(n-1) of the lower levels
    double* scaled_;    ///< z/1, z/2, ..., z/depth
};

left_multiplier::left_multiplier(const shape& s, double* signature, double* workspace)
    : width_(s.width), depth_(s.depth), top_run_(1), top_begin_(1), signature_(signature) {
    std::size_t scratch_run = 1;
    for (std::size_t n = 1; n < depth_; ++n) {
        scratch_run = top_run_;
        top_run_ *= width_;
        top_begin_ += top_run_;
    }
    pending_z_ = workspace;
    pending_b_ = pending_z_ + steps_max * width_;
    scratch_ = pending_b_ + steps_max * top_run_;
    scaled_ = scratch_ + scratch_run;
}

status left_multiplier::workspace_doubles(const shape& s, std::size_t& doubles) {
    std::size_t run = 1;
    for (std::size_t n = 1; s.width > 1 && n < s.depth; ++n)
        LIBALGEBRA_TRY(checked_multiply(run, s.width, run));
    std::size_t increments = 0;
    LIBALGEBRA_TRY(checked_add(s.depth, steps_max, increments));
    LIBALGEBRA_TRY(checked_multiply(increments, s.width, increments));
    LIBALGEBRA_TRY(checked_multiply(run, steps_max + 1, run));
    return checked_add(increments, run, doubles);
}

/// out = s + z b for a whole level: the block of each first letter is s + z[letter] b. `out` may be
/// b itself, because the last block, the first letter's, is the only one that overlaps it.
void add_left_product(const double* s, const double* z, const double* b, std::size_t width,
                      std::size_t run, double* out) {
    for (std::size_t letter = width; letter-- > 1;) {
        const double factor = z[letter];
        const double* LIBALGEBRA_RESTRICT from = s + letter * run;
        const double* LIBALGEBRA_RESTRICT lower = b;
        double* LIBALGEBRA_RESTRICT to = out + letter * run;
        for (std::size_t i = 0; i < run; ++i)
            to[i] = from[i] + factor * lower[i];
    }
    for (std::size_t i = 0; i < run; ++i)
        out[i] = s[i] + z[0] * b[i];
}

/// Sets b to b_levels of level n.
void left_multiplier::horner(std::size_t n, std::size_t levels, double* b) const {
    b[0] = 1.0;
    if (levels == 0)
        return;
    const double* s = signature_ + 1;
    const double* z = scaled_ + (n - 1) * width_;
    for (std::size_t letter = 0; letter < width_; ++letter)
        b[letter] = s[letter] + z[letter];

    std::size_t run = width_;
    for (std::size_t k = 2; k <= levels; ++k) {
        s += run;
        z -= width_;
        add_left_product(s, z, b, width_, run, b);
        run *= width_;
    }
}

void left_multiplier::step() {
    const double* z = increment();
    for (std::size_t divisor = 1; divisor <= depth_; ++divisor) {
        double* scaled = scaled_ + (divisor - 1) * width_;
        for (std::size_t letter = 0; letter < width_; ++letter)
            scaled[letter] = z[letter] / static_cast<double>(divisor);
    }
    horner(depth_, depth_ - 1, pending_b_ + pending_ * top_run_);

    // From the top down, because a level needs the old values of those below it.
    std::size_t run = top_run_;
    std::size_t begin = top_begin_;
    for (std::size_t n = depth_ - 1; n >= 1; --n) {
        begin -= run;
        run /= width_;
        horner(n, n - 1, scratch_);
        double* level = signature_ + begin;
        for (std::size_t letter = 0; letter < width_; ++letter) {
            const double factor = z[letter];
            const double* LIBALGEBRA_RESTRICT lower = scratch_;
            double* LIBALGEBRA_RESTRICT to = level + letter * run;
            for (std::size_t i = 0; i < run; ++i)
                to[i] += factor * lower[i];
        }
    }
    if (++pending_ == steps_max)
        flush();
}

/// The top level's share of all pending steps, in one pass over it when there are steps_max.
void left_multiplier::flush() {
    const std::size_t run = top_run_;
    for (std::size_t letter = 0; letter < width_; ++letter) {
        const double* z = pending_z_ + letter;
        const double* LIBALGEBRA_RESTRICT b = pending_b_;
        double* LIBALGEBRA_RESTRICT to = signature_ + top_begin_ + letter * run;
        if (pending_ == steps_max) {
            const double z0 = z[0], z1 = z[width_], z2 = z[2 * width_], z3 = z[3 * width_];
            for (std::size_t i = 0; i < run; ++i)
                to[i] =
                    to[i] + z0 * b[i] + z1 * b[run + i] + z2 * b[2 * run + i] + z3 * b[3 * run + i];
            continue;
        }
        for (std::size_t t = 0; t < pending_; ++t)
            for (std::size_t i = 0; i < run; ++i)
                to[i] += z[t * width_] * b[t * run + i];
    }
    pending_ = 0;
}

/// With one letter the algebra is commutative: x^n/n! with x the sum of all increments.
void one_letter_signature(const path_view& path, std::size_t depth, double* result) {
    double x = 0.0;
    for (std::size_t step = path.length - 1; step-- > 0;) {
        double increment = 0.0;
        path_increment(path, step, &increment);
        x += increment;
    }
    for (std::size_t n = 1; n <= depth; ++n)
        result[n] = result[n - 1] * x / static_cast<double>(n);
}

} // namespace

status signature(const path_view& path, std::size_t depth, double* result) {
    const shape s{path.width, depth};
    std::size_t size = 0;
    LIBALGEBRA_TRY(path_check(path));
    LIBALGEBRA_TRY(tensor_size(s, size));
    if (size > static_cast<std::size_t>(PTRDIFF_MAX) / sizeof(double))
        return status::too_large;
    if (result == nullptr)
        return status::invalid_argument;

    std::memset(result, 0, size * sizeof(double));
    result[0] = 1.0;
    if (path.length < 2 || depth == 0)
        return status::ok;
    if (path.width == 1) {
        one_letter_signature(path, depth, result);
        return status::ok;
    }

    std::size_t doubles = 0;
    LIBALGEBRA_TRY(left_multiplier::workspace_doubles(s, doubles));
    double on_stack[stack_doubles];
    buffer<double> on_heap;
    if (doubles > stack_doubles)
        LIBALGEBRA_TRY(on_heap.resize(doubles));

    left_multiplier product(s, result, doubles > stack_doubles ? on_heap.data() : on_stack);
    for (std::size_t step = path.length - 1; step-- > 0;) {
        path_increment(path, step, product.increment());
        product.step();
    }
    product.flush();
    return status::ok;
}

status signature_workspace(const shape& s, std::size_t& bytes) {
    std::size_t size = 0;
    std::size_t doubles = 0;
    LIBALGEBRA_TRY(tensor_size(s, size));
    if (s.width == 1 || s.depth == 0) {
        bytes = 0;
        return status::ok;
    }
    LIBALGEBRA_TRY(left_multiplier::workspace_doubles(s, doubles));
    return checked_multiply(doubles <= stack_doubles ? 0 : doubles, sizeof(double), bytes);
}

} // namespace libalgebra
