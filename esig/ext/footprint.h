// esig/ext/footprint.h: how much memory an answer takes, found before any of it is allocated.
#pragma once

#include "errors.h"
#include "module_state.h"

#include <libalgebra/keys.h>
#include <libalgebra/log_signature.h>
#include <libalgebra/shape.h>
#include <libalgebra/signature.h>
#include <libalgebra/windows.h>

#include <cstddef>
#include <cstdint>

namespace esig {

using libalgebra::shape;

/// A number of bytes that stays at its maximum once it has got there.
class saturated {
public:
    constexpr saturated(std::size_t value) : value_(value) {}
    constexpr std::size_t value() const { return value_; }

    friend constexpr saturated operator+(saturated a, saturated b) {
        return a.value_ <= SIZE_MAX - b.value_ ? a.value_ + b.value_ : SIZE_MAX;
    }
    friend constexpr saturated operator*(saturated a, saturated b) {
        return b.value_ == 0 || a.value_ <= SIZE_MAX / b.value_ ? a.value_ * b.value_ : SIZE_MAX;
    }

private:
    std::size_t value_;
};

/// The size that one of the library's functions finds, SIZE_MAX if it finds none.
inline saturated size_from(libalgebra::status (*find)(const shape&, std::size_t&), const shape& s) {
    std::size_t size = 0;
    return find(s, size) == libalgebra::status::ok ? size : SIZE_MAX;
}

/// Bytes that an answer for a shape takes together with its workspace: they grow with the depth.
struct footprint {
    saturated (*row)(const shape& s);       ///< values in each row of the answer
    saturated (*workspace)(const shape& s); ///< bytes that each thread needs besides
    std::size_t rows = 1;
    std::size_t value_size = sizeof(double);
    std::size_t tensors = 0; ///< signatures that each thread keeps besides

    saturated thread(const shape& s) const {
        return workspace(s) + size_from(libalgebra::tensor_size, s) * sizeof(double) * tensors;
    }

    saturated operator()(const shape& s) const { return row(s) * value_size * rows + thread(s); }
};

inline saturated no_workspace(const shape&) {
    return 0;
}

inline saturated tensor_row(const shape& s) {
    return size_from(libalgebra::tensor_size, s);
}

inline saturated lie_row(const shape& s) {
    return size_from(libalgebra::lie_size, s);
}

inline saturated signature_workspace(const shape& s) {
    return size_from(libalgebra::signature_workspace, s);
}

inline saturated log_signature_workspace(const shape& s) {
    return size_from(libalgebra::log_signature_workspace, s);
}

inline saturated exponential_workspace(const shape& s) {
    return size_from(libalgebra::log_signature_to_signature_workspace, s);
}

inline saturated window_workspace(const shape& s) {
    return size_from(libalgebra::window_workspace, s);
}

inline saturated window_log_workspace(const shape& s) {
    return window_workspace(s) + log_signature_workspace(s);
}

inline constexpr footprint signature_footprint{tensor_row, signature_workspace};
inline constexpr footprint log_signature_footprint{lie_row, log_signature_workspace};
inline constexpr footprint sliding_footprint{tensor_row, window_workspace};
inline constexpr footprint sliding_log_footprint{lie_row, window_log_workspace};

inline constexpr footprint exponential_footprint{tensor_row, exponential_workspace};

/// Keys are written once as bytes and once as a Python string.
inline saturated tensor_keys_row(const shape& s) {
    return size_from(libalgebra::tensor_keys_size, s) * 2;
}

/// The exact length of the text needs the basis, which may not fit itself; so this is a bound:
/// a key has at most `depth` letters with their digits, two brackets and a comma, and a basis
/// element takes a few words besides.
inline saturated lie_keys_row(const shape& s) {
    std::size_t digits = 1;
    for (std::size_t rest = s.width; rest >= 10; rest /= 10) {
        ++digits;
    }
    const saturated key = saturated{s.depth} * (digits + 3);
    return size_from(libalgebra::lie_size, s) * (key * 2 + 4 * sizeof(std::size_t));
}

inline constexpr footprint tensor_keys_footprint{tensor_keys_row, no_workspace, 1, 1};
inline constexpr footprint lie_keys_footprint{lie_keys_row, no_workspace, 1, 1};

/// A depth takes at least a double for each degree, whatever else it takes: this keeps the sizes
/// over one letter, which hardly grow, from being asked for at depths without end.
inline bool fits(const footprint& bytes, const shape& s, std::size_t limit) {
    return s.depth < limit / sizeof(double) && bytes(s).value() <= limit;
}

/// The largest depth that fits at this width, 0 if none does.
inline std::size_t depth_max(const footprint& bytes, std::size_t width, std::size_t limit) {
    std::size_t low = 0;
    std::size_t high = 1;
    while (fits(bytes, {width, high}, limit)) {
        low = high;
        high *= 2;
    }
    while (high - low > 1) {
        const std::size_t middle = low + (high - low) / 2;
        (fits(bytes, {width, middle}, limit) ? low : high) = middle;
    }
    return low;
}

/// False, with the established error, if the answer would take more memory than it may.
[[nodiscard]] inline bool check_footprint(const footprint& bytes, const shape& s,
                                          const module_state& state) {
    const std::size_t limit = state.memory_limit.load(std::memory_order_relaxed);
    if (fits(bytes, s, limit)) {
        return true;
    }
    raise_too_large(s.width, depth_max(bytes, s.width, limit), bytes.rows);
    return false;
}

} // namespace esig
