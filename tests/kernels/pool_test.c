// Pooling against its plain twin, exactly; means against sums in double precision.
#include "core/parallel.h"
#include "kernels/kernel.h"
#include "ops/kernels.h"
#include "ops/pool.h"

// Sides of maps, channels around the four lanes, windows.
static const struct {
    int h, w, c, kernel, stride, before;
} cases[] = {
    {1, 1, 1, 3, 2, 1}, {2, 2, 3, 3, 2, 0},   {7, 5, 4, 3, 2, 1},    {8, 8, 5, 3, 2, 0},
    {9, 6, 8, 2, 2, 0}, {13, 11, 7, 1, 2, 0}, {16, 16, 64, 3, 2, 0}, {17, 3, 31, 3, 1, 1},
};

static void test_max(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        Tensor in = {NULL, cases[i].h, cases[i].w, cases[i].c};
        in.data = random_floats(tensor_count(in), 1);
        const int stride = cases[i].stride, out_h = windows_out_side(in.h, stride),
                  out_w = windows_out_side(in.w, stride);
        const Windows windows = {in, cases[i].kernel, stride, cases[i].before, out_h, out_w};
        Tensor out = guarded_tensor(out_h, out_w, in.c), expected = guarded_tensor(out_h, out_w, in.c);
        for (int zeros = 0; zeros < 2; zeros++) {
            pool_max(&windows, zeros ? 0 : -INFINITY, out.data);
            kernels_reference.pool_max(&windows, zeros ? 0 : -INFINITY, expected.data);
            assert_guards(out);
            assert_memory_equal(out.data, expected.data, tensor_count(out) * sizeof(float));
        }
        guarded_free(out);
        guarded_free(expected);
        free(in.data);
    }
}

static void test_mean(void **state) {
    (void)state;
    const int sides[] = {1, 3, 16}, channels[] = {1, 5, 64, 65, 200};
    for (int i = 0; i < 15; i++) {
        Tensor in = {NULL, sides[i % 3], sides[i % 3] + 1, channels[i / 3]};
        Tensor means = guarded_tensor(1, 1, in.c);
        in.data = random_floats(tensor_count(in), 1);
        pool_mean(in, means.data);
        assert_guards(means);
        for (int c = 0; c < in.c; c++) {
            double sum = 0;
            for (int p = 0; p < in.h * in.w; p++) sum += in.data[p * in.c + c];
            assert_true(means.data[c] == (float)(sum / (in.h * in.w)));
        }
        guarded_free(means);
        free(in.data);
    }
}

static void bench(void) {
    Tensor in = {NULL, 256, 256, 64};
    in.data = random_floats(tensor_count(in), 1);
    Tensor out = guarded_tensor(128, 128, 64);
    const Windows windows = {in, 3, 2, 0, 128, 128};
    double best[2];
    BEST_SECONDS_OF_TWO(best, pool_max(&windows, -INFINITY, out.data),
                        kernels_reference.pool_max(&windows, -INFINITY, out.data));
    printf("3x3 s2 of 256x256x64: %.2f ms; plain twin %.2f\n", best[0] * 1e3, best[1] * 1e3);
    guarded_free(out);
    free(in.data);
}

int main(int argc, char **argv) {
    if (parallel_start(2)) return 1;
    if (has_flag(argc, argv, "--bench")) {
        bench();
        return 0;
    }
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_max), cmocka_unit_test(test_mean)};
    return RUN_TESTS("pool", argc, argv, tests);
}
