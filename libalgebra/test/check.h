// check.h: a test harness in one header: named tests, checks, a summary line, an exit code.
#pragma once

#include "libalgebra/simd.h"

#include <cmath>
#include <cstdio>
#include <cstring>
#include <initializer_list>

/// Every test is a function with a sentence for a name; `main` is defined here, so each test
/// program includes this header exactly once.
#define TEST(sentence)                                                                             \
    static void sentence();                                                                        \
    static const check::registration register_##sentence(#sentence, sentence);                     \
    static void sentence()

/// Notes a failure and goes on, so that one run shows all of them.
#define CHECK(condition) check::that((condition), #condition, __FILE__, __LINE__)

#define CHECK_OK(expression) CHECK((expression) == libalgebra::status::ok)

/// |a - b| <= tolerance * max(1, |b|)
#define CHECK_NEAR(a, b, tolerance) check::near((a), (b), (tolerance), #a, __FILE__, __LINE__)

/// Ends the test and counts it as skipped, with the reason.
#define SKIP(reason)                                                                               \
    do {                                                                                           \
        check::skip_reason = (reason);                                                             \
        return;                                                                                    \
    } while (false)

namespace check {

struct test {
    const char* name;
    void (*run)();
    test* next;
};

inline test* first = nullptr;
inline test** last = &first;
inline int failures = 0;
inline const char* skip_reason = nullptr;

struct registration : test {
    registration(const char* sentence, void (*function)()) : test{sentence, function, nullptr} {
        *last = this;
        last = &next;
    }
};

inline bool that(bool condition, const char* text, const char* file, int line) {
    // A broken inner loop must not bury the terminal.
    if (!condition && ++failures <= 10)
        std::printf("%s:%d: not true: %s\n", file, line, text);
    return condition;
}

inline void near(double a, double b, double tolerance, const char* text, const char* file,
                 int line) {
    const double scale = std::fabs(b) > 1.0 ? std::fabs(b) : 1.0;
    if (std::fabs(a - b) <= tolerance * scale)
        return;
    if (++failures <= 10)
        std::printf("%s:%d: %s is %.17g, expected %.17g\n", file, line, text, a, b);
}

/// Runs all tests; true if none failed.
inline bool run(const char* variant) {
    int passed = 0;
    int failed = 0;
    int skipped = 0;
    for (const test* t = first; t != nullptr; t = t->next) {
        failures = 0;
        skip_reason = nullptr;
        t->run();
        if (failures != 0) {
            ++failed;
            std::printf("FAILED %s\n", t->name);
        } else if (skip_reason != nullptr) {
            ++skipped;
            std::printf("skipped %s: %s\n", t->name, skip_reason);
        } else {
            ++passed;
        }
    }
    std::printf("%s: %d passed, %d failed, %d skipped\n", variant, passed, failed, skipped);
    return failed == 0;
}

/// Runs all tests with each variant of the kernels that this machine has.
inline int run_all() {
    using libalgebra::simd;
    bool is_passed = true;
    for (const simd variant : {simd::baseline, simd::avx2, simd::avx512})
        if (libalgebra::simd_select(variant) == libalgebra::status::ok)
            is_passed = run(libalgebra::simd_name(variant)) && is_passed;
    return is_passed ? 0 : 1;
}

} // namespace check

int main() {
    return check::run_all();
}
