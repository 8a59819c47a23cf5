// hall_basis_cache.cpp: counted holds on tables, and the list of those that were used last.
#include "libalgebra/hall_basis_cache.h"

#include "checked.h"

#include <atomic>
#include <new>

namespace libalgebra {

/// The tables of one shape. `users` counts the holds, the cache's included.
struct hall_tables::entry {
    shape key{1, 0};
    bool has_brackets = false;
    std::size_t bytes = 0;
    hall_basis basis;
    bracket_table brackets;
    std::atomic<std::size_t> users{1};

    [[nodiscard]] status build(const shape& s, bool with_brackets, const interruption& stop) {
        key = s;
        has_brackets = with_brackets;
        LIBALGEBRA_TRY(basis.build(s));
        if (with_brackets)
            LIBALGEBRA_TRY(brackets.build(basis, stop));
        bytes = sizeof(entry) + basis.bytes() + brackets.bytes();
        return status::ok;
    }

    void release() {
        if (users.fetch_sub(1, std::memory_order_acq_rel) != 1)
            return;
        this->~entry();
        LIBALGEBRA_FREE(this);
    }
};

static_assert(std::atomic<bool>::is_always_lock_free &&
                  std::atomic<std::size_t>::is_always_lock_free,
              "a lock would need the C++ runtime");

hall_tables::~hall_tables() {
    if (entry_ != nullptr)
        entry_->release();
}

const hall_basis& hall_tables::basis() const {
    return entry_->basis;
}

const bracket_table& hall_tables::brackets() const {
    return entry_->brackets;
}

class hall_basis_cache::spin_lock {
public:
    /// Fails where the lock is not free for about as long as a hundred looks into the list take.
    [[nodiscard]] bool try_lock() {
        for (int attempt = 0; attempt < 20000; ++attempt) {
            if (!locked_.load(std::memory_order_relaxed) &&
                !locked_.exchange(true, std::memory_order_acquire))
                return true;
        }
        return false;
    }

    void unlock() { locked_.store(false, std::memory_order_release); }

private:
    std::atomic<bool> locked_{false};
};

hall_basis_cache::hall_basis_cache(std::size_t bytes_max) noexcept : bytes_max_(bytes_max) {
    static_assert(sizeof(spin_lock) <= sizeof lock_ && alignof(spin_lock) <= alignof(std::size_t),
                  "there is room for it");
    new (lock_) spin_lock();
}

hall_basis_cache::spin_lock& hall_basis_cache::lock() {
    return *std::launder(reinterpret_cast<spin_lock*>(lock_));
}

hall_basis_cache::~hall_basis_cache() {
    for (std::size_t i = 0; i < size_; ++i)
        entries_[i]->release();
}

status hall_basis_cache::basis(const shape& s, hall_tables& result) {
    return find_or_build(s, false, result, {});
}

status hall_basis_cache::brackets(const shape& s, hall_tables& result, const interruption& stop) {
    return find_or_build(s, true, result, stop);
}

std::size_t hall_basis_cache::bytes() {
    if (!lock().try_lock())
        return bytes_max_;
    const std::size_t bytes = bytes_;
    lock().unlock();
    return bytes;
}

status hall_basis_cache::find_or_build(const shape& s, bool with_brackets, hall_tables& result,
                                       const interruption& stop) {
    entry* found = nullptr;
    if (lock().try_lock()) {
        found = use(s, with_brackets);
        lock().unlock();
    }
    if (found == nullptr) {
        void* memory = LIBALGEBRA_MALLOC(sizeof(entry));
        if (memory == nullptr)
            return status::out_of_memory;
        entry* const made = new (memory) entry();
        const status built = made->build(s, with_brackets, stop);
        if (built != status::ok) {
            made->release();
            return built;
        }

        entry* dropped[shapes_max + 1];
        std::size_t dropped_size = 0;
        found = made;
        if (made->bytes <= bytes_max_ && lock().try_lock()) {
            // Another thread may have been faster: then theirs is used, and ours is dropped.
            found = use(s, with_brackets);
            if (found == nullptr) {
                found = made;
                dropped_size = insert(made, dropped);
            } else {
                dropped[dropped_size++] = made;
            }
            lock().unlock();
        }
        for (std::size_t i = 0; i < dropped_size; ++i)
            dropped[i]->release();
    }
    if (result.entry_ != nullptr)
        result.entry_->release();
    result.entry_ = found;
    return status::ok;
}

/// The entry of a shape with one more user, moved to the front, or null.
hall_basis_cache::entry* hall_basis_cache::use(const shape& s, bool with_brackets) {
    for (std::size_t i = 0; i < size_; ++i) {
        entry* const e = entries_[i];
        if (e->key.width != s.width || e->key.depth != s.depth ||
            (with_brackets && !e->has_brackets))
            continue;
        for (; i > 0; --i)
            entries_[i] = entries_[i - 1];
        entries_[0] = e;
        e->users.fetch_add(1, std::memory_order_relaxed);
        return e;
    }
    return nullptr;
}

/// Puts an entry to the front. The number of those that made way for it, which the caller releases.
std::size_t hall_basis_cache::insert(entry* made, entry** dropped) {
    std::size_t dropped_size = 0;
    for (std::size_t i = size_; i-- > 0;)
        if (entries_[i]->key.width == made->key.width && entries_[i]->key.depth == made->key.depth)
            dropped[dropped_size++] = remove(i);
    while (size_ == shapes_max || bytes_ > bytes_max_ - made->bytes)
        dropped[dropped_size++] = remove(size_ - 1);

    for (std::size_t i = size_; i > 0; --i)
        entries_[i] = entries_[i - 1];
    entries_[0] = made;
    ++size_;
    bytes_ += made->bytes;
    made->users.fetch_add(1, std::memory_order_relaxed);
    return dropped_size;
}

hall_basis_cache::entry* hall_basis_cache::remove(std::size_t place) {
    entry* const e = entries_[place];
    --size_;
    for (std::size_t i = place; i < size_; ++i)
        entries_[i] = entries_[i + 1];
    bytes_ -= e->bytes;
    return e;
}

} // namespace libalgebra
