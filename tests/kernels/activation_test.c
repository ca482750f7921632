// Activations against the C library's functions in double precision, over every magnitude that occurs.
#include "kernels/kernel.h"
#include "ops/kernels.h"

static const char *const names[] = {"none", "relu", "quick_gelu", "gelu", "gelu_tanh", "tanh", "sigmoid"};

static void test_close_to_exact(void **state) {
    (void)state;
    enum { N = 40001 };
    float *x = random_floats(N, 1), *y = random_floats(N, 1);
    for (Activation a = ACTIVATION_NONE; a <= ACTIVATION_SIGMOID; a++) {
        double worst = 0;
        for (float range = 1e-3f; range < 1e4f; range *= 10) {
            for (int i = 0; i < N; i++) y[i] = x[i] = range * (2.0f * (float)i / (N - 1) - 1);
            activation_run(a, y, N);
            for (int i = 0; i < N; i++) {
                const double error = fabs(y[i] - activation_f32_ref_of(a, x[i])) / fmax(1, fabs(x[i]));
                worst = fmax(worst, error);
                assert_true(error <= 2e-7);
            }
        }
        print_message("# %s: %.2g\n", names[a], worst);
    }
    free(x);
    free(y);
}

static void test_any_length(void **state) {
    (void)state;
    for (size_t n = 0; n < 13; n++) {
        Tensor t = guarded_tensor(1, 1, (int)n), copy = guarded_tensor(1, 1, (int)n);
        for (size_t i = 0; i < n; i++) t.data[i] = copy.data[i] = random_float() * 4;
        activation_run(ACTIVATION_GELU, t.data, n);
        kernels_reference.activation(ACTIVATION_GELU, copy.data, n);
        assert_guards(t);
        for (size_t i = 0; i < n; i++) assert_true(fabsf(t.data[i] - copy.data[i]) <= 8e-7f);
        guarded_free(t);
        guarded_free(copy);
    }
}

static void test_softmax(void **state) {
    (void)state;
    float x[] = {1, -2, 100, 99.5f, 0}, equal[] = {-3e4f, -3e4f};
    double sum = 0, expected[5];
    for (int i = 0; i < 5; i++) sum += expected[i] = exp((double)x[i] - 100);
    activation_softmax(x, 5);
    for (int i = 0; i < 5; i++) assert_true(fabs(x[i] - expected[i] / sum) < 1e-7);
    activation_softmax(equal, 2);
    assert_true(equal[0] == 0.5f && equal[1] == 0.5f);
}

int main(int argc, char **argv) {
    if (has_flag(argc, argv, "--bench")) {
        enum { N = 8192 };
        float *x = random_floats(N, 3);
        for (Activation a = ACTIVATION_RELU; a <= ACTIVATION_SIGMOID; a++) {
            double best[2];
            BEST_SECONDS_OF_TWO(best, activation_run(a, x, N), kernels_reference.activation(a, x, N));
            printf("%s: %.2f ns a value; plain twin %.2f\n", names[a], best[0] / N * 1e9, best[1] / N * 1e9);
        }
        return 0;
    }
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_close_to_exact), cmocka_unit_test(test_any_length),
                                       cmocka_unit_test(test_softmax)};
    return RUN_TESTS("activation", argc, argv, tests);
}
