// Squeeze-and-excite: sums against plain doubles, factors against the formula in double.
#include "core/parallel.h"
#include "kernels/kernel.h"
#include "ops/squeeze.h"

static void test_sums(void **state) {
    (void)state;
    const int sizes[][3] = {{1, 1, 1}, {3, 5, 3}, {7, 2, 4}, {40, 33, 64}, {9, 11, 129}};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        Tensor t = {NULL, sizes[i][0], sizes[i][1], sizes[i][2]};
        t.data = random_floats(tensor_count(t), 1);
        // all of it, and a part
        for (int part = 0; part < 2; part++) {
            const int n_rows = t.h - part * (t.h / 3), n_columns = t.w - part * (t.w / 2);
            double *rows = malloc((size_t)(t.h * t.c) * sizeof *rows);
            double *sums = malloc((size_t)t.c * sizeof *sums);
            assert_true(rows && sums);
            squeeze_sums(t, n_rows, n_columns, rows, sums);
            for (int c = 0; c < t.c; c++) {
                double expected = 0;
                for (int y = 0; y < n_rows; y++) {
                    for (int x = 0; x < n_columns; x++) expected += tensor_at(t, y, x)[c];
                }
                assert_true(fabs(sums[c] - expected) <= 1e-6 * n_rows * n_columns);
            }
            free(rows);
            free(sums);
        }
        free(t.data);
    }
}

// The mean of many equal samples must not drift, as a sum in float does: 0.1 over a million samples.
static void test_large_sum_is_exact(void **state) {
    (void)state;
    Tensor t = {NULL, 1000, 1000, 1};
    t.data = random_floats(tensor_count(t), 1);
    for (size_t i = 0; i < tensor_count(t); i++) t.data[i] = 0.1f;
    double rows[1000];
    double sum;
    squeeze_sums(t, t.h, t.w, rows, &sum);
    assert_true(fabs(sum / 1e6 - (double)0.1f) < 2e-7);
    free(t.data);
}

static void test_factors(void **state) {
    (void)state;
    enum { CHANNELS = 64, HIDDEN = 8 };
    float *reduce = random_floats(CHANNELS * HIDDEN, 1), *reduce_bias = random_floats(HIDDEN, 1);
    float *expand = random_floats(CHANNELS * HIDDEN, 1), *expand_bias = random_floats(CHANNELS, 1);
    float *means = random_floats(CHANNELS, 1), factors[CHANNELS];
    const SqueezeWeights weights = {CHANNELS, HIDDEN, reduce, reduce_bias, expand, expand_bias};
    squeeze_gates(&weights, means, factors);
    for (int c = 0; c < CHANNELS; c++) {
        double x = expand_bias[c];
        for (int i = 0; i < HIDDEN; i++) {
            double hidden = reduce_bias[i];
            for (int k = 0; k < CHANNELS; k++) hidden += (double)reduce[i * CHANNELS + k] * means[k];
            x += expand[c * HIDDEN + i] * (hidden > 0 ? hidden : 0);
        }
        assert_true(fabs(factors[c] - 1 / (1 + exp(-x))) < 1e-5);
    }
    free(reduce);
    free(reduce_bias);
    free(expand);
    free(expand_bias);
    free(means);
}

int main(int argc, char **argv) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sums),
        cmocka_unit_test(test_large_sum_is_exact),
        cmocka_unit_test(test_factors),
    };
    if (parallel_start(2)) return 1;
    return RUN_TESTS("squeeze", argc, argv, tests);
}
