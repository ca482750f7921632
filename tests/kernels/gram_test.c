// Gram matrices against sums in double precision, over the blocks of the product and the parts of the map.
#include "core/parallel.h"
#include "kernels/kernel.h"
#include "ops/gram.h"

static void plain(Tensor in, double *gram) {
    const int n = in.h * in.w;
    for (int i = 0; i < in.c * in.c; i++) {
        gram[i] = 0;
        for (int p = 0; p < n; p++) gram[i] += (double)in.data[p * in.c + i / in.c] * in.data[p * in.c + i % in.c] / n;
    }
}

static void run(Tensor in, float *gram) {
    void *scratch = aligned_alloc(64, (gram_scratch_bytes(in.c) + 63) / 64 * 64);
    memset(scratch, 0xff, gram_scratch_bytes(in.c)); // NaN
    gram_run(in, gram, scratch);
    free(scratch);
}

static void test_equals_plain_sums(void **state) {
    (void)state;
    const int cases[][3] = {{1, 1, 1}, {2, 3, 5}, {5, 5, 24}, {16, 16, 25}, {17, 31, 48}, {9, 100, 63}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        Tensor in = {NULL, cases[i][0], cases[i][1], cases[i][2]};
        Tensor gram = guarded_tensor(1, in.c, in.c), again = guarded_tensor(1, in.c, in.c);
        double *expected = malloc((size_t)(in.c * in.c) * sizeof *expected);
        in.data = random_floats(tensor_count(in), 1);
        assert_int_equal(parallel_start(2), STATUS_OK);
        run(in, gram.data);
        assert_int_equal(parallel_start(1), STATUS_OK);
        run(in, again.data);
        plain(in, expected);
        assert_guards(gram);
        for (int k = 0; k < in.c * in.c; k++) assert_true(fabs(gram.data[k] - expected[k]) < 2e-6);
        assert_memory_equal(gram.data, again.data, tensor_count(gram) * sizeof(float));
        guarded_free(gram);
        guarded_free(again);
        free(expected);
        free(in.data);
    }
}

static void bench(void) {
    Tensor in = {NULL, 128, 128, 256}, small = {NULL, 8, 8, 256};
    in.data = small.data = random_floats(tensor_count(in), 1);
    float *gram = random_floats(256 * 256, 1);
    double *expected = malloc(256 * 256 * sizeof *expected), best[2];
    BEST_SECONDS_OF_TWO(best, run(in, gram), plain(small, expected));
    printf("128x128x256: %.1f ms, %.1f GFLOP/s; plain sums of 8x8x256 %.1f ms\n", best[0] * 1e3,
           2e-9 * 128 * 128 * 256 * 256 / best[0], best[1] * 1e3);
    free(gram);
    free(expected);
    free(in.data);
}

int main(int argc, char **argv) {
    if (parallel_start(2)) return 1;
    if (has_flag(argc, argv, "--bench")) {
        bench();
        return 0;
    }
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_equals_plain_sums)};
    return RUN_TESTS("gram", argc, argv, tests);
}
