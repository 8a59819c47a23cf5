// libalgebra/hall_basis_cache.h: Hall bases and bracket tables, built once and shared by threads.
#pragma once

#include "libalgebra/bracket_table.h"
#include "libalgebra/hall_basis.h"
#include "libalgebra/shape.h"
#include "libalgebra/status.h"

#include <atomic>

namespace libalgebra {

/// Owns what depends on width and depth alone. Every member function may be called from any number
/// of threads at once; none ever waits. Two threads that need the same table at the same moment may
/// both build it; one is published, the other freed. Whatever was published stays where it is until
/// the cache is destroyed, which must happen after the last use. A failure is not remembered.
///
/// The cache is no global: keep one where it lives as long as it is useful.
class hall_basis_cache {
public:
    hall_basis_cache() noexcept = default;
    ~hall_basis_cache();
    hall_basis_cache(const hall_basis_cache&) = delete;
    hall_basis_cache& operator=(const hall_basis_cache&) = delete;

    [[nodiscard]] status basis(const shape& s, const hall_basis*& result);
    [[nodiscard]] status brackets(const shape& s, const bracket_table*& result);

private:
    struct entry;

    [[nodiscard]] status find_or_build(const shape& s, entry*& result);

    std::atomic<entry*> first_{nullptr};
};

} // namespace libalgebra
