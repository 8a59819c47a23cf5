// libalgebra/hall_basis_cache.h: Hall bases and bracket tables, shared by threads, in bounded
// memory.
#pragma once

#include "libalgebra/bracket_table.h"
#include "libalgebra/hall_basis.h"
#include "libalgebra/interruption.h"
#include "libalgebra/shape.h"
#include "libalgebra/status.h"

#include <cstddef>

namespace libalgebra {

/// A hold on a basis, and on its brackets if it was asked for them. What it refers to is constant,
/// stays where it is, and is freed when the last hold on it is gone, be that the cache's or one of
/// these. Empty until a cache fills it.
class hall_tables {
public:
    hall_tables() noexcept = default;
    ~hall_tables();
    hall_tables(const hall_tables&) = delete;
    hall_tables& operator=(const hall_tables&) = delete;

    [[nodiscard]] const hall_basis& basis() const;
    [[nodiscard]] const bracket_table& brackets() const;

private:
    friend class hall_basis_cache;
    struct entry;

    entry* entry_ = nullptr;
};

/// Keeps what depends on width and depth alone: up to `bytes_max` bytes of it for up to
/// `shapes_max` shapes, those that were used last. What is larger than that is built, used and
/// freed.
///
/// Every member function but the destructor may be called from any number of threads at once. The
/// cache is locked for the look into a short list, never while tables are built or freed, and a
/// thread that finds it locked for long (its holder was suspended, or lost in a fork) builds what
/// it needs for itself. So nothing waits, and no result depends on the cache. Two threads that need
/// the same table at the same moment may both build it; one is kept. A failure is not remembered.
///
/// The cache is no global: keep one where it lives as long as it is useful.
class hall_basis_cache {
public:
    static constexpr std::size_t shapes_max = 64;

    explicit hall_basis_cache(std::size_t bytes_max = std::size_t{64} << 20) noexcept;
    ~hall_basis_cache();
    hall_basis_cache(const hall_basis_cache&) = delete;
    hall_basis_cache& operator=(const hall_basis_cache&) = delete;

    /// Makes `result` hold the basis of `s`.
    [[nodiscard]] status basis(const shape& s, hall_tables& result);

    /// Makes `result` hold the basis of `s` and its brackets. Returns `interrupted` when the caller
    /// asks to stop.
    [[nodiscard]] status brackets(const shape& s, hall_tables& result,
                                  const interruption& stop = {});

    /// Bytes of all that is kept at the moment.
    [[nodiscard]] std::size_t bytes();

private:
    using entry = hall_tables::entry;
    class spin_lock;

    [[nodiscard]] spin_lock& lock();
    [[nodiscard]] status find_or_build(const shape& s, bool with_brackets, hall_tables& result,
                                       const interruption& stop);
    [[nodiscard]] entry* use(const shape& s, bool with_brackets);
    std::size_t insert(entry* made, entry** dropped);
    entry* remove(std::size_t place);

    const std::size_t bytes_max_;
    /// Where the lock is: <atomic> would take longer to compile than all that includes this file.
    alignas(std::size_t) unsigned char lock_[sizeof(std::size_t)];
    std::size_t bytes_ = 0;
    std::size_t size_ = 0;
    entry* entries_[shapes_max] = {}; ///< the last used one first
};

} // namespace libalgebra
