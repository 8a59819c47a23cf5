// log_gradient.cpp: the log signature's derivative, through projection and logarithm to the path.
#include "backward_walk.h"
#include "checked.h"
#include "libalgebra/buffer.h"
#include "libalgebra/gradient.h"
#include "libalgebra/lie.h"
#include "libalgebra/signature.h"
#include "libalgebra/tensor.h"
#include "nested_brackets.h"
#include "tensor_log.h"

namespace libalgebra {

namespace {

/// The sizes in doubles of what the derivative holds at one time.
struct sizes {
    std::size_t tensor = 0;
    std::size_t lower = 0; ///< a tensor without its top level
    std::size_t tails = 0;

    [[nodiscard]] status find(const shape& s) {
        LIBALGEBRA_TRY(tensor_size(s, tensor));
        LIBALGEBRA_TRY(tensor_size({s.width, s.depth - 1}, lower));
        return tensor_log_workspace(s, tails);
    }
};

/// From the cotangent of the coordinates to that of the signature, which goes without its top
/// level, as the logarithm's does.
status log_vjp(const shape& s, const sizes& size, const double* signature, const double* cotangent,
               hall_basis_cache& cache, double* tensor_cotangent, const interruption& stop) {
    std::size_t spent = 0;
    pacer pace(stop, spent);
    buffer<double> log;
    buffer<double> tails;
    buffer<double> workspace;
    LIBALGEBRA_TRY(tensor_to_lie_vjp(s, cotangent, cache, tensor_cotangent, pace));
    LIBALGEBRA_TRY(log.resize(size.lower));
    LIBALGEBRA_TRY(tails.resize(size.tails));
    LIBALGEBRA_TRY(workspace.resize(size.tails));
    if (tensor_log_with(s, s.depth - 1, signature, tails.data(), log.data(), pace))
        return status::interrupted;
    if (tensor_log_vjp(s, log.data(), tails.data(), workspace.data(), tensor_cotangent, pace))
        return status::interrupted;
    return status::ok;
}

} // namespace

status log_signature_vjp(const path_view& path, std::size_t depth, const double* cotangent,
                         hall_basis_cache& cache, double* gradient, const interruption& stop) {
    const shape s = without_vanishing({path.width, depth});
    bool is_done = false;
    sizes size;
    path_halves halves;
    buffer<double> lower;
    buffer<double> tensor_cotangent;
    LIBALGEBRA_TRY(tensor_size(s, size.tensor));
    // Of depth 0 a Lie element has no coordinates, and may be null.
    const double none = 0.0;
    LIBALGEBRA_TRY(clear_gradient(path, depth == 0 ? &none : cotangent, gradient, is_done));
    if (is_done || depth == 0)
        return status::ok;
    LIBALGEBRA_TRY(size.find(s));
    LIBALGEBRA_TRY(tensor_cotangent.resize(size.tensor));
    LIBALGEBRA_TRY(half_signatures(path, s.depth, stop, halves));
    LIBALGEBRA_TRY(lower.resize(size.lower));
    LIBALGEBRA_TRY(
        tensor_multiply({s.width, s.depth - 1}, halves.before, halves.after, lower.data(), stop));
    LIBALGEBRA_TRY(log_vjp(s, size, lower.data(), cotangent, cache, tensor_cotangent.data(), stop));
    return walk_both_ways(path, s.depth, halves, tensor_cotangent.data(), gradient, stop);
}

status log_signature_vjp_workspace(const shape& s, std::size_t& bytes) {
    const shape kept = without_vanishing(s);
    sizes size;
    std::size_t tables = 0;
    std::size_t for_halves = 0;
    std::size_t during_projection = 0;
    std::size_t during_log = 0;
    LIBALGEBRA_TRY(tensor_size(kept, size.tensor));
    bytes = 0;
    if (kept.depth == 0)
        return status::ok;
    LIBALGEBRA_TRY(size.find(kept));
    LIBALGEBRA_TRY(half_signatures_workspace(kept, for_halves));
    LIBALGEBRA_TRY(bracket_table_workspace(kept, tables));
    LIBALGEBRA_TRY(nested_brackets_doubles(kept, during_projection));
    LIBALGEBRA_TRY(checked_multiply(during_projection, sizeof(double), during_projection));
    LIBALGEBRA_TRY(checked_multiply(size.tails, 2, during_log));
    LIBALGEBRA_TRY(checked_add(during_log, size.lower, during_log));
    LIBALGEBRA_TRY(checked_multiply(during_log, sizeof(double), during_log));

    // The signatures, the cotangent and the tables stay; projection and logarithm take turns.
    const std::size_t larger = during_projection > during_log ? during_projection : during_log;
    LIBALGEBRA_TRY(checked_add(size.tensor, size.lower, bytes));
    LIBALGEBRA_TRY(checked_multiply(bytes, sizeof(double), bytes));
    LIBALGEBRA_TRY(checked_add(bytes, for_halves, bytes));
    LIBALGEBRA_TRY(checked_add(bytes, tables, bytes));
    return checked_add(bytes, larger, bytes);
}

} // namespace libalgebra
