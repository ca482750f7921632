// Layer normalisation against its plain twin.
#include "core/parallel.h"
#include "kernels/kernel.h"
#include "ops/kernels.h"

static void check(int rows, int c, float offset, float scale) {
    const size_t stride = (size_t)c + 3;
    float *x = random_floats((size_t)rows * stride, scale), *gamma = random_floats((size_t)c, 2),
          *beta = random_floats((size_t)c, 1);
    for (size_t i = 0; i < (size_t)rows * stride; i++) x[i] += offset;
    Tensor y = guarded_tensor(1, rows, c), expected = guarded_tensor(1, rows, c);
    const LayerNorm norm = {c, gamma, beta, 1e-5f};
    kernels_reference.layer_norm(&norm, x, stride, rows, expected.data, (size_t)c);
    layer_norm_run(&norm, x, stride, rows, y.data, (size_t)c);
    assert_guards(y);
    const double error = normalised_error(y, expected);
    // the mean's own rounding shows where it is large beside the spread
    if (!(error <= 1e-11)) print_error("%d rows of %d, offset %g: error %g\n", rows, c, offset, error);
    assert_true(error <= 1e-11);
    layer_norm_run(&norm, x, stride, rows, x, stride); // in place
    for (int row = 0; row < rows; row++) {
        assert_memory_equal(x + (size_t)row * stride, tensor_at(y, 0, row), (size_t)c * sizeof(float));
    }
    guarded_free(y);
    guarded_free(expected);
    free(x);
    free(gamma);
    free(beta);
}

static void test_equals_reference(void **state) {
    (void)state;
    const int sizes[][2] = {{1, 1}, {2, 3}, {3, 4}, {4, 5}, {7, 31}, {5, 127}, {10, 768}, {257, 1024}};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        check(sizes[i][0], sizes[i][1], 0, 1);
        check(sizes[i][0], sizes[i][1], 3, 0.5f);
    }
}

int main(int argc, char **argv) {
    if (parallel_start(2)) return 1;
    if (has_flag(argc, argv, "--bench")) {
        float *x = random_floats(257 * 1024, 1), *y = random_floats(257 * 1024, 1), *gamma = random_floats(1024, 1);
        const LayerNorm norm = {1024, gamma, gamma, 1e-5f};
        double best[2];
        BEST_SECONDS_OF_TWO(best, layer_norm_run(&norm, x, 1024, 257, y, 1024),
                            kernels_reference.layer_norm(&norm, x, 1024, 257, y, 1024));
        printf("layer norm 257x1024, 2 threads: %.3f ms; plain twin, 1 thread: %.3f ms\n", best[0] * 1e3,
               best[1] * 1e3);
        return 0;
    }
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_equals_reference)};
    return RUN_TESTS("layer_norm", argc, argv, tests);
}
