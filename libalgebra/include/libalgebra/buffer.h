// libalgebra/buffer.h: an array that owns its memory and reports failure as a status.
#pragma once

#include "libalgebra/status.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <type_traits>

/// All memory of the library comes from these three; define them to route it elsewhere.
#ifndef LIBALGEBRA_MALLOC
#define LIBALGEBRA_MALLOC(bytes) std::malloc(bytes)
#define LIBALGEBRA_REALLOC(data, bytes) std::realloc(data, bytes)
#define LIBALGEBRA_FREE(data) std::free(data)
#endif

namespace libalgebra {

/// A move-only array of trivial elements. The library uses it instead of std::vector because it
/// must need no C++ runtime, and because a refused allocation has to be a status.
template <typename T>
class buffer {
    static_assert(std::is_trivially_copyable<T>::value, "elements are moved by realloc");

public:
    buffer() = default;
    ~buffer() { LIBALGEBRA_FREE(data_); }
    buffer(const buffer&) = delete;
    buffer& operator=(const buffer&) = delete;
    buffer(buffer&& other) noexcept { swap(other); }
    buffer& operator=(buffer&& other) noexcept {
        swap(other);
        return *this;
    }

    /// Changes the size, keeping the elements that remain; new elements are uninitialised.
    [[nodiscard]] status resize(std::size_t size) {
        if (size > capacity_) {
            const status reserved = reserve(size);
            if (reserved != status::ok)
                return reserved;
        }
        size_ = size;
        return status::ok;
    }

    /// Appends a copy of `element`, which must not be inside this buffer.
    [[nodiscard]] status push(const T& element) {
        if (size_ == capacity_) {
            const status reserved = reserve(size_ + size_ / 2 + 16);
            if (reserved != status::ok)
                return reserved;
        }
        data_[size_++] = element;
        return status::ok;
    }

    /// Forgets the elements from `size` on; never fails and frees nothing.
    void truncate(std::size_t size) { size_ = size; }

    /// Gives back what the elements do not need, if the system takes it.
    void shrink() {
        if (capacity_ == size_)
            return;
        const std::size_t capacity = size_ == 0 ? 1 : size_;
        void* moved = LIBALGEBRA_REALLOC(data_, capacity * sizeof(T));
        if (moved == nullptr)
            return;
        data_ = static_cast<T*>(moved);
        capacity_ = capacity;
    }

    void zero() {
        if (size_ != 0)
            std::memset(data_, 0, size_ * sizeof(T));
    }

    [[nodiscard]] std::size_t size() const { return size_; }
    [[nodiscard]] std::size_t bytes() const { return capacity_ * sizeof(T); }
    [[nodiscard]] T* data() { return data_; }
    [[nodiscard]] const T* data() const { return data_; }
    [[nodiscard]] T& operator[](std::size_t i) { return data_[i]; }
    [[nodiscard]] const T& operator[](std::size_t i) const { return data_[i]; }

private:
    status reserve(std::size_t capacity) {
        if (capacity > static_cast<std::size_t>(PTRDIFF_MAX) / sizeof(T))
            return status::too_large;
        void* moved = LIBALGEBRA_REALLOC(data_, capacity * sizeof(T));
        if (moved == nullptr)
            return status::out_of_memory;
        data_ = static_cast<T*>(moved);
        capacity_ = capacity;
        return status::ok;
    }

    void swap(buffer& other) noexcept {
        T* const data = data_;
        const std::size_t size = size_;
        const std::size_t capacity = capacity_;
        data_ = other.data_;
        size_ = other.size_;
        capacity_ = other.capacity_;
        other.data_ = data;
        other.size_ = size;
        other.capacity_ = capacity;
    }

    T* data_ = nullptr;
    std::size_t size_ = 0;
    std::size_t capacity_ = 0;
};

} // namespace libalgebra
