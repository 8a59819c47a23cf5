// gradient.cpp: the signature's derivative, walking the path from its beginning.
#include "libalgebra/gradient.h"

#include "backward_walk.h"
#include "checked.h"
#include "kernel.h"
#include "libalgebra/buffer.h"
#include "libalgebra/signature.h"
#include "tensor_levels.h"

#include <cstring>

namespace libalgebra {

namespace {

/// Goes along a path S = exp(z) B, z being the next increment and B what comes after it.
///
/// Horner's rule makes level n of S from B by
///     b_0 = 1,  b_k = B_k + z/(n-k+1) b_(k-1)  for k = 1 to n,  S_n = b_n.
/// So B_n = S_n - z b_(n-1), from the lowest level up: `undo` finds B and these chains. Then
/// `transpose` runs the rule backwards. With c_n the cotangent of S_n,
///     c_(k-1) = z/(n-k+1) c_k, the first letter contracted, adds to the cotangent of B_(k-1),
/// and the derivative by z is the sum over n and k of c_k contracted with b_(k-1) / (n-k+1).
///
/// The top level of S is never needed, and its cotangent never changes: that is read once for
/// gradient_steps steps, when their chains are known.
class backward_walk {
public:
    backward_walk(const shape& s, const double* signature, const double* cotangent,
                  double* workspace);

    static status workspace_doubles(const shape& s, std::size_t& doubles);

    /// Where to write the increment of a step.
    [[nodiscard]] double* increment(std::size_t step) { return z_ + step * width_; }

    /// Takes as many steps as increments were written. The derivative by the increment of a step
    /// is written over it.
    void take(std::size_t steps);

private:
    void undo(std::size_t step);
    void transpose_top(std::size_t steps);
    void transpose(std::size_t step);

    /// Room for b_k / (n-k) of the levels n > k, one after the other.
    [[nodiscard]] double* chains(std::size_t step, std::size_t k) const {
        return chains_ + step * chains_size_ + chains_begin_[k];
    }

    /// Room for c_k of the levels n > k, one after the other.
    [[nodiscard]] double* transposed(std::size_t step, std::size_t k) const {
        return k + 1 == depth_ ? top_ + step * padded(size_[k]) : transposed_[k % 2];
    }

    const tensor_kernel& kernel_ = kernels_in_use().of_tensors;
    std::size_t width_;
    std::size_t depth_;
    std::size_t size_[depth_max];         ///< width^k
    std::size_t begin_[depth_max];        ///< of level k in a tensor
    std::size_t chains_begin_[depth_max]; ///< of b_k in the chains of a step
    std::size_t chains_size_;
    const double* top_cotangent_;
    double* signature_; ///< S without its top level
    double* cotangent_; ///< its cotangent
    double* z_;
    double* sums_; ///< the derivative by step and letter, in lanes
    double* top_;
    double* transposed_[2];
    double* chains_;
};

/// The most doubles that the c_k of one k take, or the b_k: there are depth - k of them, which is
/// at most width^(depth-1-k), and each may be padded.
std::size_t arrays_max(std::size_t depth, std::size_t run) {
    return run + depth * (padded(run) - run);
}

backward_walk::backward_walk(const shape& s, const double* signature, const double* cotangent,
                             double* workspace)
    : width_(s.width), depth_(s.depth), chains_size_(0) {
    tensor_level level;
    for (std::size_t k = 0; k < depth_; ++k, level.up(width_)) {
        size_[k] = level.size;
        begin_[k] = level.begin;
        chains_begin_[k] = chains_size_;
        chains_size_ += (depth_ - k) * padded(level.size);
    }
    top_cotangent_ = cotangent + level.begin;
    const std::size_t lower = level.begin;
    const std::size_t run = arrays_max(depth_, size_[depth_ - 1]);
    signature_ = workspace;
    cotangent_ = signature_ + lower;
    z_ = cotangent_ + lower;
    sums_ = z_ + gradient_steps * width_;
    top_ = sums_ + gradient_steps * width_ * gradient_lanes;
    transposed_[0] = top_ + gradient_steps * run;
    transposed_[1] = transposed_[0] + run;
    chains_ = transposed_[1] + run;

    std::memcpy(signature_, signature, lower * sizeof(double));
    std::memcpy(cotangent_, cotangent, lower * sizeof(double));
    for (std::size_t step = 0; step < gradient_steps; ++step)
        for (std::size_t n = 1; n <= depth_; ++n)
            chains(step, 0)[n - 1] = 1.0 / static_cast<double>(n);
}

status backward_walk::workspace_doubles(const shape& s, std::size_t& doubles) {
    std::size_t lower = 0;
    std::size_t chains_size = 0;
    std::size_t size = 1;
    for (std::size_t k = 0; k < s.depth; ++k) {
        std::size_t chains = 0;
        LIBALGEBRA_TRY(tensor_size({s.width, k}, lower));
        LIBALGEBRA_TRY(checked_multiply(s.depth - k, padded(size), chains));
        LIBALGEBRA_TRY(checked_add(chains_size, chains, chains_size));
        if (k + 1 < s.depth)
            size *= s.width;
    }
    std::size_t runs = 0;
    std::size_t letters = 0;
    LIBALGEBRA_TRY(checked_multiply(lower, 2, doubles));
    LIBALGEBRA_TRY(checked_multiply(arrays_max(s.depth, size), gradient_steps + 2, runs));
    LIBALGEBRA_TRY(checked_multiply(s.width, gradient_steps * (gradient_lanes + 1), letters));
    LIBALGEBRA_TRY(checked_multiply(chains_size, gradient_steps, chains_size));
    LIBALGEBRA_TRY(checked_add(doubles, runs, doubles));
    LIBALGEBRA_TRY(checked_add(doubles, letters, doubles));
    return checked_add(doubles, chains_size, doubles);
}

void backward_walk::take(std::size_t steps) {
    std::memset(sums_, 0, gradient_steps * width_ * gradient_lanes * sizeof(double));
    for (std::size_t step = 0; step < steps; ++step)
        undo(step);
    transpose_top(steps);
    for (std::size_t step = 0; step < steps; ++step)
        transpose(step);
    for (std::size_t i = 0; i < steps * width_; ++i) {
        double sum = 0.0;
        for (std::size_t j = 0; j < gradient_lanes; ++j)
            sum += sums_[i * gradient_lanes + j];
        z_[i] = sum;
    }
}

void backward_walk::undo(std::size_t step) {
    for (std::size_t k = 1; k < depth_; ++k)
        kernel_.undo({width_, size_[k - 1]}, depth_ - k, increment(step), chains(step, k - 1),
                     signature_ + begin_[k], chains(step, k));
}

void backward_walk::transpose_top(std::size_t steps) {
    const letter_runs level = {width_, size_[depth_ - 1]};
    if (steps == gradient_steps) {
        kernel_.contract_steps(level, top_cotangent_, z_, chains(0, depth_ - 1), chains_size_, top_,
                               sums_);
        return;
    }
    for (std::size_t step = 0; step < steps; ++step)
        kernel_.contract(level, top_cotangent_, increment(step), chains(step, depth_ - 1),
                         transposed(step, depth_ - 1), sums_ + step * width_ * gradient_lanes);
}

void backward_walk::transpose(std::size_t step) {
    for (std::size_t k = depth_ - 1; k >= 1; --k)
        kernel_.transpose({width_, size_[k - 1]}, depth_ - k, increment(step), chains(step, k - 1),
                          cotangent_ + begin_[k], transposed(step, k), transposed(step, k - 1),
                          sums_ + step * width_ * gradient_lanes);
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

status lower_signature(const path_view& path, std::size_t depth, const interruption& stop,
                       buffer<double>& result) {
    const shape s{path.width, depth - 1};
    std::size_t size = 0;
    signature_engine<double> engine;
    LIBALGEBRA_TRY(tensor_size(s, size));
    LIBALGEBRA_TRY(result.resize(size));
    LIBALGEBRA_TRY(engine.prepare(s, stop));
    return engine.signature(path, result.data());
}

status walk_backward(const path_view& path, std::size_t depth, const double* signature,
                     const double* cotangent, double* gradient, const interruption& stop) {
    const shape s{path.width, depth};
    buffer<double> workspace;
    std::size_t size = 0;
    std::size_t doubles = 0;
    LIBALGEBRA_TRY(tensor_size(s, size));
    LIBALGEBRA_TRY(backward_walk::workspace_doubles(s, doubles));
    LIBALGEBRA_TRY(workspace.resize(doubles));
    backward_walk walk(s, signature, cotangent, workspace.data());

    std::size_t spent = 0;
    pacer pace(stop, spent);
    for (std::size_t step = 0; step + 1 < path.length;) {
        const std::size_t left = path.length - 1 - step;
        const std::size_t steps = left < gradient_steps ? left : gradient_steps;
        for (std::size_t i = 0; i < steps; ++i)
            path_increment(path, step + i, walk.increment(i));
        walk.take(steps);
        double* to = gradient + step * path.width;
        const double* from = walk.increment(0);
        for (std::size_t i = 0; i < steps * path.width; ++i) {
            to[i] -= from[i];
            to[path.width + i] += from[i];
        }
        step += steps;
        if (pace.spend(3 * gradient_steps * size))
            return status::interrupted;
    }
    return status::ok;
}

status walk_backward_workspace(const shape& s, std::size_t& bytes) {
    LIBALGEBRA_TRY(backward_walk::workspace_doubles(s, bytes));
    return checked_multiply(bytes, sizeof(double), bytes);
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
    buffer<double> lower;
    LIBALGEBRA_TRY(tensor_size({path.width, depth}, size));
    LIBALGEBRA_TRY(clear_gradient(path, cotangent, gradient, is_done));
    if (is_done || depth == 0)
        return status::ok;
    if (path.width == 1) {
        one_letter_vjp(path, depth, cotangent, gradient);
        return status::ok;
    }
    LIBALGEBRA_TRY(lower_signature(path, depth, stop, lower));
    return walk_backward(path, depth, lower.data(), cotangent, gradient, stop);
}

status signature_vjp_workspace(const shape& s, std::size_t& bytes) {
    std::size_t lower = 0;
    std::size_t during_signature = 0;
    std::size_t during_walk = 0;
    LIBALGEBRA_TRY(tensor_size(s, lower));
    bytes = 0;
    if (s.width == 1 || s.depth == 0)
        return status::ok;
    const shape below{s.width, s.depth - 1};
    LIBALGEBRA_TRY(tensor_size(below, lower));
    LIBALGEBRA_TRY(checked_multiply(lower, sizeof(double), lower));
    LIBALGEBRA_TRY(signature_workspace(below, during_signature));
    LIBALGEBRA_TRY(walk_backward_workspace(s, during_walk));
    return checked_add(lower, during_walk > during_signature ? during_walk : during_signature,
                       bytes);
}

} // namespace libalgebra
