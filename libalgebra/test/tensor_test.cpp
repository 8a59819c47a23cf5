// tensor_test.cpp: identities of the truncated tensor algebra.
#include "libalgebra/tensor.h"

#include "check.h"
#include "samples.h"

using namespace libalgebra;
using samples::shapes;

using tensor = std::vector<double>;

static tensor random_tensor(const shape& s, std::uint64_t seed, double constant) {
    tensor t = samples::generator(seed).uniform(samples::tensor_size(s));
    t[0] = constant;
    return t;
}

static tensor product(const shape& s, const tensor& a, const tensor& b) {
    tensor result(a.size());
    CHECK_OK(tensor_multiply(s, a.data(), b.data(), result.data()));
    return result;
}

/// The product word by word, from the definition.
static tensor slow_product(const shape& s, const tensor& a, const tensor& b) {
    tensor result(a.size());
    std::size_t a_begin = 0;
    std::size_t a_size = 1;
    for (std::size_t i = 0; i <= s.depth; ++i) {
        std::size_t b_begin = 0;
        std::size_t b_size = 1;
        std::size_t begin = a_begin;
        for (std::size_t j = 0; i + j <= s.depth; ++j) {
            for (std::size_t u = 0; u < a_size; ++u)
                for (std::size_t v = 0; v < b_size; ++v)
                    result[begin + u * b_size + v] += a[a_begin + u] * b[b_begin + v];
            begin += a_size * b_size;
            b_begin += b_size;
            b_size *= s.width;
        }
        a_begin += a_size;
        a_size *= s.width;
    }
    return result;
}

static void check_near(const tensor& a, const tensor& b, double tolerance) {
    for (std::size_t i = 0; i < a.size(); ++i)
        CHECK_NEAR(a[i], b[i], tolerance);
}

TEST(the_product_is_the_concatenation_of_words) {
    for (const shape& s : shapes) {
        const tensor a = random_tensor(s, 1, 0.5);
        const tensor b = random_tensor(s, 2, -0.25);
        check_near(product(s, a, b), slow_product(s, a, b), 1e-13);
    }
}

TEST(the_product_is_associative_and_has_a_unit) {
    for (const shape& s : shapes) {
        const tensor a = random_tensor(s, 3, 0.5);
        const tensor b = random_tensor(s, 4, 2);
        const tensor c = random_tensor(s, 5, -1);
        tensor unit(a.size());
        CHECK_OK(tensor_unit(s, unit.data()));
        check_near(product(s, product(s, a, b), c), product(s, a, product(s, b, c)), 1e-12);
        CHECK(product(s, a, unit) == a);
        CHECK(product(s, unit, a) == a);
    }
}

TEST(the_product_is_exact_on_integers) {
    const shape s{3, 4};
    tensor a(samples::tensor_size(s));
    tensor b(a.size());
    samples::generator random(6);
    for (std::size_t i = 0; i < a.size(); ++i) {
        a[i] = random.integer(9);
        b[i] = random.integer(9);
    }
    CHECK(product(s, a, b) == slow_product(s, a, b));
}

TEST(the_result_may_be_an_argument) {
    for (const shape& s : shapes) {
        const tensor a = random_tensor(s, 7, 0.5);
        const tensor b = random_tensor(s, 8, 2);
        tensor t = a;
        CHECK_OK(tensor_multiply(s, t.data(), b.data(), t.data()));
        CHECK(t == product(s, a, b));
        t = b;
        CHECK_OK(tensor_multiply(s, a.data(), t.data(), t.data()));
        CHECK(t == product(s, a, b));
        t = a;
        CHECK_OK(tensor_multiply(s, t.data(), t.data(), t.data()));
        CHECK(t == product(s, a, a));
    }
}

TEST(series_may_overwrite_their_argument) {
    for (const shape& s : shapes) {
        tensor expected(samples::tensor_size(s));
        tensor t = random_tensor(s, 9, 0);
        CHECK_OK(tensor_exp(s, t.data(), expected.data()));
        CHECK_OK(tensor_exp(s, t.data(), t.data()));
        CHECK(t == expected);
        CHECK_OK(tensor_log(s, t.data(), expected.data()));
        tensor u = t;
        CHECK_OK(tensor_log(s, u.data(), u.data()));
        CHECK(u == expected);
        u = t;
        CHECK_OK(tensor_inverse(s, u.data(), expected.data()));
        CHECK_OK(tensor_inverse(s, u.data(), u.data()));
        CHECK(u == expected);
        CHECK_OK(tensor_antipode(s, t.data(), expected.data()));
        CHECK_OK(tensor_antipode(s, t.data(), t.data()));
        CHECK(t == expected);
    }
}

TEST(sums_and_multiples_are_by_coefficient) {
    const shape s{2, 3};
    const tensor a = random_tensor(s, 10, 1);
    const tensor b = random_tensor(s, 11, 2);
    tensor sum(a.size());
    tensor difference(a.size());
    tensor triple(a.size());
    CHECK_OK(tensor_add(s, a.data(), b.data(), sum.data()));
    CHECK_OK(tensor_subtract(s, a.data(), b.data(), difference.data()));
    CHECK_OK(tensor_scale(s, 3.0, a.data(), triple.data()));
    for (std::size_t i = 0; i < a.size(); ++i)
        CHECK(sum[i] == a[i] + b[i] && difference[i] == a[i] - b[i] && triple[i] == 3 * a[i]);
}

TEST(exp_and_log_are_inverse_to_each_other) {
    for (const shape& s : shapes) {
        const tensor x = random_tensor(s, 12, 0);
        tensor t(x.size());
        CHECK_OK(tensor_exp(s, x.data(), t.data()));
        CHECK(t[0] == 1.0);
        CHECK_OK(tensor_log(s, t.data(), t.data()));
        check_near(t, x, 1e-10);

        const tensor y = random_tensor(s, 13, 1);
        CHECK_OK(tensor_log(s, y.data(), t.data()));
        CHECK(t[0] == 0.0);
        CHECK_OK(tensor_exp(s, t.data(), t.data()));
        check_near(t, y, 1e-10);
    }
}

TEST(exp_and_log_are_their_power_series) {
    for (const shape& s : shapes) {
        const tensor x = random_tensor(s, 14, 0);
        tensor exponential(x.size());
        tensor logarithm(x.size());
        tensor power(x.size());
        CHECK_OK(tensor_unit(s, power.data()));
        exponential[0] = 1;
        double factorial = 1;
        for (std::size_t k = 1; k <= s.depth; ++k) {
            power = slow_product(s, power, x);
            factorial *= static_cast<double>(k);
            const double sign = k % 2 == 0 ? -1.0 : 1.0;
            for (std::size_t i = 0; i < x.size(); ++i) {
                exponential[i] += power[i] / factorial;
                logarithm[i] += sign * power[i] / static_cast<double>(k);
            }
        }
        tensor t(x.size());
        CHECK_OK(tensor_exp(s, x.data(), t.data()));
        check_near(t, exponential, 1e-12);
        tensor one_plus_x = x;
        one_plus_x[0] = 1;
        CHECK_OK(tensor_log(s, one_plus_x.data(), t.data()));
        check_near(t, logarithm, 1e-10);
    }
}

TEST(the_inverse_multiplies_to_the_unit_on_both_sides) {
    for (const shape& s : shapes) {
        const tensor a = random_tensor(s, 15, -2);
        tensor inverse(a.size());
        tensor unit(a.size());
        CHECK_OK(tensor_inverse(s, a.data(), inverse.data()));
        CHECK_OK(tensor_unit(s, unit.data()));
        check_near(product(s, a, inverse), unit, 1e-10);
        check_near(product(s, inverse, a), unit, 1e-10);
    }
}

TEST(the_antipode_reverses_products) {
    for (const shape& s : shapes) {
        const tensor a = random_tensor(s, 16, 0.5);
        const tensor b = random_tensor(s, 17, 2);
        tensor sa(a.size());
        tensor sb(a.size());
        tensor sab = product(s, a, b);
        CHECK_OK(tensor_antipode(s, a.data(), sa.data()));
        CHECK_OK(tensor_antipode(s, b.data(), sb.data()));
        CHECK_OK(tensor_antipode(s, sab.data(), sab.data()));
        check_near(sab, product(s, sb, sa), 1e-12);
        CHECK_OK(tensor_antipode(s, sa.data(), sa.data()));
        CHECK(sa == a);
    }
}

TEST(the_antipode_reverses_words) {
    const shape s{2, 3};
    tensor a(samples::tensor_size(s));
    for (std::size_t i = 0; i < a.size(); ++i)
        a[i] = static_cast<double>(i);
    CHECK_OK(tensor_antipode(s, a.data(), a.data()));
    const tensor expected = {0, -1, -2, 3, 5, 4, 6, -7, -11, -9, -13, -8, -12, -10, -14};
    CHECK(a == expected);
}

TEST(float_gives_the_same_as_double_within_its_precision) {
    const shape s{3, 4};
    const tensor x = random_tensor(s, 18, 0);
    std::vector<float> single(x.begin(), x.end());
    tensor expected(x.size());
    CHECK_OK(tensor_exp(s, x.data(), expected.data()));
    CHECK_OK(tensor_exp(s, single.data(), single.data()));
    for (std::size_t i = 0; i < x.size(); ++i)
        CHECK_NEAR(static_cast<double>(single[i]), expected[i], 1e-5);
    CHECK_OK(tensor_log(s, single.data(), single.data()));
    for (std::size_t i = 0; i < x.size(); ++i)
        CHECK_NEAR(static_cast<double>(single[i]), x[i], 1e-4);
}

TEST(constant_terms_outside_the_domain_are_invalid) {
    const shape s{2, 2};
    const double nan = std::nan("");
    tensor t(samples::tensor_size(s));
    for (const double constant : {1.0, -1.0, nan}) {
        t[0] = constant;
        CHECK(tensor_exp(s, t.data(), t.data()) == status::invalid_argument);
    }
    for (const double constant : {0.0, 2.0, nan}) {
        t[0] = constant;
        CHECK(tensor_log(s, t.data(), t.data()) == status::invalid_argument);
    }
    t[0] = 0;
    CHECK(tensor_inverse(s, t.data(), t.data()) == status::invalid_argument);
}

TEST(depth_zero_is_the_field_itself) {
    const shape s{3, 0};
    double a = 2;
    const double b = 5;
    CHECK_OK(tensor_multiply(s, &a, &b, &a));
    CHECK(a == 10);
    CHECK_OK(tensor_inverse(s, &a, &a));
    CHECK(a == 0.1);
    a = 1;
    CHECK_OK(tensor_log(s, &a, &a));
    CHECK(a == 0);
    CHECK_OK(tensor_exp(s, &a, &a));
    CHECK(a == 1);
    CHECK_OK(tensor_antipode(s, &a, &a));
    CHECK(a == 1);
}

TEST(the_logarithm_is_undone_by_exp_whatever_the_length_of_runs) {
    for (const shape& s : {shape{2, 11}, shape{3, 7}, shape{5, 5}, shape{11, 3}, shape{12, 3},
                           shape{64, 2}, shape{150, 2}, shape{300, 2}}) {
        auto a = samples::generator(31).uniform(samples::tensor_size(s));
        a[0] = 1;
        std::vector<double> log(a.size());
        CHECK_OK(tensor_log(s, a.data(), log.data()));
        CHECK(log[0] == 0);
        CHECK_OK(tensor_exp(s, log.data(), log.data()));
        for (std::size_t i = 0; i < a.size(); ++i)
            CHECK_NEAR(log[i], a[i], 1e-11);
    }
}

TEST(the_caller_can_stop_products_and_series) {
    const shape s{2, 22};
    std::vector<double> a(samples::tensor_size(s));
    const interruption stop{[](void*) { return true; }, nullptr};
    CHECK(tensor_exp(s, a.data(), a.data(), stop) == status::interrupted);
    CHECK_OK(tensor_unit(s, a.data()));
    std::vector<double> log(a.size());
    CHECK(tensor_log(s, a.data(), log.data(), stop) == status::interrupted);
    CHECK(tensor_multiply(s, a.data(), log.data(), log.data(), stop) == status::interrupted);
}

TEST(shapes_without_a_size_and_null_pointers_are_refused) {
    double a = 1;
    double* const null = nullptr;
    CHECK(tensor_unit({2, 1000}, &a) == status::too_large);
    CHECK(tensor_multiply({2, 62}, &a, &a, &a) == status::too_large);
    CHECK(tensor_exp({0, 2}, &a, &a) == status::invalid_argument);
    CHECK(tensor_unit({2, 2}, null) == status::invalid_argument);
    CHECK(tensor_add({2, 2}, &a, null, &a) == status::invalid_argument);
    CHECK(tensor_multiply({2, 2}, &a, &a, null) == status::invalid_argument);
    CHECK(a == 1);
}
