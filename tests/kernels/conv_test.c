// Convolutions of every kind of weights against their reference, and that against the definition; with --bench, the
// layers of Real-CUGAN are timed as well, beside XNNPACK and the machine's own peak, and those of DeepDanbooru and
// pix2score.
#include "core/host.h"
#include "core/parallel.h"
#include "kernels/kernel.h"
#include "kernels/peak.h"
#include "kernels/weights_of.h"
#include "ops/conv.h"
#include "ops/conv_f32_xnn.h"
#include "ops/kernels.h"
#include "ops/linear_i8_panel.h"
#include "unit/failing_memory.h"

typedef struct Case {
    ConvSpec spec;
    float slope;
    int h, w;
} Case;

// Without padding, for maps of any size.
#define VALID(in_c, out_c, kernel, stride, slope, h, w) {{in_c, out_c, kernel, stride, {0, 0}, 0, 0, 0, 0}, slope, h, w}
// As many outputs as strides begin within the square map.
#define REACH(kernel, stride, before, side) (((side) - 1) / (stride) * (stride) + (kernel) - (side) - (before))
#define AFTER(kernel, stride, before, side) \
    (REACH(kernel, stride, before, side) > 0 ? REACH(kernel, stride, before, side) : 0)
#define SAME_SPEC(in_c, out_c, kernel, stride, before, side, kept) \
    {in_c, out_c, kernel, stride, {before, AFTER(kernel, stride, before, side)}, side, kept, false, false}
#define SAME(in_c, out_c, kernel, stride, before, side) \
    {SAME_SPEC(in_c, out_c, kernel, stride, before, side, DTYPE_F32), 0, side, side}

static const Case cases[] = {
    // Sides and channels of 1, around the four lanes, primes; then the layers of Real-CUGAN at a small size.
    VALID(1, 1, 1, 1, 1, 1, 1),
    VALID(3, 5, 3, 1, 1, 3, 3),
    VALID(4, 4, 3, 1, 0.1f, 4, 5),
    VALID(5, 7, 3, 1, 0.1f, 7, 11),
    VALID(7, 3, 2, 2, 0.1f, 13, 8),
    VALID(3, 8, 2, 2, 1, 2, 2),
    VALID(8, 9, 2, 3, 0.1f, 11, 17),
    VALID(31, 33, 3, 1, 0.1f, 9, 6),
    VALID(3, 32, 3, 1, 0.1f, 23, 37),
    VALID(32, 64, 3, 1, 0.1f, 18, 19),
    VALID(64, 128, 3, 1, 0.1f, 14, 11),
    VALID(128, 64, 3, 1, 0.1f, 12, 13),
    VALID(128, 256, 3, 1, 0.1f, 7, 8),
    VALID(256, 128, 3, 1, 0.1f, 6, 9),
    VALID(64, 64, 2, 2, 0.1f, 16, 18),
    VALID(128, 128, 2, 2, 0.1f, 10, 14),
    VALID(64, 3, 3, 1, 1, 21, 16),
    VALID(64, 12, 3, 1, 1, 8, 8),
    // to three channels: rows below, at and beyond three pixels
    VALID(4, 3, 3, 1, 0.1f, 3, 3),
    VALID(8, 3, 3, 1, 0, 4, 5),
    VALID(12, 3, 2, 2, 1, 6, 7),
    VALID(4, 3, 5, 3, 0.1f, 11, 17),
    // outputs below, at and beyond a Winograd tile of 6, and more tiles than a block has
    VALID(4, 1, 3, 1, 0.1f, 3, 3),
    VALID(8, 4, 3, 1, 0.1f, 3, 40),
    VALID(12, 7, 3, 1, 0.1f, 7, 7),
    VALID(4, 9, 3, 1, 1, 8, 8),
    VALID(20, 17, 3, 1, 0.1f, 9, 15),
    VALID(4, 8, 3, 1, 0.1f, 61, 67),
    VALID(32, 6, 3, 1, 0.1f, 50, 49),
    VALID(64, 64, 3, 1, 0.1f, 38, 45),
    // rows of outputs below, at and beyond a block of the direct product
    VALID(3, 8, 3, 1, 0.1f, 4, 5),
    VALID(3, 5, 3, 1, 0.1f, 5, 8),
    VALID(1, 4, 3, 1, 0.1f, 6, 9),
    VALID(16, 11, 2, 2, 0.1f, 6, 12),
    VALID(2, 3, 5, 3, 0, 30, 131),
    // more rows of zeros than a side needs, on maps of any size
    {{8, 12, 3, 1, {2, 3}, 0, 0, 0, 0}, 0.1f, 9, 20},
    {{5, 3, 3, 2, {1, 2}, 0, 0, 0, 0}, 0.1f, 6, 11},
    {{6, 9, 1, 1, {1, 0}, 0, 0, 0, 0}, 0.1f, 5, 4},
    // Odd and even maps at both strides, with TensorFlow's zeros and symmetric ones; maps below, at and beyond whole
    // tiles of Winograd's, of four and of six, and more than a block has.
    SAME(1, 1, 1, 1, 0, 1),
    SAME(3, 5, 3, 1, 1, 1),
    SAME(4, 7, 3, 1, 1, 2),
    SAME(5, 8, 3, 2, 0, 8),
    SAME(5, 8, 3, 2, 1, 7),
    SAME(5, 9, 3, 2, 1, 8),
    SAME(3, 8, 7, 2, 2, 16),
    SAME(3, 8, 7, 2, 3, 15),
    SAME(16, 12, 1, 2, 0, 8),
    SAME(16, 12, 1, 2, 0, 9),
    SAME(31, 33, 3, 1, 1, 14),
    SAME(12, 3, 5, 3, 2, 11),
    SAME(4, 8, 3, 1, 1, 12),
    SAME(8, 17, 3, 1, 1, 13),
    SAME(12, 5, 3, 1, 0, 14),
    SAME(64, 64, 3, 1, 1, 16),
    SAME(132, 24, 3, 1, 1, 19),
    SAME(256, 40, 3, 1, 1, 32),
    SAME(260, 9, 3, 1, 2, 24),
    SAME(128, 16, 3, 1, 1, 64),
    SAME(16, 20, 3, 1, 1, 7),
    SAME(20, 11, 3, 1, 0, 8),
    SAME(136, 30, 3, 1, 1, 14),
    SAME(512, 8, 3, 1, 1, 30),
};

enum { N_CASES = sizeof cases / sizeof cases[0] };

static const Dtype kinds[] = {DTYPE_F32, DTYPE_F16, DTYPE_BF16, DTYPE_I8};

typedef struct Fixture {
    Conv *conv;
    void *scratch;
    Tensor out;
} Fixture;

static void plan(Fixture *f, int h, int w) {
    size_t bytes;
    assert_int_equal(conv_plan(f->conv, h, w, &bytes), STATUS_OK);
    free(f->scratch);
    f->scratch = aligned_alloc(64, (bytes + 127) / 64 * 64);
    assert_non_null(f->scratch);
    memset(f->scratch, 0xff, bytes); // NaN
}

static Fixture make(const Case *c, const Kernels *kernels, const void *weights, const float *bias) {
    const ConvSpec spec = c->spec;
    Fixture f = {0};
    assert_int_equal(conv_create(spec, kernels, &f.conv), STATUS_OK);
    assert_int_equal(conv_pack(f.conv, weights, (LinearScales){spec.kept == DTYPE_I8 ? bias : NULL, 1}), STATUS_OK);
    assert_int_equal(conv_set_bias(f.conv, bias), STATUS_OK);
    plan(&f, c->h, c->w);
    f.out = guarded_tensor(conv_out_side(spec, c->h), conv_out_side(spec, c->w), spec.out_c);
    return f;
}

static void unmake(Fixture f) {
    conv_free(f.conv);
    free(f.scratch);
    guarded_free(f.out);
}

static size_t n_weights(ConvSpec spec) {
    return (size_t)spec.in_c * (size_t)spec.out_c * (size_t)(spec.kernel * spec.kernel);
}

static Tensor random_map(const Case *c) {
    Tensor in = {NULL, c->h, c->w, c->spec.in_c};
    in.data = random_floats(tensor_count(in), 1);
    return in;
}

static ConvEnd end_of(const Case *c) { return (ConvEnd){.slope = c->slope}; }

static double compare(const Case *c, const Kernels *kernels, bool adds) {
    void *weights = random_weights(c->spec.kept, n_weights(c->spec));
    float *bias = random_floats((size_t)c->spec.out_c, 1);
    Tensor in = random_map(c);
    Fixture fast = make(c, kernels, weights, bias), ref = make(c, &kernels_reference, weights, bias);
    float *residual = random_floats(tensor_count(fast.out), 1);
    const ConvEnd end = {.slope = c->slope, .residual = adds ? residual : NULL};
    conv_run(fast.conv, in, end, fast.out, fast.scratch);
    conv_run(ref.conv, in, end, ref.out, ref.scratch);
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

// An int8 layer in Winograd's domain rounds no inputs, its reference does.
static double tolerance(ConvSpec spec) { return spec.kept == DTYPE_I8 ? 1e-3 : 1e-7; }

static void test_equals_reference(void **state) {
    (void)state;
    for (int threads = 1; threads <= 2; threads++) {
        assert_int_equal(parallel_start(threads), STATUS_OK);
        for (size_t i = 0; i < N_CASES; i++) {
            for (size_t kind = 0; kind < sizeof kinds / sizeof kinds[0]; kind++) {
                Case c = cases[i];
                c.spec.kept = kinds[kind];
                const double error = compare(&c, &kernels_simd, false);
                if (!(error <= tolerance(c.spec)))
                    print_error("case %zu, %s, %d threads: error %g\n", i, dtype_name(kinds[kind]), threads, error);
                assert_true(error <= tolerance(c.spec));
            }
        }
    }
}

// On the same shapes, those that do not run them in the engine because another one stands before them.
static void test_every_kernel_equals_reference(void **state) {
    (void)state;
    Kernels rest = kernels_simd;
    assert_int_equal(parallel_start(2), STATUS_OK);
    while (*rest.conv != &conv_windows_kernel) {
        rest.conv++;
        for (size_t i = 0; i < N_CASES; i++) assert_true(compare(&cases[i], &rest, false) <= 1e-7);
    }
}

static void test_ends(void **state) {
    (void)state;
    const Case some[] = {SAME(20, 9, 1, 1, 0, 7), SAME(20, 9, 1, 2, 0, 7), VALID(20, 9, 1, 1, 0.1f, 7, 6)};
    for (size_t i = 0; i < sizeof some / sizeof some[0]; i++)
        assert_true(compare(&some[i], &kernels_simd, true) <= 1e-11);
    Case linear = SAME(64, 64, 3, 1, 1, 16);
    linear.slope = 1;
    assert_true(compare(&linear, &kernels_simd, false) <= 1e-7);
}

static double sum_of(const Case *c, Tensor in, const float *weights, int top, int left) {
    const int kernel = c->spec.kernel;
    double sum = 0;
    for (int i = 0; i < c->spec.in_c * kernel * kernel; i++) {
        const int y = top + i / kernel % kernel, x = left + i % kernel;
        if (y >= 0 && y < in.h && x >= 0 && x < in.w)
            sum += (double)tensor_at(in, y, x)[i / kernel / kernel] * weights[i];
    }
    return sum;
}

// A convolution as its definition says it.
static void run_definition(const Case *c, Tensor in, const float *weights, const float *bias, Tensor out) {
    const size_t window = (size_t)(c->spec.in_c * c->spec.kernel * c->spec.kernel);
    const int before = c->spec.padding.before, stride = c->spec.stride;
    for (int y = 0; y < out.h; y++) {
        for (int x = 0; x < out.w; x++) {
            for (int o = 0; o < out.c; o++) {
                const double sum =
                    bias[o] + sum_of(c, in, weights + (size_t)o * window, y * stride - before, x * stride - before);
                tensor_at(out, y, x)[o] = (float)(sum > 0 ? sum : sum * c->slope);
            }
        }
    }
}

static void test_reference_is_the_definition(void **state) {
    (void)state;
    for (size_t i = 0; i < N_CASES; i++) {
        const Case *c = &cases[i];
        float *weights = random_weights(DTYPE_F32, n_weights(c->spec)), *bias = random_floats((size_t)c->spec.out_c, 1);
        Tensor in = random_map(c);
        Fixture ref = make(c, &kernels_reference, weights, bias);
        Tensor expected = guarded_tensor(ref.out.h, ref.out.w, ref.out.c);
        conv_run(ref.conv, in, end_of(c), ref.out, ref.scratch);
        run_definition(c, in, weights, bias, expected);
        assert_guards(ref.out);
        assert_true(normalised_error(ref.out, expected) <= 1e-12);
        guarded_free(expected);
        unmake(ref);
        free(weights);
        free(bias);
        free(in.data);
    }
}

// TensorFlow's SAME: the larger half of the zeros behind.
static void test_same_padding(void **state) {
    (void)state;
    static const struct {
        int side, kernel, stride, before, after;
    } sizes[] = {{512, 7, 2, 2, 3}, {511, 7, 2, 3, 3}, {256, 3, 2, 0, 1},
                 {33, 3, 2, 1, 1},  {32, 3, 1, 1, 1},  {32, 1, 2, 0, 0}};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        const ConvPadding padding = conv_same_padding(sizes[i].side, sizes[i].kernel, sizes[i].stride);
        assert_int_equal(windows_same_padding(sizes[i].side, sizes[i].kernel, sizes[i].stride), sizes[i].before);
        assert_int_equal(padding.before, sizes[i].before);
        assert_int_equal(padding.after, sizes[i].after);
    }
}

// A size planned earlier must not linger in a later one.
static void test_plans_again(void **state) {
    (void)state;
    const Case some[][2] = {{VALID(5, 9, 3, 1, 0.1f, 20, 17), VALID(5, 9, 3, 1, 0.1f, 6, 5)},
                            {VALID(8, 9, 3, 1, 0.1f, 70, 57), VALID(8, 9, 3, 1, 0.1f, 6, 5)}};
    for (size_t i = 0; i < sizeof some / sizeof some[0]; i++) {
        const Case *first = &some[i][0], *second = &some[i][1];
        float *weights = random_floats(n_weights(first->spec), 0.2f), *bias = random_floats(9, 1);
        Tensor large = random_map(first), in = random_map(second);
        Fixture fast = make(first, &kernels_simd, weights, bias), ref = make(second, &kernels_reference, weights, bias);
        conv_run(fast.conv, large, end_of(first), fast.out, fast.scratch);
        Tensor out = guarded_tensor(ref.out.h, ref.out.w, ref.out.c);
        plan(&fast, second->h, second->w);
        conv_run(fast.conv, in, end_of(second), out, fast.scratch);
        conv_run(ref.conv, in, end_of(second), ref.out, ref.scratch);
        assert_guards(out);
        assert_true(normalised_error(out, ref.out) <= 1e-7);
        guarded_free(out);
        unmake(fast);
        unmake(ref);
        free(weights);
        free(bias);
        free(large.data);
        free(in.data);
    }
}

// To the bit: who runs which part must not show.
static void test_threads_do_not_matter(void **state) {
    (void)state;
    const Case some[] = {VALID(32, 24, 3, 1, 0.1f, 64, 61),
                         VALID(3, 32, 3, 1, 0.1f, 33, 29),
                         VALID(64, 64, 2, 2, 0.1f, 40, 38),
                         SAME(64, 40, 3, 1, 1, 33),
                         {SAME_SPEC(64, 40, 3, 1, 1, 14, DTYPE_F16), 1, 14, 14},
                         {SAME_SPEC(64, 40, 3, 2, 0, 32, DTYPE_I8), 1, 32, 32},
                         {SAME_SPEC(128, 70, 1, 1, 0, 37, DTYPE_F16), 1, 37, 37}};
    for (size_t i = 0; i < sizeof some / sizeof some[0]; i++) {
        const Case *c = &some[i];
        void *weights = random_weights(c->spec.kept, n_weights(c->spec));
        float *bias = random_floats((size_t)c->spec.out_c, 1);
        Tensor in = random_map(c);
        assert_int_equal(parallel_start(1), STATUS_OK);
        Fixture one = make(c, &kernels_simd, weights, bias);
        conv_run(one.conv, in, end_of(c), one.out, one.scratch);
        for (int threads = 2; threads <= 4; threads++) {
            assert_int_equal(parallel_start(threads), STATUS_OK);
            Tensor out = guarded_tensor(one.out.h, one.out.w, one.out.c);
            conv_run(one.conv, in, end_of(c), out, one.scratch); // as planned before the threads changed
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

static Status create_and_pack(ConvSpec spec, const void *weights, const float *bias, Conv **out) {
    Status status = conv_create(spec, &kernels_simd, out);
    if (status) return status;
    status = conv_pack(*out, weights, (LinearScales){spec.kept == DTYPE_I8 ? bias : NULL, 1});
    if (!status) status = conv_set_bias(*out, bias);
    if (status) conv_free(*out);
    return status;
}

// Over a linear layer, in Winograd's domain, and straight from the map.
static void test_every_allocation_failing(void **state) {
    (void)state;
    need_counted_memory();
    const struct {
        ConvSpec spec;
        long n; // allocations
    } some[] = {{SAME_SPEC(8, 12, 3, 1, 1, 5, DTYPE_I8), 5},
                {SAME_SPEC(8, 12, 3, 1, 1, 24, DTYPE_I8), 4},
                {{8, 12, 3, 1, {0, 0}, 0, DTYPE_F32, false, false}, 3},
                {{3, 12, 3, 1, {0, 0}, 0, DTYPE_F32, false, false}, 3}};
    for (size_t i = 0; i < sizeof some / sizeof some[0]; i++) {
        void *weights = random_weights(some[i].spec.kept, n_weights(some[i].spec));
        float *bias = random_floats(12, 1);
        const long live = memory.n_live;
        Conv *conv = NULL;
        Status status = STATUS_NO_MEMORY;
        for (long fail_at = 0; status; fail_at++) {
            count_memory(fail_at);
            status = create_and_pack(some[i].spec, weights, bias, &conv);
            assert_true(status == STATUS_OK ? fail_at >= some[i].n
                                            : status == STATUS_NO_MEMORY && memory.n_live == live);
        }
        count_memory(-1);
        conv_free(conv);
        assert_int_equal(memory.n_live, live);
        free(weights);
        free(bias);
    }
}

// Weights take what they take in the file, and a little for what a network's layers round up to.
static void test_memory(void **state) {
    (void)state;
    for (size_t kind = 0; kind < sizeof kinds / sizeof kinds[0]; kind++) {
        for (int side = 8; side <= 32; side += 24) {
            const Case c = {SAME_SPEC(256, 256, 3, 1, 1, side, kinds[kind]), 0, side, side};
            void *weights = random_weights(kinds[kind], n_weights(c.spec));
            float *bias = random_floats(256, 1);
            Fixture f = make(&c, &kernels_simd, weights, bias);
            assert_true((double)conv_bytes(f.conv) <= 1.04 * 9 * 256 * 256 * (double)dtype_bytes(kinds[kind]));
            unmake(f);
            free(weights);
            free(bias);
        }
    }
}

// ---- timing

// The layers of a 2x tile of 128 input pixels.
// To the bit: what runs the engine must not show either.
static void test_hosts_do_not_matter(void **state) {
    (void)state;
    const Case some[] = {VALID(3, 32, 3, 1, 0.1f, 33, 29),    VALID(32, 64, 3, 1, 0.1f, 64, 61),
                         VALID(64, 64, 2, 2, 0.1f, 40, 38),   VALID(128, 128, 2, 2, 0.1f, 14, 22),
                         VALID(128, 256, 3, 1, 0.1f, 31, 32), VALID(256, 128, 3, 1, 0.1f, 17, 40),
                         VALID(300, 40, 3, 1, 0.1f, 15, 16),  SAME(64, 40, 3, 1, 1, 33)};
    assert_int_equal(parallel_start(1), STATUS_OK);
    for (size_t i = 0; i < sizeof some / sizeof some[0]; i++) {
        const Case *c = &some[i];
        void *weights = random_weights(c->spec.kept, n_weights(c->spec));
        float *bias = random_floats((size_t)c->spec.out_c, 1);
        Tensor in = random_map(c);
        Fixture f = make(c, &kernels_simd, weights, bias);
        conv_run(f.conv, in, end_of(c), f.out, f.scratch);
        Tensor out = guarded_tensor(f.out.h, f.out.w, f.out.c);
        host_set_slow_splats(true);
        conv_run(f.conv, in, end_of(c), out, f.scratch);
        host_set_slow_splats(false);
        assert_guards(out);
        assert_memory_equal(out.data, f.out.data, tensor_count(out) * sizeof(float));
        guarded_free(out);
        unmake(f);
        free(weights);
        free(bias);
        free(in.data);
    }
}

static const Case cugan_layers[] = {
    VALID(3, 32, 3, 1, 0.1f, 296, 296),  VALID(32, 64, 3, 1, 0.1f, 294, 294),  VALID(64, 64, 2, 2, 0.1f, 292, 292),
    VALID(64, 64, 3, 1, 0.1f, 146, 146), VALID(64, 128, 3, 1, 0.1f, 144, 144), VALID(128, 128, 2, 2, 0.1f, 142, 142),
    VALID(128, 256, 3, 1, 0.1f, 71, 71), VALID(256, 128, 3, 1, 0.1f, 69, 69),  VALID(128, 64, 3, 1, 0.1f, 134, 134),
    VALID(64, 64, 3, 1, 0.1f, 260, 260), VALID(64, 3, 3, 1, 1, 258, 258),
};

static void bench_cugan(int threads) {
    if (parallel_start(threads)) abort();
    const double peak = peak_print(threads);
    printf("| convolution | threads | ms | GFLOP/s | of peak | XNNPACK |\n|---|---|---|---|---|---|\n");
    for (size_t i = 0; i < sizeof cugan_layers / sizeof cugan_layers[0]; i++) {
        const Case *c = &cugan_layers[i];
        const ConvSpec spec = c->spec;
        float *weights = random_floats(n_weights(spec), 0.1f), *bias = random_floats((size_t)spec.out_c, 1);
        Tensor in = random_map(c);
        Fixture f = make(c, &kernels_simd, weights, bias);
        ConvF32Xnn *xnn;
        if (conv_f32_xnn_create(spec, weights, bias, &xnn) || conv_f32_xnn_plan(xnn, c->h, c->w)) abort();
        double best[2];
        BEST_SECONDS_OF_TWO(best, conv_run(f.conv, in, end_of(c), f.out, f.scratch),
                            conv_f32_xnn_run(xnn, in, c->slope, f.out));
        const double flops = 2.0 * f.out.h * f.out.w * (double)n_weights(spec);
        printf("| %dx%d s%d %d→%d @%d | %d | %.2f | %.1f | %.2f | %.1f |\n", spec.kernel, spec.kernel, spec.stride,
               spec.in_c, spec.out_c, f.out.h, threads, best[0] * 1e3, flops / best[0] * 1e-9, flops / best[0] / peak,
               flops / best[1] * 1e-9);
        unmake(f);
        conv_f32_xnn_free(xnn);
        free(weights);
        free(bias);
        free(in.data);
    }
}

static const Case network_layers[] = {
    SAME(3, 64, 7, 2, 2, 512),    SAME(64, 64, 3, 1, 1, 128),   SAME(64, 256, 1, 1, 0, 128),
    SAME(256, 64, 1, 1, 0, 128),  SAME(128, 128, 3, 2, 0, 128), SAME(128, 128, 3, 1, 1, 64),
    SAME(128, 512, 1, 1, 0, 64),  SAME(512, 128, 1, 1, 0, 64),  SAME(256, 256, 3, 1, 1, 32),
    SAME(256, 1024, 1, 1, 0, 32), SAME(1024, 256, 1, 1, 0, 32), SAME(256, 256, 3, 1, 1, 16),
    SAME(256, 1024, 1, 1, 0, 16), SAME(512, 512, 3, 1, 1, 8),   SAME(1024, 1024, 3, 1, 1, 4),
    SAME(64, 64, 3, 1, 1, 56),    SAME(128, 128, 3, 1, 1, 28),  SAME(256, 256, 3, 1, 1, 14),
    SAME(512, 512, 3, 1, 1, 7),
};

static void bench_networks(int threads) {
    while (!linear_i8_panel_is_decided()) linear_i8_panel_try(); // as a network's first layers do when they are loaded
    if (parallel_start(threads)) abort();
    printf("| convolution | threads | f32 ms | GFLOP/s | int8 ms | GOP/s | f16 ms |\n|---|---|---|---|---|---|---|\n");
    for (size_t i = 0; i < sizeof network_layers / sizeof network_layers[0]; i++) {
        Case c = network_layers[i];
        float *bias = random_floats((size_t)c.spec.out_c, 1);
        Tensor in = random_map(&c);
        Fixture f[3];
        const Dtype some[] = {DTYPE_F32, DTYPE_I8, DTYPE_F16};
        for (int k = 0; k < 3; k++) {
            c.spec.kept = some[k];
            void *weights = random_weights(c.spec.kept, n_weights(c.spec));
            f[k] = make(&c, &kernels_simd, weights, bias);
            free(weights);
        }
        double best[2], half[2];
        const ConvEnd end = end_of(&c);
        BEST_SECONDS_OF_TWO(best, conv_run(f[0].conv, in, end, f[0].out, f[0].scratch),
                            conv_run(f[1].conv, in, end, f[1].out, f[1].scratch));
        BEST_SECONDS_OF_TWO(half, conv_run(f[0].conv, in, end, f[0].out, f[0].scratch),
                            conv_run(f[2].conv, in, end, f[2].out, f[2].scratch));
        const double flops = 2.0 * f[0].out.h * f[0].out.w * (double)n_weights(c.spec);
        printf("| %dx%d s%d %d→%d @%d | %d | %.2f | %.1f | %.2f | %.1f | %.2f |\n", c.spec.kernel, c.spec.kernel,
               c.spec.stride, c.spec.in_c, c.spec.out_c, f[0].out.h, threads, best[0] * 1e3, flops / best[0] * 1e-9,
               best[1] * 1e3, flops / best[1] * 1e-9, half[1] * 1e3);
        for (int k = 0; k < 3; k++) unmake(f[k]);
        free(bias);
        free(in.data);
    }
}

int main(int argc, char **argv) {
    if (has_flag(argc, argv, "--bench")) {
        host_set_slow_splats(has_flag(argc, argv, "--slow-splats"));
        for (int threads = 1; threads <= 2; threads++) bench_cugan(threads);
        for (int threads = 1; threads <= 2; threads++) bench_networks(threads);
        return 0;
    }
    print_message("# seed %u\n", (unsigned)seed);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_same_padding),
        cmocka_unit_test(test_reference_is_the_definition),
        cmocka_unit_test(test_equals_reference),
        cmocka_unit_test(test_every_kernel_equals_reference),
        cmocka_unit_test(test_ends),
        cmocka_unit_test(test_plans_again),
        cmocka_unit_test(test_threads_do_not_matter),
        cmocka_unit_test(test_hosts_do_not_matter),
        cmocka_unit_test(test_memory),
        cmocka_unit_test(test_every_allocation_failing),
    };
    return RUN_TESTS("conv", argc, argv, tests);
}
