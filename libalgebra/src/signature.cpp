// signature.cpp: the signature of a path, and how much memory it takes.
#include "libalgebra/signature.h"

#include "signature_walk.h"

namespace libalgebra {

namespace {

/// Workspaces up to this many bytes live on the stack: a call on a tiny path costs no malloc.
constexpr std::size_t stack_bytes = 2048;

} // namespace

status signature(const path_view& path, std::size_t depth, double* result) {
    const shape s{path.width, depth};
    std::size_t size = 0;
    LIBALGEBRA_TRY(path_check(path));
    LIBALGEBRA_TRY(checked_size<double>(s, size));
    if (result == nullptr)
        return status::invalid_argument;
    std::size_t spent = 0;
    pacer pace(interruption{}, spent);
    const kernel<double>& k = kernel_in_use<double>();
    const bool is_walked = !is_simple(path, depth);
    const std::size_t tree = is_walked ? walk_reals(s, size, k) : 0;
    const std::size_t part = is_walked && is_cut(path, size) ? size : 0;

    constexpr std::size_t in_stack = stack_bytes / sizeof(double);
    alignas(64) double on_stack[in_stack];
    buffer<double> on_heap;
    if (tree + part > in_stack)
        LIBALGEBRA_TRY(on_heap.resize(tree + part));
    double* const memory = tree + part > in_stack ? on_heap.data() : on_stack;
    return signature_in(path, s, size, k, memory, memory + tree, result, pace);
}

status signature_workspace(const shape& s, std::size_t& bytes) {
    std::size_t size = 0;
    LIBALGEBRA_TRY(checked_size<double>(s, size));
    bytes = 0;
    if (s.width == 1 || s.depth < 2)
        return status::ok;
    const std::size_t tree = walk_reals(s, size, kernel_in_use<double>());
    const std::size_t part = size <= part_words ? size : 0;
    const std::size_t needed = (tree + part) * sizeof(double);
    bytes = needed <= stack_bytes ? 0 : needed;
    return status::ok;
}

} // namespace libalgebra
