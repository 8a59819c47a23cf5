// keys_test.cpp: the texts of keys, to the character.
#include "libalgebra/keys.h"

#include "check.h"
#include "reference_keys.h"

#include <cstdint>

using namespace libalgebra;

static hall_basis_cache cache;

/// The text, after checking that exactly the announced bytes were written.
static std::string tensor_text(const shape& s) {
    std::size_t bytes = 0;
    CHECK_OK(tensor_keys_size(s, bytes));
    std::string text(bytes + 1, '#');
    CHECK_OK(tensor_keys(s, &text[0]));
    CHECK(text.back() == '#');
    text.pop_back();
    CHECK(text.find('#') == std::string::npos);
    return text;
}

static std::string lie_text(const shape& s) {
    std::size_t bytes = 0;
    CHECK_OK(lie_keys_size(s, cache, bytes));
    std::string text(bytes + 1, '#');
    CHECK_OK(lie_keys(s, cache, &text[0]));
    CHECK(text.back() == '#');
    text.pop_back();
    CHECK(text.find('#') == std::string::npos);
    return text;
}

TEST(small_keys_read_as_documented) {
    CHECK(tensor_text({2, 2}) == " () (1) (2) (1,1) (1,2) (2,1) (2,2)");
    CHECK(lie_text({2, 3}) == " 1 2 [1,2] [1,[1,2]] [2,[1,2]]");
    CHECK(tensor_text({2, 1}) == " () (1) (2)");
    CHECK(lie_text({2, 1}) == " 1 2");
    CHECK(tensor_text({1, 3}) == " () (1) (1,1) (1,1,1)");
    CHECK(lie_text({1, 3}) == " 1");
    CHECK(tensor_text({5, 0}) == " ()");
    CHECK(lie_text({5, 0}) == "");
}

TEST(the_established_keys_are_reproduced) {
    for (const reference::keys_case& c : reference::keys) {
        CHECK(tensor_text(c.size) == c.tensor_keys);
        CHECK(lie_text(c.size) == c.lie_keys);
    }
}

TEST(letters_may_have_several_digits) {
    const std::string words = tensor_text({101, 2});
    CHECK(words.find(" (9,101) (10,1) (10,2)") != std::string::npos);
    CHECK(words.substr(words.size() - 10) == " (101,101)");
    const std::string elements = lie_text({101, 2});
    CHECK(elements.find(" 100 101 [1,2] [1,3]") != std::string::npos);
    CHECK(elements.substr(elements.size() - 10) == " [100,101]");
}

TEST(keys_of_one_letter_may_be_long) {
    const std::string text = tensor_text({1, 300});
    CHECK(text.size() == 3 + 300 * 3 + 300 * 300);
}

TEST(texts_that_do_not_fit_are_too_large) {
    std::size_t bytes = 0;
    char c = 0;
    CHECK(tensor_keys_size({2, SIZE_MAX}, bytes) == status::too_large);
    CHECK(tensor_keys_size({SIZE_MAX, 1}, bytes) == status::too_large);
    CHECK(tensor_keys({2, 8 * sizeof(std::size_t) - 1}, &c) == status::too_large);
    CHECK(lie_keys_size({2, 1000}, cache, bytes) == status::too_large);
    CHECK(lie_keys({2, 1000}, cache, &c) == status::too_large);
    CHECK(tensor_keys_size({0, 2}, bytes) == status::invalid_argument);
    CHECK(lie_keys_size({0, 2}, cache, bytes) == status::invalid_argument);
    CHECK(tensor_keys({2, 2}, nullptr) == status::invalid_argument);
    CHECK(lie_keys({2, 2}, cache, nullptr) == status::invalid_argument);
}
