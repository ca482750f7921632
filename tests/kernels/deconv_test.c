// Every transposed convolution against its plain twin, and the twin against a hand-computed one; --bench times them,
// beside XNNPACK.
#include "core/host.h"
#include "core/parallel.h"
#include "kernels/kernel.h"
#include "kernels/peak.h"
#include "ops/deconv.h"
#include "ops/deconv_f32_xnn.h"
#include "ops/kernels.h"

typedef struct Case {
    DeconvSpec spec;
    int h, w;
} Case;

static const Case cases[] = {
    {{1, 1, 2, 2, 0, 1}, 1, 1},
    {{3, 5, 2, 2, 0, 0.1f}, 5, 3},
    {{4, 8, 2, 2, 0, 0.1f}, 7, 4},
    {{5, 9, 4, 2, 3, 1}, 4, 5},
    {{7, 3, 5, 3, 2, 0.1f}, 6, 7},
    {{64, 64, 2, 2, 0, 0.1f}, 14, 11},
    {{128, 128, 2, 2, 0, 0.1f}, 9, 10},
    {{64, 3, 4, 2, 3, 1}, 17, 13},
    {{64, 3, 5, 3, 2, 1}, 12, 15},
    {{64, 64, 4, 2, 3, 1}, 9, 13},
    // every relation of kernel, stride and crop; narrower than a block, and wider
    {{4, 3, 3, 1, 0, 1}, 3, 4},
    {{4, 5, 3, 2, 1, 0.1f}, 5, 40},
    {{2, 4, 5, 2, 0, 0.1f}, 1, 9},
    {{4, 1, 5, 3, 0, 0.1f}, 4, 41},
    {{2, 3, 4, 3, 1, 1}, 3, 7},
    {{3, 7, 6, 3, 5, 0.1f}, 7, 6},
    {{3, 2, 6, 3, 1, 0.1f}, 8, 2},
    {{6, 1, 4, 3, 3, 1}, 6, 50},
    {{8, 8, 5, 5, 4, 0.1f}, 3, 14},
};

static const Case layers[] = {
    {{64, 64, 2, 2, 0, 0.1f}, 130, 130}, {{128, 128, 2, 2, 0, 0.1f}, 67, 67}, {{64, 3, 4, 2, 3, 1}, 150, 150},
    {{64, 3, 5, 3, 2, 1}, 142, 142},     {{64, 64, 4, 2, 3, 1}, 150, 150},
};

typedef struct Fixture {
    Deconv *deconv;
    Tensor in, out;
    DeconvEnd end;
} Fixture;

static Fixture make(const Case *c, const Kernels *kernels, const float *weights, const float *bias, float *in) {
    Fixture f = {.in = {in, c->h, c->w, c->spec.in_c}};
    f.out = guarded_tensor(deconv_out_side(c->spec, c->h), deconv_out_side(c->spec, c->w), c->spec.out_c);
    assert_int_equal(deconv_create(c->spec, kernels, &f.deconv), STATUS_OK);
    assert_int_equal(deconv_pack(f.deconv, weights), STATUS_OK);
    assert_int_equal(deconv_set_bias(f.deconv, bias), STATUS_OK);
    assert_int_equal(deconv_plan(f.deconv, c->h, c->w), STATUS_OK);
    return f;
}

static void unmake(Fixture f) {
    deconv_free(f.deconv);
    guarded_free(f.out);
}

// crop: of a map that is added; -1: none.
static double compare(const Case *c, const Kernels *kernels, int crop) {
    const size_t fan_in = (size_t)(c->spec.in_c * c->spec.kernel * c->spec.kernel);
    float *weights = random_floats(fan_in * (size_t)c->spec.out_c, 1 / sqrtf((float)c->spec.in_c));
    float *bias = random_floats((size_t)c->spec.out_c, 1);
    float *in = random_floats((size_t)(c->h * c->w * c->spec.in_c), 1), *residual = NULL;
    Fixture fast = make(c, kernels, weights, bias, in), ref = make(c, &kernels_reference, weights, bias, in);
    if (crop >= 0) {
        const int h = fast.out.h + 2 * crop, w = fast.out.w + 2 * crop + 1; // wider on the right
        residual = random_floats((size_t)(h * w * fast.out.c), 1);
        fast.end = ref.end = (DeconvEnd){{residual, h, w, fast.out.c}, crop};
    }
    deconv_run(fast.deconv, fast.in, fast.end, fast.out);
    deconv_run(ref.deconv, ref.in, ref.end, ref.out);
    assert_guards(fast.out);
    const double error = normalised_error(fast.out, ref.out);
    unmake(fast);
    unmake(ref);
    free(weights);
    free(bias);
    free(in);
    free(residual);
    return error;
}

static void test_equals_reference(void **state) {
    (void)state;
    for (int threads = 1; threads <= 2; threads++) {
        assert_int_equal(parallel_start(threads), STATUS_OK);
        for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
            for (int crop = -1; crop <= 2; crop++) {
                const double error = compare(&cases[i], &kernels_simd, crop);
                if (!(error <= 1e-7)) print_error("case %zu, %d threads, crop %d: error %g\n", i, threads, crop, error);
                assert_true(error <= 1e-7);
            }
        }
    }
}

// As in JavaScriptCore.
static void test_equals_reference_with_slow_splats(void **state) {
    host_set_slow_splats(true);
    test_equals_reference(state);
    host_set_slow_splats(false);
}

// On the same shapes, the kernel that does not run them in the engine because another one stands before it.
static void test_every_kernel_equals_reference(void **state) {
    (void)state;
    Kernels rest = kernels_simd;
    while (*rest.deconv != &deconv_f32_simd_kernel) {
        rest.deconv++;
        for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) assert_true(compare(&cases[i], &rest, 1) <= 1e-7);
    }
}

// One channel, kernel 4, stride 2, crop 3 on a 2 x 2 input whose only non-zero sample is the first: out[y][x] =
// w[y+3][x+3].
static void test_reference_by_hand(void **state) {
    (void)state;
    const Case c = {{1, 1, 4, 2, 3, 1}, 3, 3};
    float weights[16], bias[1] = {0.5f}, in[9] = {2};
    for (int i = 0; i < 16; i++) weights[i] = (float)i;
    Fixture f = make(&c, &kernels_reference, weights, bias, in);
    assert_int_equal(f.out.h, 2);
    deconv_run(f.deconv, f.in, f.end, f.out);
    assert_true(f.out.data[0] == 2 * 15 + 0.5f && f.out.data[1] == 0.5f && f.out.data[2] == 0.5f &&
                f.out.data[3] == 0.5f);
    unmake(f);
}

static void bench(int threads) {
    if (parallel_start(threads)) abort();
    const double peak = peak_print(threads);
    printf("| transposed convolution | threads | ms | GFLOP/s | of peak | XNNPACK |\n|---|---|---|---|---|---|\n");
    for (size_t i = 0; i < sizeof layers / sizeof layers[0]; i++) {
        const Case *c = &layers[i];
        const size_t n_weights = (size_t)(c->spec.in_c * c->spec.kernel * c->spec.kernel * c->spec.out_c);
        float *weights = random_floats(n_weights, 0.1f), *bias = random_floats((size_t)c->spec.out_c, 1);
        float *in = random_floats((size_t)(c->h * c->w * c->spec.in_c), 1);
        Fixture f = make(c, &kernels_simd, weights, bias, in);
        DeconvF32Xnn *xnn;
        if (deconv_f32_xnn_create(c->spec, weights, bias, &xnn) || deconv_f32_xnn_plan(xnn, c->h, c->w)) abort();
        double best[2];
        BEST_SECONDS_OF_TWO(best, deconv_run(f.deconv, f.in, f.end, f.out), deconv_f32_xnn_run(xnn, f.in, f.out));
        const double flops = 2.0 * c->h * c->w * (double)n_weights;
        printf("| %dx%d s%d %d→%d @%d | %d | %.2f | %.1f | %.2f | %.1f |\n", c->spec.kernel, c->spec.kernel,
               c->spec.stride, c->spec.in_c, c->spec.out_c, c->h, threads, best[0] * 1e3, flops / best[0] * 1e-9,
               flops / best[0] / peak, flops / best[1] * 1e-9);
        unmake(f);
        deconv_f32_xnn_free(xnn);
        free(weights);
        free(bias);
        free(in);
    }
}

int main(int argc, char **argv) {
    if (has_flag(argc, argv, "--bench")) {
        host_set_slow_splats(has_flag(argc, argv, "--slow-splats"));
        bench(1);
        bench(2);
        return 0;
    }
    print_message("# seed %u\n", (unsigned)seed);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_reference_by_hand),
        cmocka_unit_test(test_equals_reference),
        cmocka_unit_test(test_equals_reference_with_slow_splats),
        cmocka_unit_test(test_every_kernel_equals_reference),
    };
    return RUN_TESTS("deconv", argc, argv, tests);
}
