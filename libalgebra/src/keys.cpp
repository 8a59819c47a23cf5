// keys.cpp: the names of words and of Hall basis elements, each made from shorter names.
#include "libalgebra/keys.h"

#include "checked.h"
#include "libalgebra/buffer.h"

#include <cstring>

namespace libalgebra {

namespace {

std::size_t digits(std::size_t number) {
    std::size_t count = 1;
    for (; number >= 10; number /= 10)
        ++count;
    return count;
}

/// The digits of the letters 1 to width, all together.
status letters_digits(std::size_t width, std::size_t& sum) {
    sum = width;
    for (std::size_t power = 10; power <= width; power *= 10) {
        LIBALGEBRA_TRY(checked_add(sum, width - power + 1, sum));
        if (power > SIZE_MAX / 10)
            break;
    }
    return status::ok;
}

char* write_number(std::size_t number, char* to) {
    char* const end = to + digits(number);
    for (char* at = end; at != to; number /= 10)
        *--at = static_cast<char>('0' + number % 10);
    return end;
}

} // namespace

/// A word of length n has n + 2 characters that are no digits: the space, the parentheses and the
/// commas. Over the words of length n each letter stands n width^(n-1) times.
status tensor_keys_size(const shape& s, std::size_t& bytes) {
    std::size_t total = 3;
    std::size_t letters = 0;
    std::size_t words = 1;
    if (s.width == 0)
        return status::invalid_argument;
    LIBALGEBRA_TRY(letters_digits(s.width, letters));
    for (std::size_t n = 1; n <= s.depth; ++n) {
        std::size_t part = 0;
        LIBALGEBRA_TRY(checked_multiply(words, letters, part));
        LIBALGEBRA_TRY(checked_multiply(part, n, part));
        LIBALGEBRA_TRY(checked_add(total, part, total));
        LIBALGEBRA_TRY(checked_multiply(words, s.width, words));
        LIBALGEBRA_TRY(checked_multiply(words, n + 2, part));
        LIBALGEBRA_TRY(checked_add(total, part, total));
    }
    bytes = total;
    return status::ok;
}

/// The words of length n are the letters in turn, each before all the words of length n - 1: their
/// text is that of the shorter words with the letter inserted after every opening parenthesis.
status tensor_keys(const shape& s, char* text) {
    std::size_t bytes = 0;
    LIBALGEBRA_TRY(tensor_keys_size(s, bytes));
    if (text == nullptr)
        return status::invalid_argument;

    const char* from = text;
    const char* end = text + 3;
    char* to = text + 3;
    std::memcpy(text, " ()", 3);
    for (std::size_t n = 1; n <= s.depth; ++n) {
        for (std::size_t letter = 1; letter <= s.width; ++letter) {
            for (const char* at = from; at != end; ++at) {
                *to++ = *at;
                if (*at != '(')
                    continue;
                to = write_number(letter, to);
                if (n > 1)
                    *to++ = ',';
            }
        }
        from = end;
        end = to;
    }
    return status::ok;
}

namespace {

/// ends[key - 1] = where the key's name ends in the text, each name having a space before it.
status name_ends(const hall_basis& basis, buffer<std::size_t>& ends) {
    LIBALGEBRA_TRY(ends.resize(basis.size()));
    const auto length = [&](hall_key key) {
        return ends[key - 1] - (key == 1 ? 0 : ends[key - 2]) - 1;
    };
    std::size_t end = 0;
    for (hall_key key = 1; key <= basis.size(); ++key) {
        const std::size_t name = basis.left(key) == 0
                                     ? digits(key)
                                     : 3 + length(basis.left(key)) + length(basis.right(key));
        LIBALGEBRA_TRY(checked_add(end, name + 1, end));
        ends[key - 1] = end;
    }
    return status::ok;
}

} // namespace

status lie_keys_size(const shape& s, hall_basis_cache& cache, std::size_t& bytes) {
    hall_tables tables;
    buffer<std::size_t> ends;
    LIBALGEBRA_TRY(cache.basis(s, tables));
    LIBALGEBRA_TRY(name_ends(tables.basis(), ends));
    bytes = ends.size() == 0 ? 0 : ends[ends.size() - 1];
    return status::ok;
}

status lie_keys(const shape& s, hall_basis_cache& cache, char* text) {
    hall_tables tables;
    buffer<std::size_t> ends;
    LIBALGEBRA_TRY(cache.basis(s, tables));
    const hall_basis& basis = tables.basis();
    LIBALGEBRA_TRY(name_ends(basis, ends));
    if (text == nullptr)
        return ends.size() == 0 ? status::ok : status::invalid_argument;

    char* to = text;
    const auto copy_name = [&](hall_key key) {
        const std::size_t begin = (key == 1 ? 0 : ends[key - 2]) + 1;
        const std::size_t length = ends[key - 1] - begin;
        std::memcpy(to, text + begin, length);
        to += length;
    };
    for (hall_key key = 1; key <= basis.size(); ++key) {
        *to++ = ' ';
        if (basis.left(key) == 0) {
            to = write_number(key, to);
            continue;
        }
        *to++ = '[';
        copy_name(basis.left(key));
        *to++ = ',';
        copy_name(basis.right(key));
        *to++ = ']';
    }
    return status::ok;
}

} // namespace libalgebra
