// windows.cpp: windows that overlap, from the blocks that they lie across.
#include "libalgebra/windows.h"

#include "checked.h"
#include "libalgebra/tensor.h"

namespace libalgebra {

namespace {

/// How much longer a multiplication takes than in the signature of a path: in a product of two
/// signatures, and where a single step is multiplied to a signature from the right. Measured.
constexpr double product_weight = 4;
constexpr double append_weight = 14;

/// What a step of a path and a product of signatures take, in multiplications.
struct costs {
    double step = 0;
    double product = 0;
};

costs costs_of(const shape& s) {
    costs found;
    double words = 1;
    for (std::size_t k = 1; k <= s.depth; ++k) {
        words *= static_cast<double>(s.width);
        found.step += static_cast<double>(s.depth - k + 1) * words;
        found.product += product_weight * static_cast<double>(k + 1) * words;
    }
    return found;
}

/// A rest takes the signature of a few steps and a product, and so does a beginning if it is longer
/// than the one before by more than a step; then they are multiplied.
double block_window_cost(const shape& s, std::size_t step) {
    const costs c = costs_of(s);
    if (step == 1)
        return (1 + append_weight) * c.step + 2 * c.product;
    return 2 * static_cast<double>(step) * c.step + 3 * c.product;
}

/// From one point to another.
path_view part_of(const path_view& path, std::size_t from, std::size_t to) {
    path_view part = path;
    part.data =
        static_cast<const char*>(path.data) + static_cast<std::ptrdiff_t>(from) * path.point_stride;
    part.length = to - from + 1;
    return part;
}

/// The first level of a signature is the way from the first point to the last, to the last bit:
/// the sum of two ways is rounded. Not a number stays what it is, as it came from a point between.
template <typename Real>
void set_first_level(const path_view& window, double* chord, Real* level) {
    path_view ends = window;
    ends.length = 2;
    ends.point_stride *= static_cast<std::ptrdiff_t>(window.length - 1);
    path_increment(ends, 0, chord);
    for (std::size_t letter = 0; letter < window.width; ++letter) {
        if (level[letter] - level[letter] == Real(0))
            level[letter] = static_cast<Real>(chord[letter]);
    }
}

} // namespace

std::size_t window_count(std::size_t points, const sliding& windows) {
    return points < windows.length ? 0 : (points - windows.length) / windows.step + 1;
}

window_plan::window_plan(const shape& s, const sliding& windows, std::size_t points)
    : shape_(s), windows_(windows), count_(window_count(points, windows)) {
    // With one letter a signature is made of one number; what follows would be slower.
    is_direct_ =
        s.width == 1 || windows.step >= steps() ||
        static_cast<double>(steps()) * costs_of(s).step <= block_window_cost(s, windows.step);
}

std::size_t window_plan::groups() const {
    if (is_direct_ || count_ == 0)
        return count_;
    return (count_ - 1) * windows_.step / steps() + 1;
}

std::size_t window_plan::group_begin(std::size_t group) const {
    if (is_direct_)
        return group;
    const std::size_t begin = (group * steps() + windows_.step - 1) / windows_.step;
    return begin < count_ ? begin : count_;
}

std::size_t window_plan::group_size_max() const {
    if (is_direct_)
        return 1;
    const std::size_t in_block = (steps() - 1) / windows_.step + 1;
    return in_block < count_ ? in_block : count_;
}

double window_plan::group_cost() const {
    if (is_direct_)
        return static_cast<double>(windows_.length) * costs_of(shape_).step;
    return static_cast<double>(group_size_max()) * block_window_cost(shape_, windows_.step);
}

template <typename Real>
status window_engine<Real>::prepare(const window_plan& plan, const interruption& stop) {
    std::size_t size = 0;
    plan_ = &plan;
    stop_ = stop;
    LIBALGEBRA_TRY(tensor_size(plan.tensors(), size));
    LIBALGEBRA_TRY(part_.resize(plan.is_direct() ? 0 : size));
    LIBALGEBRA_TRY(chord_.resize(plan.tensors().width));
    return engine_.prepare(plan.tensors(), stop);
}

template <typename Real>
status window_engine<Real>::compute(const path_view& path, std::size_t group, Real* results,
                                    std::size_t result_stride) {
    if (plan_->is_direct()) {
        const std::size_t from = group * plan_->windows().step;
        return engine_.signature(part_of(path, from, from + plan_->windows().length - 1), results);
    }
    LIBALGEBRA_TRY(compute_rests(path, group, results, result_stride));
    return multiply_beginnings(path, group, results, result_stride);
}

/// From the last window to the first, because each rest is a longer one than that of the next.
template <typename Real>
status window_engine<Real>::compute_rests(const path_view& path, std::size_t group, Real* results,
                                          std::size_t result_stride) {
    const std::size_t begin = plan_->group_begin(group);
    const std::size_t end = plan_->group_begin(group + 1);
    const std::size_t step = plan_->windows().step;
    const std::size_t block = (group + 1) * (plan_->windows().length - 1);
    for (std::size_t i = end; i-- > begin;) {
        Real* const rest = results + (i - begin) * result_stride;
        if (i + 1 == end) {
            LIBALGEBRA_TRY(engine_.signature(part_of(path, i * step, block), rest));
            continue;
        }
        LIBALGEBRA_TRY(engine_.signature(part_of(path, i * step, (i + 1) * step), part_.data()));
        LIBALGEBRA_TRY(
            tensor_multiply(plan_->tensors(), part_.data(), rest + result_stride, rest, stop_));
    }
    return status::ok;
}

/// From the first window to the last, because each reaches farther than the one before.
template <typename Real>
status window_engine<Real>::multiply_beginnings(const path_view& path, std::size_t group,
                                                Real* results, std::size_t result_stride) {
    const sliding& windows = plan_->windows();
    const std::size_t block = (group + 1) * (windows.length - 1);
    std::size_t point = block;
    for (std::size_t i = plan_->group_begin(group); i < plan_->group_begin(group + 1); ++i) {
        const std::size_t end = i * windows.step + windows.length - 1;
        const path_view way = part_of(path, point, end);
        if (point == block)
            LIBALGEBRA_TRY(engine_.signature(way, part_.data()));
        else
            LIBALGEBRA_TRY(engine_.append(part_.data(), way, part_.data()));
        point = end;
        LIBALGEBRA_TRY(tensor_multiply(plan_->tensors(), results, part_.data(), results, stop_));
        set_first_level(part_of(path, i * windows.step, end), chord_.data(), results + 1);
        results += result_stride;
    }
    return status::ok;
}

status window_workspace(const shape& s, std::size_t& bytes) {
    std::size_t tensor = 0;
    LIBALGEBRA_TRY(signature_workspace(s, bytes));
    LIBALGEBRA_TRY(tensor_size(s, tensor));
    LIBALGEBRA_TRY(checked_add(tensor, s.width, tensor));
    LIBALGEBRA_TRY(checked_multiply(tensor, sizeof(double), tensor));
    return checked_add(bytes, tensor, bytes);
}

template class window_engine<float>;
template class window_engine<double>;

} // namespace libalgebra
