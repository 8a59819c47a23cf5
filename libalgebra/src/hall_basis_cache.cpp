// hall_basis_cache.cpp: publishing tables to other threads with one compare-and-swap each.
#include "libalgebra/hall_basis_cache.h"

#include "checked.h"

#include <new>

namespace libalgebra {

/// One shape; once published, only `table` ever changes, and only once.
struct hall_basis_cache::entry {
    shape key;
    hall_basis basis;
    std::atomic<bracket_table*> table{nullptr};
    entry* next = nullptr;
};

namespace {

static_assert(std::atomic<void*>::is_always_lock_free, "a lock would need the C++ runtime");

template <typename T>
status create(T*& object) {
    void* memory = LIBALGEBRA_MALLOC(sizeof(T));
    if (memory == nullptr)
        return status::out_of_memory;
    object = new (memory) T();
    return status::ok;
}

template <typename T>
void destroy(T* object) {
    if (object == nullptr)
        return;
    object->~T();
    LIBALGEBRA_FREE(object);
}

/// The entry of `s` in the list from `first` up to `end`, or null.
template <typename Entry>
Entry* find(Entry* first, const Entry* end, const shape& s) {
    for (Entry* e = first; e != end; e = e->next)
        if (e->key.width == s.width && e->key.depth == s.depth)
            return e;
    return nullptr;
}

} // namespace

hall_basis_cache::~hall_basis_cache() {
    entry* e = first_.load(std::memory_order_acquire);
    while (e != nullptr) {
        entry* const next = e->next;
        destroy(e->table.load(std::memory_order_acquire));
        destroy(e);
        e = next;
    }
}

status hall_basis_cache::find_or_build(const shape& s, entry*& result) {
    entry* head = first_.load(std::memory_order_acquire);
    result = find<entry>(head, nullptr, s);
    if (result != nullptr)
        return status::ok;

    entry* made = nullptr;
    LIBALGEBRA_TRY(create(made));
    made->key = s;
    const status built = made->basis.build(s);
    if (built != status::ok) {
        destroy(made);
        return built;
    }

    const entry* searched = head;
    made->next = head;
    while (!first_.compare_exchange_weak(head, made, std::memory_order_acq_rel,
                                         std::memory_order_acquire)) {
        // Others were faster; if one of them published this very shape, theirs is the one.
        result = find<entry>(head, searched, s);
        if (result != nullptr) {
            destroy(made);
            return status::ok;
        }
        searched = head;
        made->next = head;
    }
    result = made;
    return status::ok;
}

status hall_basis_cache::basis(const shape& s, const hall_basis*& result) {
    entry* e = nullptr;
    LIBALGEBRA_TRY(find_or_build(s, e));
    result = &e->basis;
    return status::ok;
}

status hall_basis_cache::brackets(const shape& s, const bracket_table*& result) {
    entry* e = nullptr;
    LIBALGEBRA_TRY(find_or_build(s, e));
    bracket_table* published = e->table.load(std::memory_order_acquire);
    if (published != nullptr) {
        result = published;
        return status::ok;
    }

    bracket_table* made = nullptr;
    LIBALGEBRA_TRY(create(made));
    const status built = made->build(e->basis);
    if (built != status::ok) {
        destroy(made);
        return built;
    }
    if (e->table.compare_exchange_strong(published, made, std::memory_order_acq_rel,
                                         std::memory_order_acquire)) {
        result = made;
        return status::ok;
    }
    destroy(made);
    result = published;
    return status::ok;
}

} // namespace libalgebra
