// signature_engine.cpp: many signatures of one shape, and signatures that go on.
#include "libalgebra/signature.h"

#include "path_lanes.h"
#include "signature_walk.h"

namespace libalgebra {

namespace {

/// Paths are computed side by side while their words fit into the first cache.
constexpr std::size_t lanes_bytes = std::size_t{1} << 15;

[[nodiscard]] path_view path_of(const path_batch& paths, std::size_t i) {
    path_view path = paths.first;
    path.data =
        static_cast<const char*>(path.data) + static_cast<std::ptrdiff_t>(i) * paths.path_stride;
    return path;
}

/// Asks for what will be read next: `count` paths from one on. Streams as short as a path's are
/// nothing that a processor would guess.
void prefetch(const path_view& from, const path_batch& paths, std::size_t count) {
#if defined(__GNUC__)
    const char* path = static_cast<const char*>(from.data);
    for (std::size_t i = 0; i < count; ++i, path += paths.path_stride)
        for (std::size_t point = 0; point < from.length; ++point)
            __builtin_prefetch(path + static_cast<std::ptrdiff_t>(point) * from.point_stride);
#else
    (void)from;
    (void)paths;
    (void)count;
#endif
}

/// The same for what will be written, at half a line's distance, as it begins anywhere in a line.
template <typename Real>
void prefetch_result(Real* result, std::size_t size) {
#if defined(__GNUC__)
    for (std::size_t i = 0; i < size; i += alignment / 2 / sizeof(Real))
        __builtin_prefetch(result + i, 1);
#else
    (void)result;
    (void)size;
#endif
}

/// Bytes to ask for where a tree takes so many: more, of which no page is ever touched. glibc gives
/// free memory back to the system when it is more than twice the largest piece that was freed
/// before, as a result, a tree and what a logarithm takes would be after every call; then each call
/// would wait for new pages, which can take longer than its work. Pieces of 32 MiB go back in any
/// case.
std::size_t with_slack(std::size_t bytes) {
    constexpr std::size_t kept_min = std::size_t{1} << 16;
    constexpr std::size_t kept_max = (std::size_t{1} << 25) - kept_min;
    if (bytes < kept_min || bytes > kept_max)
        return bytes;
    const std::size_t more = 2 * bytes + 4 * kept_min;
    return more < kept_max ? more : kept_max;
}

/// Room for more than there was; what was there is not needed any more.
template <typename Real>
status grow(buffer<Real>& memory, std::size_t reals) {
    return memory.size() >= reals ? status::ok : memory.resize(reals);
}

/// below[v l] = s[v l] + above[v] z[l] / divisor for the words v of a level and each letter l, from
/// the last word on: `below` may be `above`.
template <typename Real>
bool add_right_product(const Real* s, const Real* above, std::size_t words, const Real* z,
                       std::size_t width, std::size_t divisor, Real* below, pacer& pace) {
    constexpr std::size_t between = std::size_t{1} << 20;
    const Real reciprocal = Real(1) / static_cast<Real>(divisor);
    for (std::size_t v = words; v-- > 0;) {
        const Real b = above[v] * reciprocal;
        const Real* const from = s + v * width;
        Real* const to = below + v * width;
        for (std::size_t letter = 0; letter < width; ++letter)
            to[letter] = from[letter] + b * z[letter];
        if (v % between == 0 && pace.spend(width * (words < between ? words : between)))
            return true;
    }
    return false;
}

} // namespace

template <typename Real>
status signature_engine<Real>::prepare(const shape& s, const interruption& stop) {
    LIBALGEBRA_TRY(checked_size<Real>(s, size_));
    shape_ = s;
    stop_ = stop;
    kernel_ = &kernel_in_use<Real>();
    tree_ = buffer<Real>();
    part_ = buffer<Real>();
    factor_ = buffer<Real>();
    if (s.width == 1 || s.depth < 2)
        return status::ok;
    const std::size_t bytes = walk_reals(s, size_, *kernel_) * sizeof(Real);
    return grow(tree_, with_slack(bytes) / sizeof(Real));
}

template <typename Real>
status signature_engine<Real>::check(const path_view& path) const {
    LIBALGEBRA_TRY(path_check(path));
    return path.width == shape_.width && kernel_ != nullptr ? status::ok : status::invalid_argument;
}

template <typename Real>
status signature_engine<Real>::signature(const path_view& path, Real* result) {
    LIBALGEBRA_TRY(check(path));
    if (!is_simple(path, shape_.depth) && is_cut(path, size_))
        LIBALGEBRA_TRY(grow(part_, size_));
    pacer pace(stop_, spent_);
    return signature_in(path, shape_, size_, *kernel_, tree_.data(), part_.data(), result, pace);
}

template <typename Real>
bool signature_engine<Real>::fits_lanes(const path_batch& paths) const {
    if (kernel_->lanes == 1 || is_simple(paths.first, shape_.depth) ||
        shape_.depth > register_levels + 1 || size_ > lanes_bytes / sizeof(Real) / kernel_->lanes ||
        is_cut(paths.first, size_))
        return false;
    return paths.count >= (is_small(shape_, size_) ? 2 : kernel_->lanes / 2);
}

template <typename Real>
status signature_engine<Real>::signatures(const path_batch& paths, Real* results,
                                          std::size_t result_stride) {
    LIBALGEBRA_TRY(check(paths.first));
    if (fits_lanes(paths))
        return side_by_side(paths, results, result_stride);
    for (std::size_t i = 0; i < paths.count; ++i)
        LIBALGEBRA_TRY(signature(path_of(paths, i), results + i * result_stride));
    return status::ok;
}

template <typename Real>
status signature_engine<Real>::side_by_side(const path_batch& paths, Real* results,
                                            std::size_t result_stride) {
    const std::size_t lanes = kernel_->lanes;
    const std::size_t above = size_ - 1 - shape_.width;
    planned_tree<Real> plan;
    arena<Real> nothing(nullptr);
    plan_small<Real>(shape_, lanes, nullptr, nothing, plan);
    (void)take_lane_points(shape_.width, lanes, nothing);
    const std::size_t words = rounded_up(above * lanes, alignment / sizeof(Real));
    LIBALGEBRA_TRY(grow(tree_, words + nothing.taken() + alignment / sizeof(Real)));
    Real* const begin = aligned(tree_.data());
    arena<Real> memory(begin + words);
    plan_small(shape_, lanes, begin, memory, plan);
    const lane_points points = take_lane_points(shape_.width, lanes, memory);
    pacer pace(stop_, spent_);

    const std::size_t length = paths.first.length;
    for (std::size_t first = 0; first < paths.count; first += lanes) {
        const std::size_t count = paths.count - first < lanes ? paths.count - first : lanes;
        const auto copy = [&](std::size_t point, std::size_t how_many, double* to) {
            // Lanes without a path repeat the last one.
            for (std::size_t lane = 0; lane < lanes; ++lane)
                copy_points(path_of(paths, first + (lane < count ? lane : count - 1)), point,
                            how_many, to + lane, lanes);
        };
        const auto read = [&](std::size_t after, std::size_t steps, const step_rows<Real>& rows) {
            copy(after - steps, steps + 1, points.points);
            kernel_->subtract(points, steps, rows);
        };
        const auto walk = [&] {
            kernel_->walk_lanes(plan.tree);
            return pace.spend(size_ * lanes * shape_.depth * blocks_of_lanes);
        };
        if (paths.count - first > lanes)
            prefetch(path_of(paths, first + lanes), paths, lanes);
        for (std::size_t lane = 0; lane < count; ++lane)
            prefetch_result(results + (first + lane) * result_stride, size_);
        std::memset(begin, 0, above * lanes * sizeof(Real));
        std::memset(points.sums, 0, points.letters * sizeof(double));
        copy(length - 1, 1, points.last);
        plan.tree.blocks = blocks_of_lanes;
        if (for_all_blocks(length - 1, plan, read, walk))
            return status::interrupted;
        for (std::size_t lane = 0; lane < count; ++lane) {
            Real* to = results + (first + lane) * result_stride;
            *to++ = Real(1);
            level_one_of_lane(points, lane, to);
            to += shape_.width;
            const Real* from = begin + lane;
            for (std::size_t word = 0; word < above; ++word, from += lanes)
                to[word] = *from;
        }
    }
    return status::ok;
}

template <typename Real>
status signature_engine<Real>::append(const Real* before, const path_view& path, Real* result) {
    LIBALGEBRA_TRY(check(path));
    if (path.length == 2 && shape_.depth > 0)
        return append_step(before, path, result);
    LIBALGEBRA_TRY(grow(factor_, size_));
    LIBALGEBRA_TRY(signature(path, factor_.data()));
    return tensor_multiply(shape_, before, factor_.data(), result, stop_);
}

/// result = before * exp(z), from the top level down: for each level, Horner's rule as for
/// multiplication from the left (kernel_body.h), but b_k = S_k + b_(k-1) z/(n-k+1).
template <typename Real>
status signature_engine<Real>::append_step(const Real* before, const path_view& path,
                                           Real* result) {
    tensor_level top = level_of(shape_.width, shape_.depth);
    LIBALGEBRA_TRY(grow(factor_, top.size / shape_.width + 3 * shape_.width));
    Real* const z = factor_.data() + top.size / shape_.width;
    pacer pace(stop_, spent_);
    path_view letter = path;
    letter.width = 1;
    for (std::size_t i = 0; i < shape_.width; ++i) {
        double increment = 0;
        path_increment(letter, 0, &increment);
        z[i] = static_cast<Real>(increment);
        letter.data = static_cast<const char*>(letter.data) + path.letter_stride;
    }

    for (; top.length > 0; top.down(shape_.width)) {
        Real* const b = factor_.data();
        b[0] = before[0];
        tensor_level level = level_of(shape_.width, 0);
        for (std::size_t k = 1; k <= top.length; ++k) {
            const std::size_t words = level.size;
            level.up(shape_.width);
            Real* const below = k == top.length ? result + top.begin : b;
            if (add_right_product(before + level.begin, b, words, z, shape_.width,
                                  top.length - k + 1, below, pace))
                return status::interrupted;
        }
    }
    result[0] = before[0];
    return status::ok;
}

template <typename Real>
status signature_engine<Real>::prefixes(const path_view& path, Real* results,
                                        std::size_t result_stride) {
    LIBALGEBRA_TRY(check(path));
    for (std::size_t i = 0; i < path.length; ++i, results += result_stride) {
        if (i == 0) {
            LIBALGEBRA_TRY(tensor_unit(shape_, results));
            continue;
        }
        LIBALGEBRA_TRY(append(results - result_stride, path_part(path, i - 1, 2), results));
        for (std::size_t letter = 0; shape_.depth > 0 && letter < shape_.width; ++letter) {
            path_view until = path_part(path, 0, i + 1);
            until.data = static_cast<const char*>(until.data) +
                         static_cast<std::ptrdiff_t>(letter) * path.letter_stride;
            until.width = 1;
            const double sum = static_cast<double>(results[1 + letter]);
            read_level_one(until, &sum, 1, results + 1 + letter);
        }
    }
    return status::ok;
}

template <typename Real>
std::size_t signature_engine<Real>::part_count(const path_view& path) const {
    const bool has_parts = path.length > 0 && !is_simple(path, shape_.depth) && is_cut(path, size_);
    return has_parts ? (path.length - 2) / part_steps + 1 : 1;
}

template <typename Real>
status signature_engine<Real>::part(const path_view& path, std::size_t number, Real* result) {
    return signature(cut_part(path, number), result);
}

template <typename Real>
status signature_engine<Real>::join(const path_view& path, std::size_t number, const Real* part,
                                    Real* result) {
    LIBALGEBRA_TRY(check(path));
    return join_part(path, shape_, number, part, tree_.data(), result);
}

template class signature_engine<float>;
template class signature_engine<double>;

} // namespace libalgebra
