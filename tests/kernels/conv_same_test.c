// Convolutions with zeros around the map against their plain twin, and that against the definition; with --bench, the
// layers of DeepDanbooru and pix2score are timed as well.
#include "core/parallel.h"
#include "kernels/kernel.h"
#include "kernels/peak.h"
#include "kernels/weights_of.h"
#include "ops/conv_f32_ref.h"
#include "ops/conv_same.h"
#include "ops/linear_i8_panel.h"
#include "unit/failing_memory.h"

// Sides and channels of 1, around the four lanes, primes, odd and even maps at both strides, with TensorFlow's zeros
// and symmetric ones; maps below, at and beyond whole tiles of Winograd's, of four and of six, and more than a chunk
// has.
static const ConvSameSpec cases[] = {
    {1, 1, 1, 1, 0, 1, DTYPE_F32, false},     {3, 5, 3, 1, 1, 1, DTYPE_F32, false},
    {4, 7, 3, 1, 1, 2, DTYPE_F32, false},     {5, 8, 3, 2, 0, 8, DTYPE_F32, false},
    {5, 8, 3, 2, 1, 7, DTYPE_F32, false},     {5, 9, 3, 2, 1, 8, DTYPE_F32, false},
    {3, 8, 7, 2, 2, 16, DTYPE_F32, false},    {3, 8, 7, 2, 3, 15, DTYPE_F32, false},
    {16, 12, 1, 2, 0, 8, DTYPE_F32, false},   {16, 12, 1, 2, 0, 9, DTYPE_F32, false},
    {31, 33, 3, 1, 1, 14, DTYPE_F32, false},  {12, 3, 5, 3, 2, 11, DTYPE_F32, false},
    {4, 8, 3, 1, 1, 12, DTYPE_F32, false},    {8, 17, 3, 1, 1, 13, DTYPE_F32, false},
    {12, 5, 3, 1, 0, 14, DTYPE_F32, false},   {64, 64, 3, 1, 1, 16, DTYPE_F32, false},
    {132, 24, 3, 1, 1, 19, DTYPE_F32, false}, {256, 40, 3, 1, 1, 32, DTYPE_F32, false},
    {260, 9, 3, 1, 2, 24, DTYPE_F32, false},  {128, 16, 3, 1, 1, 64, DTYPE_F32, false},
    {16, 20, 3, 1, 1, 7, DTYPE_F32, false},   {20, 11, 3, 1, 0, 8, DTYPE_F32, false},
    {136, 30, 3, 1, 1, 14, DTYPE_F32, false}, {512, 8, 3, 1, 1, 30, DTYPE_F32, false},
};

static const Dtype kinds[] = {DTYPE_F32, DTYPE_F16, DTYPE_BF16, DTYPE_I8};

typedef struct Fixture {
    ConvSame *conv;
    void *scratch;
    Tensor out;
} Fixture;

static Fixture make(ConvSameSpec spec, LinearImpl impl, const void *weights, const float *bias) {
    Fixture f;
    size_t bytes;
    const int side = conv_same_out_side(spec);
    assert_int_equal(conv_same_create(spec, impl, &f.conv), STATUS_OK);
    assert_int_equal(conv_same_pack(f.conv, weights, spec.kept == DTYPE_I8 ? bias : NULL), STATUS_OK);
    conv_same_set_bias(f.conv, bias);
    assert_int_equal(conv_same_plan(f.conv, &bytes), STATUS_OK);
    f.scratch = aligned_alloc(64, (bytes + 127) / 64 * 64);
    assert_non_null(f.scratch);
    memset(f.scratch, 0xff, bytes); // NaN
    f.out = guarded_tensor(side, side, spec.out_c);
    return f;
}

static void unmake(Fixture f) {
    conv_same_free(f.conv);
    free(f.scratch);
    guarded_free(f.out);
}

static size_t n_weights(ConvSameSpec spec) {
    return (size_t)spec.in_c * (size_t)spec.out_c * (size_t)(spec.kernel * spec.kernel);
}

static double compare(ConvSameSpec spec, LinearEnd end) {
    const size_t n = (size_t)spec.in_side * (size_t)spec.in_side * (size_t)spec.in_c;
    void *weights = random_weights(spec.kept, n_weights(spec));
    float *bias = random_floats((size_t)spec.out_c, 1);
    Tensor in = {random_floats(n, 1), spec.in_side, spec.in_side, spec.in_c};
    Fixture fast = make(spec, LINEAR_FASTEST, weights, bias), ref = make(spec, LINEAR_REF, weights, bias);
    float *residual = random_floats(tensor_count(fast.out), 1);
    if (end.residual) {
        end.residual = residual;
        end.residual_stride = (size_t)spec.out_c;
    }
    conv_same_run(fast.conv, in, end, fast.out, fast.scratch);
    conv_same_run(ref.conv, in, end, ref.out, ref.scratch);
    assert_guards(fast.out);
    const double error = normalised_error(fast.out, ref.out);
    unmake(fast);
    unmake(ref);
    free(residual);
    free(weights);
    free(bias);
    free(in.data);
    return error;
}

// An int8 layer in Winograd's domain rounds no inputs, its plain twin does.
static double tolerance(ConvSameSpec spec) { return spec.kept == DTYPE_I8 ? 1e-3 : 1e-7; }

static void test_equals_reference(void **state) {
    (void)state;
    for (int threads = 1; threads <= 2; threads++) {
        assert_int_equal(parallel_start(threads), STATUS_OK);
        for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
            for (size_t kind = 0; kind < sizeof kinds / sizeof kinds[0]; kind++) {
                ConvSameSpec spec = cases[i];
                spec.kept = kinds[kind];
                const double error = compare(spec, (LinearEnd){.activation = ACTIVATION_RELU});
                if (!(error <= tolerance(spec)))
                    print_error("case %zu, %s: error %g\n", i, dtype_name(spec.kept), error);
                assert_true(error <= tolerance(spec));
            }
        }
    }
}

static void test_ends(void **state) {
    (void)state;
    const float residual = 0;
    const ConvSameSpec pointwise = {20, 9, 1, 1, 0, 7, DTYPE_F32, false},
                       strided = {20, 9, 1, 2, 0, 7, DTYPE_F32, false};
    const LinearEnd end = {.activation = ACTIVATION_RELU, .residual = &residual, .residual_first = true};
    assert_true(compare(pointwise, end) <= 1e-11);
    assert_true(compare(strided, end) <= 1e-11);
    assert_true(compare(cases[15], (LinearEnd){0}) <= 1e-7);
}

// The plain twin, on the definition: a convolution of the map in a frame of zeros.
static void test_reference_is_the_definition(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const ConvSameSpec spec = cases[i];
        const int side = conv_same_out_side(spec), framed_side = (side - 1) * spec.stride + spec.kernel;
        float *weights = random_weights(DTYPE_F32, n_weights(spec)), *bias = random_floats((size_t)spec.out_c, 1);
        Tensor in = {NULL, spec.in_side, spec.in_side, spec.in_c}, framed = {NULL, framed_side, framed_side, spec.in_c};
        in.data = random_floats(tensor_count(in), 1);
        framed.data = calloc(tensor_count(framed) + GUARD_FLOATS, sizeof(float));
        for (int y = 0; y < in.h && y + spec.before < framed.h; y++) {
            for (int x = 0; x < in.w && x + spec.before < framed.w; x++)
                memcpy(tensor_at(framed, y + spec.before, x + spec.before), tensor_at(in, y, x),
                       (size_t)in.c * sizeof(float));
        }
        Fixture ref = make(spec, LINEAR_REF, weights, bias);
        conv_same_run(ref.conv, in, (LinearEnd){0}, ref.out, ref.scratch);
        ConvF32Ref *definition;
        const ConvSpec valid = {spec.in_c, spec.out_c, spec.kernel, spec.stride, 1};
        Tensor expected = guarded_tensor(side, side, spec.out_c);
        assert_int_equal(conv_f32_ref_create(valid, weights, bias, &definition), STATUS_OK);
        conv_f32_ref_run(definition, framed, expected);
        assert_guards(ref.out);
        assert_true(normalised_error(ref.out, expected) <= 1e-12);
        conv_f32_ref_free(definition);
        guarded_free(expected);
        unmake(ref);
        free(weights);
        free(bias);
        free(in.data);
        free(framed.data);
    }
}

// TensorFlow's SAME: the larger half of the zeros behind.
static void test_same_padding(void **state) {
    (void)state;
    assert_int_equal(windows_same_before(512, 7, 2), 2);
    assert_int_equal(windows_same_before(511, 7, 2), 3);
    assert_int_equal(windows_same_before(256, 3, 2), 0);
    assert_int_equal(windows_same_before(33, 3, 2), 1);
    assert_int_equal(windows_same_before(32, 3, 1), 1);
    assert_int_equal(windows_same_before(32, 1, 2), 0);
}

// To the bit: who runs which part must not show.
static void test_threads_do_not_matter(void **state) {
    (void)state;
    const ConvSameSpec some[] = {{64, 40, 3, 1, 1, 33, DTYPE_F32, false},
                                 {64, 40, 3, 1, 1, 14, DTYPE_F16, false},
                                 {64, 40, 3, 2, 0, 32, DTYPE_I8, false},
                                 {128, 70, 1, 1, 0, 37, DTYPE_F16, false}};
    for (size_t i = 0; i < sizeof some / sizeof some[0]; i++) {
        const ConvSameSpec spec = some[i];
        void *weights = random_weights(spec.kept, n_weights(spec));
        float *bias = random_floats((size_t)spec.out_c, 1);
        Tensor in = {NULL, spec.in_side, spec.in_side, spec.in_c};
        in.data = random_floats(tensor_count(in), 1);
        assert_int_equal(parallel_start(1), STATUS_OK);
        Fixture one = make(spec, LINEAR_FASTEST, weights, bias);
        conv_same_run(one.conv, in, (LinearEnd){0}, one.out, one.scratch);
        for (int threads = 2; threads <= 4; threads++) {
            assert_int_equal(parallel_start(threads), STATUS_OK);
            Tensor out = guarded_tensor(one.out.h, one.out.w, one.out.c);
            conv_same_run(one.conv, in, (LinearEnd){0}, out, one.scratch); // as planned before the threads changed
            assert_guards(out);
            assert_memory_equal(out.data, one.out.data, tensor_count(out) * sizeof(float));
            guarded_free(out);
        }
        unmake(one);
        free(weights);
        free(bias);
        free(in.data);
    }
}

static Status create_and_pack(ConvSameSpec spec, const void *weights, const float *scales, ConvSame **out) {
    Status status = conv_same_create(spec, LINEAR_FASTEST, out);
    if (!status && (status = conv_same_pack(*out, weights, scales))) conv_same_free(*out);
    return status;
}

static void test_every_allocation_failing(void **state) {
    (void)state;
    need_counted_memory();
    const ConvSameSpec some[] = {{8, 12, 3, 1, 1, 5, DTYPE_I8, false}, {8, 12, 3, 1, 1, 24, DTYPE_I8, false}};
    for (size_t i = 0; i < 2; i++) {
        void *weights = random_weights(DTYPE_I8, n_weights(some[i]));
        float *scales = random_floats(12, 1);
        const long live = memory.n_live;
        ConvSame *conv = NULL;
        Status status = STATUS_NO_MEMORY;
        for (long fail_at = 0; status; fail_at++) {
            count_memory(fail_at);
            status = create_and_pack(some[i], weights, scales, &conv);
            assert_true(status == STATUS_OK ? fail_at >= 5 : status == STATUS_NO_MEMORY && memory.n_live == live);
        }
        count_memory(-1);
        conv_same_free(conv);
        assert_int_equal(memory.n_live, live);
        free(weights);
        free(scales);
    }
}

// Weights take what they take in the file, and a little for what a network's layers round up to.
static void test_memory(void **state) {
    (void)state;
    for (size_t kind = 0; kind < sizeof kinds / sizeof kinds[0]; kind++) {
        for (int side = 8; side <= 32; side += 24) {
            ConvSame *conv;
            const ConvSameSpec spec = {256, 256, 3, 1, 1, side, kinds[kind], false};
            assert_int_equal(conv_same_create(spec, LINEAR_FASTEST, &conv), STATUS_OK);
            assert_true((double)conv_same_bytes(conv) <= 1.04 * 9 * 256 * 256 * (double)dtype_bytes(kinds[kind]));
            conv_same_free(conv);
        }
    }
}

static const ConvSameSpec layers[] = {
    {3, 64, 7, 2, 2, 512, DTYPE_F32, false},    {64, 64, 3, 1, 1, 128, DTYPE_F32, false},
    {64, 256, 1, 1, 0, 128, DTYPE_F32, false},  {256, 64, 1, 1, 0, 128, DTYPE_F32, false},
    {128, 128, 3, 2, 0, 128, DTYPE_F32, false}, {128, 128, 3, 1, 1, 64, DTYPE_F32, false},
    {128, 512, 1, 1, 0, 64, DTYPE_F32, false},  {512, 128, 1, 1, 0, 64, DTYPE_F32, false},
    {256, 256, 3, 1, 1, 32, DTYPE_F32, false},  {256, 1024, 1, 1, 0, 32, DTYPE_F32, false},
    {1024, 256, 1, 1, 0, 32, DTYPE_F32, false}, {256, 256, 3, 1, 1, 16, DTYPE_F32, false},
    {256, 1024, 1, 1, 0, 16, DTYPE_F32, false}, {512, 512, 3, 1, 1, 8, DTYPE_F32, false},
    {1024, 1024, 3, 1, 1, 4, DTYPE_F32, false}, {64, 64, 3, 1, 1, 56, DTYPE_F32, false},
    {128, 128, 3, 1, 1, 28, DTYPE_F32, false},  {256, 256, 3, 1, 1, 14, DTYPE_F32, false},
    {512, 512, 3, 1, 1, 7, DTYPE_F32, false},
};

static void bench(int threads) {
    while (!linear_i8_panel_is_decided()) linear_i8_panel_try(); // as a network's first layers do when they are loaded
    if (parallel_start(threads)) abort();
    printf("| convolution | threads | f32 ms | GFLOP/s | int8 ms | GOP/s | f16 ms |\n|---|---|---|---|---|---|---|\n");
    for (size_t i = 0; i < sizeof layers / sizeof layers[0]; i++) {
        ConvSameSpec spec = layers[i];
        float *bias = random_floats((size_t)spec.out_c, 1);
        Tensor in = {NULL, spec.in_side, spec.in_side, spec.in_c};
        in.data = random_floats(tensor_count(in), 1);
        Fixture f[3];
        const Dtype some[] = {DTYPE_F32, DTYPE_I8, DTYPE_F16};
        for (int k = 0; k < 3; k++) {
            spec.kept = some[k];
            void *weights = random_weights(spec.kept, n_weights(spec));
            f[k] = make(spec, LINEAR_FASTEST, weights, bias);
            free(weights);
        }
        double best[2], half[2];
        const LinearEnd end = {.activation = ACTIVATION_RELU};
        BEST_SECONDS_OF_TWO(best, conv_same_run(f[0].conv, in, end, f[0].out, f[0].scratch),
                            conv_same_run(f[1].conv, in, end, f[1].out, f[1].scratch));
        BEST_SECONDS_OF_TWO(half, conv_same_run(f[0].conv, in, end, f[0].out, f[0].scratch),
                            conv_same_run(f[2].conv, in, end, f[2].out, f[2].scratch));
        const double flops = 2.0 * f[0].out.h * f[0].out.w * (double)n_weights(spec);
        printf("| %dx%d s%d %d→%d @%d | %d | %.2f | %.1f | %.2f | %.1f | %.2f |\n", spec.kernel, spec.kernel,
               spec.stride, spec.in_c, spec.out_c, f[0].out.h, threads, best[0] * 1e3, flops / best[0] * 1e-9,
               best[1] * 1e3, flops / best[1] * 1e-9, half[1] * 1e3);
        for (int k = 0; k < 3; k++) unmake(f[k]);
        free(bias);
        free(in.data);
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
        cmocka_unit_test(test_same_padding),
        cmocka_unit_test(test_reference_is_the_definition),
        cmocka_unit_test(test_equals_reference),
        cmocka_unit_test(test_ends),
        cmocka_unit_test(test_threads_do_not_matter),
        cmocka_unit_test(test_memory),
        cmocka_unit_test(test_every_allocation_failing),
    };
    return RUN_TESTS("conv_same", argc, argv, tests);
}
