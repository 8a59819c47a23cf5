// tensor_log.h: the logarithm in memory that the caller provides, and its derivative.
#pragma once

#include "kernel.h"
#include "libalgebra/shape.h"
#include "tensor_levels.h"

#include <cstddef>
#include <cstdint>

namespace libalgebra {

/// Where t(2) of tensor_log.cpp, of depth s.depth - 1, is in the workspace of the functions below.
/// Its top level, and most others for an even width, begin at whole cache lines.
[[nodiscard]] inline double* log_tails(const shape& s, double* workspace) {
    constexpr std::size_t line = 8;
    if (s.depth < 2)
        return workspace;
    const std::size_t place = reinterpret_cast<std::uintptr_t>(workspace) / sizeof(double) +
                              level_of(s.width, s.depth - 1).begin;
    return workspace + (line - place % line) % line;
}

/// From t(k), which has the top level `top`, to t(k + 1), which has one level less.
[[nodiscard]] inline std::size_t tail_distance(const tensor_level& top) {
    return (top.begin + top.size + 7) / 8 * 8;
}

/// tensor_log of a tensor whose constant term is 1, up to `levels`, of which `a` and `result` hold
/// no more. `workspace` holds what tensor_log_workspace says for s; the t(k) of tensor_log.cpp are
/// in it then, as far as those levels determine them. True when stopped.
[[nodiscard]] bool tensor_log_with(const shape& s, std::size_t levels, const double* a,
                                   double* workspace, double* result, pacer& pace);

/// For a depth from 4 on: the levels below the two top ones of `a` become those of its logarithm,
/// and t(2), of depth s.depth - 1, is in the workspace then. True when stopped.
[[nodiscard]] bool tensor_log_below(const shape& s, double* a, double* workspace, pacer& pace);

/// Turns the cotangent of the logarithm into that of its argument, in place. `log` and `tails` are
/// the result and the workspace of tensor_log_with for s.depth - 1 levels; `workspace` is as large
/// as that. True when stopped.
[[nodiscard]] bool tensor_log_vjp(const shape& s, const double* log, const double* tails,
                                  double* workspace, double* cotangent, pacer& pace);

} // namespace libalgebra
