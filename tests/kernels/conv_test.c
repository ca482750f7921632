// Every convolution against its plain twin; with --bench, the network's own shapes are timed as well, beside XNNPACK
// and the machine's own peak.
#include "core/parallel.h"
#include "kernels/kernel.h"
#include "kernels/peak.h"
#include "ops/conv.h"
#include "ops/conv_f32_xnn.h"

typedef struct Case {
    ConvSpec spec;
    int h, w;
} Case;

// Sides and channels of 1, around the four lanes, primes; then the layers of Real-CUGAN at a small size.
static const Case cases[] = {
    {{1, 1, 1, 1, 1}, 1, 1},
    {{3, 5, 3, 1, 1}, 3, 3},
    {{4, 4, 3, 1, 0.1f}, 4, 5},
    {{5, 7, 3, 1, 0.1f}, 7, 11},
    {{7, 3, 2, 2, 0.1f}, 13, 8},
    {{3, 8, 2, 2, 1}, 2, 2},
    {{8, 9, 2, 3, 0.1f}, 11, 17},
    {{31, 33, 3, 1, 0.1f}, 9, 6},
    {{3, 32, 3, 1, 0.1f}, 23, 37},
    {{32, 64, 3, 1, 0.1f}, 18, 19},
    {{64, 128, 3, 1, 0.1f}, 14, 11},
    {{128, 64, 3, 1, 0.1f}, 12, 13},
    {{128, 256, 3, 1, 0.1f}, 7, 8},
    {{256, 128, 3, 1, 0.1f}, 6, 9},
    {{64, 64, 2, 2, 0.1f}, 16, 18},
    {{128, 128, 2, 2, 0.1f}, 10, 14},
    {{64, 3, 3, 1, 1}, 21, 16},
    {{64, 12, 3, 1, 1}, 8, 8},
    // outputs below, at and beyond a Winograd tile of 6, and more tiles than a block has
    {{4, 1, 3, 1, 0.1f}, 3, 3},
    {{8, 4, 3, 1, 0.1f}, 3, 40},
    {{12, 7, 3, 1, 0.1f}, 7, 7},
    {{4, 9, 3, 1, 1}, 8, 8},
    {{20, 17, 3, 1, 0.1f}, 9, 15},
    {{4, 8, 3, 1, 0.1f}, 61, 67},
    {{32, 6, 3, 1, 0.1f}, 50, 49},
    {{64, 64, 3, 1, 0.1f}, 38, 45},
    // rows of outputs below, at and beyond a block of the direct product
    {{3, 8, 3, 1, 0.1f}, 4, 5},
    {{3, 5, 3, 1, 0.1f}, 5, 8},
    {{1, 4, 3, 1, 0.1f}, 6, 9},
    {{16, 11, 2, 2, 0.1f}, 6, 12},
    {{2, 3, 5, 3, 0}, 30, 131},
};

// The layers of a 2x tile of 128 input pixels.
static const Case layers[] = {
    {{3, 32, 3, 1, 0.1f}, 296, 296},  {{32, 64, 3, 1, 0.1f}, 294, 294},  {{64, 64, 2, 2, 0.1f}, 292, 292},
    {{64, 64, 3, 1, 0.1f}, 146, 146}, {{64, 128, 3, 1, 0.1f}, 144, 144}, {{128, 128, 2, 2, 0.1f}, 142, 142},
    {{128, 256, 3, 1, 0.1f}, 71, 71}, {{256, 128, 3, 1, 0.1f}, 69, 69},  {{128, 64, 3, 1, 0.1f}, 134, 134},
    {{64, 64, 3, 1, 0.1f}, 260, 260}, {{64, 3, 3, 1, 1}, 258, 258},
};

typedef struct Fixture {
    Conv *conv;
    Tensor in, out;
} Fixture;

static Fixture make(const Case *c, ConvImpl impl, const float *weights, const float *bias, float *in) {
    Fixture f = {NULL, {in, c->h, c->w, c->spec.in_c}, {0}};
    f.out = guarded_tensor(conv_out_side(c->spec, c->h), conv_out_side(c->spec, c->w), c->spec.out_c);
    assert_int_equal(conv_create(c->spec, impl, weights, bias, &f.conv), STATUS_OK);
    assert_int_equal(conv_plan(f.conv, c->h, c->w), STATUS_OK);
    return f;
}

static void unmake(Fixture f) {
    conv_free(f.conv);
    guarded_free(f.out);
}

static double compare(const Case *c) {
    const size_t fan_in = (size_t)(c->spec.in_c * c->spec.kernel * c->spec.kernel);
    float *weights = random_floats(fan_in * (size_t)c->spec.out_c, 1 / sqrtf((float)fan_in));
    float *bias = random_floats((size_t)c->spec.out_c, 1);
    float *in = random_floats((size_t)(c->h * c->w * c->spec.in_c), 1);
    Fixture fast = make(c, CONV_FASTEST, weights, bias, in), ref = make(c, CONV_REF, weights, bias, in);
    conv_run(fast.conv, fast.in, fast.out);
    conv_run(ref.conv, ref.in, ref.out);
    assert_guards(fast.out);
    const double error = normalised_error(fast.out, ref.out);
    unmake(fast);
    unmake(ref);
    free(weights);
    free(bias);
    free(in);
    return error;
}

static void test_equals_reference(void **state) {
    (void)state;
    for (int threads = 1; threads <= 2; threads++) {
        assert_int_equal(parallel_start(threads), STATUS_OK);
        for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
            const double error = compare(&cases[i]);
            if (!(error <= 1e-7)) print_error("case %zu, %d threads: error %g\n", i, threads, error);
            assert_true(error <= 1e-7);
        }
    }
}

// A size planned earlier must not linger in a later one.
static void test_plans_again(void **state) {
    (void)state;
    const ConvSpec spec = {5, 9, 3, 1, 0.1f};
    float *weights = random_floats(5 * 9 * 9, 0.2f), *bias = random_floats(9, 1), *in = random_floats(20 * 20 * 5, 1);
    const Case small = {spec, 6, 5}, large = {spec, 20, 17};
    Fixture fast = make(&large, CONV_FASTEST, weights, bias, in);
    conv_run(fast.conv, fast.in, fast.out);
    Fixture ref = make(&small, CONV_REF, weights, bias, in);
    Tensor out = guarded_tensor(ref.out.h, ref.out.w, ref.out.c);
    assert_int_equal(conv_plan(fast.conv, small.h, small.w), STATUS_OK);
    conv_run(fast.conv, ref.in, out);
    conv_run(ref.conv, ref.in, ref.out);
    assert_guards(out);
    assert_true(normalised_error(out, ref.out) <= 1e-7);
    guarded_free(out);
    unmake(fast);
    unmake(ref);
    free(weights);
    free(bias);
    free(in);
}

// To the bit: who runs which part must not show.
static void test_threads_do_not_matter(void **state) {
    (void)state;
    const Case some[] = {{{32, 24, 3, 1, 0.1f}, 64, 61}, {{3, 32, 3, 1, 0.1f}, 33, 29}, {{64, 64, 2, 2, 0.1f}, 40, 38}};
    for (size_t i = 0; i < sizeof some / sizeof some[0]; i++) {
        const Case *c = &some[i];
        float *weights = random_floats((size_t)(c->spec.in_c * c->spec.kernel * c->spec.kernel * c->spec.out_c), 0.1f);
        float *bias = random_floats((size_t)c->spec.out_c, 1),
              *in = random_floats((size_t)(c->h * c->w * c->spec.in_c), 1);
        assert_int_equal(parallel_start(1), STATUS_OK);
        Fixture one = make(c, CONV_FASTEST, weights, bias, in);
        conv_run(one.conv, one.in, one.out);
        for (int threads = 2; threads <= 4; threads++) {
            assert_int_equal(parallel_start(threads), STATUS_OK);
            Tensor out = guarded_tensor(one.out.h, one.out.w, one.out.c);
            conv_run(one.conv, one.in, out); // as planned before the threads changed
            assert_guards(out);
            assert_memory_equal(out.data, one.out.data, tensor_count(out) * sizeof(float));
            guarded_free(out);
        }
        unmake(one);
        free(weights);
        free(bias);
        free(in);
    }
}

static void bench(int threads) {
    if (parallel_start(threads)) abort();
    const double peak = peak_print(threads);
    printf("| convolution | threads | ms | GFLOP/s | of peak | XNNPACK |\n|---|---|---|---|---|---|\n");
    for (size_t i = 0; i < sizeof layers / sizeof layers[0]; i++) {
        const Case *c = &layers[i];
        const size_t n_weights = (size_t)(c->spec.in_c * c->spec.kernel * c->spec.kernel * c->spec.out_c);
        float *weights = random_floats(n_weights, 0.1f), *bias = random_floats((size_t)c->spec.out_c, 1);
        float *in = random_floats((size_t)(c->h * c->w * c->spec.in_c), 1);
        Fixture f = make(c, CONV_FASTEST, weights, bias, in);
        ConvF32Xnn *xnn;
        if (conv_f32_xnn_create(c->spec, weights, bias, &xnn) || conv_f32_xnn_plan(xnn, c->h, c->w)) abort();
        double best[2];
        BEST_SECONDS_OF_TWO(best, conv_run(f.conv, f.in, f.out), conv_f32_xnn_run(xnn, f.in, f.out));
        const double flops = 2.0 * f.out.h * f.out.w * (double)n_weights;
        printf("| %dx%d s%d %d→%d @%d | %d | %.2f | %.1f | %.2f | %.1f |\n", c->spec.kernel, c->spec.kernel,
               c->spec.stride, c->spec.in_c, c->spec.out_c, f.out.h, threads, best[0] * 1e3, flops / best[0] * 1e-9,
               flops / best[0] / peak, flops / best[1] * 1e-9);
        unmake(f);
        conv_f32_xnn_free(xnn);
        free(weights);
        free(bias);
        free(in);
    }
}

int main(int argc, char **argv) {
    if (has_flag(argc, argv, "--bench")) {
        bench(1);
        bench(2);
        return 0;
    }
    print_message("# seed %u\n", (unsigned)seed);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_equals_reference),
        cmocka_unit_test(test_plans_again),
        cmocka_unit_test(test_threads_do_not_matter),
    };
    return RUN_TESTS("conv", argc, argv, tests);
}
