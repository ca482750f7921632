// Linear layers of every kind of weights against their plain twin; with --bench, the layers of a ViT-L/14 are timed as
// well, beside XNNPACK (a 1x1 convolution is the same product) and the machine's own peak.
#include "core/half.h"
#include "core/parallel.h"
#include "kernels/kernel.h"
#include "kernels/peak.h"
#include "kernels/weights_of.h"
#include "ops/conv_f32_xnn.h"
#include "ops/kernels.h"
#include "ops/linear.h"
#include "ops/linear_i8.h"
#include "ops/linear_i8_panel.h"
#include "unit/failing_memory.h"

typedef struct Case {
    int rows, in_c, out_c;
} Case;

// Sides of 1, around the four lanes and the blocks, primes; then layers of real networks, in part.
static const Case cases[] = {
    {1, 1, 1},
    {2, 3, 5},
    {3, 4, 4},
    {4, 5, 3},
    {5, 8, 8},
    {6, 7, 9},
    {7, 16, 31},
    {12, 64, 63},
    {13, 65, 64},
    {10, 127, 65},
    {11, 255, 97},
    {17, 256, 66},
    {23, 257, 129},
    {77, 511, 131},
    {1, 1024, 40},
    {77, 768, 192},
    {257, 588, 72},
    {50, 3072, 8},
    {16, 1027, 24}, // K-blocks of unequal depth
    {263, 33, 17},
    {264, 36, 16},
    {265, 40, 24},
    {530, 61, 7},
    // chunks and parts of shallow layers
    {1057, 9, 66},
    {529, 258, 5},
    {133, 8, 130},
};

// Dtypes of weights as they are kept and as they come.
static const struct {
    Dtype kept, from;
    bool is_15_bit, is_rotated;
    double tolerance; // of float kinds 1e-7, as everywhere; an int8 layer's sums are exact but for the scales
} kinds[] = {
    {DTYPE_F32, DTYPE_F32, false, false, 1e-11},   {DTYPE_F32, DTYPE_F16, false, false, 1e-11},
    {DTYPE_F32, DTYPE_BF16, false, false, 1e-11},  {DTYPE_F16, DTYPE_F16, false, false, 1e-11},
    {DTYPE_BF16, DTYPE_BF16, false, false, 1e-11}, {DTYPE_I8, DTYPE_I8, false, false, 1e-11},
    {DTYPE_I8, DTYPE_F32, false, false, 1e-11},    {DTYPE_I8, DTYPE_F16, false, false, 1e-11},
    {DTYPE_I8, DTYPE_I8, true, false, 1e-11},      {DTYPE_I8, DTYPE_F32, true, false, 1e-11},
    {DTYPE_I8, DTYPE_I8, false, true, 1e-11},      {DTYPE_I8, DTYPE_I8, true, true, 1e-11},
};

static const LinearEnd no_end = {0};

static Linear *make(LinearSpec spec, const Kernels *kernels, const void *weights, Dtype from, const float *bias) {
    Linear *linear;
    assert_int_equal(linear_create(spec, kernels, &linear), STATUS_OK);
    assert_true(linear_takes(linear, from));
    // in two parts, as from two tensors
    const int half = spec.out_c / 2;
    const char *rest = (const char *)weights + (size_t)half * (size_t)spec.in_c * dtype_bytes(from);
    linear_pack(linear, half, spec.out_c - half, rest, from, (LinearScales){from == DTYPE_I8 ? bias + half : NULL, 1});
    linear_pack(linear, 0, half, weights, from, (LinearScales){from == DTYPE_I8 ? bias : NULL, 1});
    linear_set_bias(linear, 0, spec.out_c, bias);
    return linear;
}

static void run(const Linear *linear, const float *x, size_t x_stride, int rows, LinearEnd end, Tensor y) {
    size_t bytes;
    assert_int_equal(linear_plan(linear, rows, &bytes), STATUS_OK);
    void *scratch = aligned_alloc(64, (bytes + 127) / 64 * 64);
    assert_non_null(scratch);
    memset(scratch, 0xff, bytes); // NaN
    linear_run(linear, x, x_stride, rows, end, y.data, (size_t)y.c, scratch);
    free(scratch);
}

static double compare(Case c, LinearSpec spec, Dtype from, LinearEnd end) {
    spec.in_c = c.in_c;
    spec.out_c = c.out_c;
    const size_t stride = (size_t)c.in_c + 5;
    void *weights = random_weights(from, (size_t)c.in_c * (size_t)c.out_c);
    float *bias = random_floats((size_t)c.out_c, 1), *x = random_floats((size_t)c.rows * stride, 1);
    Tensor y = guarded_tensor(1, c.rows, c.out_c), expected = guarded_tensor(1, c.rows, c.out_c);
    float *residual = random_floats(tensor_count(y), 1);
    if (end.residual) {
        memcpy(y.data, residual, tensor_count(y) * sizeof(float));
        end.residual = y.data; // in place
        end.residual_stride = (size_t)c.out_c;
    }
    Linear *fast = make(spec, &kernels_simd, weights, from, bias),
           *ref = make(spec, &kernels_reference, weights, from, bias);
    run(fast, x, stride, c.rows, end, y);
    if (end.residual) end.residual = residual;
    run(ref, x, stride, c.rows, end, expected);
    assert_guards(y);
    const double error = normalised_error(y, expected);
    linear_free(fast);
    linear_free(ref);
    guarded_free(y);
    guarded_free(expected);
    free(residual);
    free(weights);
    free(bias);
    free(x);
    return error;
}

static void test_equals_reference(void **state) {
    (void)state;
    for (size_t kind = 0; kind < sizeof kinds / sizeof kinds[0]; kind++) {
        for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
            const double error = compare(
                cases[i],
                (LinearSpec){
                    .kept = kinds[kind].kept, .is_15_bit = kinds[kind].is_15_bit, .is_rotated = kinds[kind].is_rotated},
                kinds[kind].from, no_end);
            if (!(error <= kinds[kind].tolerance)) {
                print_error("case %zu, %s as %s: error %g\n", i, dtype_name(kinds[kind].from),
                            dtype_name(kinds[kind].kept), error);
            }
            assert_true(error <= kinds[kind].tolerance);
        }
    }
}

static void test_ends(void **state) {
    (void)state;
    const Case some[] = {{7, 20, 9}, {13, 300, 67}};
    const LinearSpec f32 = {.kept = DTYPE_F32};
    for (size_t i = 0; i < 2; i++) {
        for (Activation a = ACTIVATION_NONE; a <= ACTIVATION_SIGMOID; a++) {
            const float residual = 0;
            assert_true(compare(some[i], f32, DTYPE_F32, (LinearEnd){.activation = a}) <= 1e-11);
            assert_true(compare(some[i], f32, DTYPE_F32, (LinearEnd){.activation = a, .residual = &residual}) <= 1e-11);
            const LinearEnd first = {.activation = a, .residual = &residual, .residual_first = true};
            assert_true(compare(some[i], f32, DTYPE_F32, first) <= 1e-11);
        }
    }
}

// To the bit: neither who runs which part nor which other rows there are must show.
static void test_threads_and_rows_do_not_matter(void **state) {
    (void)state;
    const Dtype some[] = {DTYPE_F32, DTYPE_I8};
    enum { ROWS = 40, IN_C = 300, OUT_C = 200 };
    for (size_t i = 0; i < 2; i++) {
        void *weights = random_weights(DTYPE_F32, IN_C * OUT_C);
        float *bias = random_floats(OUT_C, 1), *x = random_floats(ROWS * IN_C, 1);
        Linear *linear =
            make((LinearSpec){.in_c = IN_C, .out_c = OUT_C, .kept = some[i]}, &kernels_simd, weights, DTYPE_F32, bias);
        Tensor first = guarded_tensor(1, ROWS, OUT_C), y = guarded_tensor(1, ROWS, OUT_C);
        assert_int_equal(parallel_start(1), STATUS_OK);
        run(linear, x, IN_C, ROWS, no_end, first);
        for (int threads = 2; threads <= 4; threads++) {
            assert_int_equal(parallel_start(threads), STATUS_OK);
            run(linear, x, IN_C, ROWS, no_end, y);
            assert_guards(y);
            assert_memory_equal(y.data, first.data, tensor_count(y) * sizeof(float));
        }
        for (int row = 0; row < ROWS; row += 13) {
            run(linear, x + row * IN_C, IN_C, 1, no_end, y);
            assert_memory_equal(y.data, tensor_at(first, 0, row), OUT_C * sizeof(float));
        }
        linear_free(linear);
        guarded_free(first);
        guarded_free(y);
        free(weights);
        free(bias);
        free(x);
    }
}

// To the bit: those that can be rebiased; then, in the part that is packed last, larger ones, infinities and NaNs as
// well.
static void test_every_half(void **state) {
    (void)state;
    enum { N = 1 << 16, SIGN = 0x8000 };
    uint16_t *weights = malloc(N * sizeof *weights);
    float *bias = calloc(N, sizeof *bias), one = 1;
    for (int with_large = 0; with_large < 2; with_large++) {
        for (int i = 0; i < N; i++) {
            const bool is_kept = (with_large && i < SIGN) || half_can_be_rebiased((uint16_t)i);
            weights[i] = (uint16_t)(is_kept ? i : 0);
        }
        Tensor y = guarded_tensor(1, 1, N);
        Linear *linear =
            make((LinearSpec){.in_c = 1, .out_c = N, .kept = DTYPE_F16}, &kernels_simd, weights, DTYPE_F16, bias);
        run(linear, &one, 1, 1, no_end, y);
        for (int i = 0; i < N; i++) {
            const float expected = half_to_float(weights[i]);
            assert_true(y.data[i] == expected || (isnan(y.data[i]) && isnan(expected)));
        }
        linear_free(linear);
        guarded_free(y);
    }
    free(weights);
    free(bias);
}

// What int8 costs in accuracy: against exact products of the same float weights. Rows with an outlier channel thirty
// times as large as the others, as transformers have them. Evenly spread weights lose 1/(4 * 127²) of their power, and
// fine inputs nothing beside that. Nearly half of the power comes from that one channel, whose OUT_C weights are few:
// what they lose is spread by a tenth (one over the root of OUT_C), so the sum by less than a quarter.
static void test_int8_is_close(void **state) {
    (void)state;
    enum { ROWS = 12, IN_C = 1024, OUT_C = 96 };
    const double bounds[] = {1e-3, 1.25 / (4 * 127 * 127)};
    float *weights = random_floats(IN_C * OUT_C, 1), *bias = random_floats(OUT_C, 1),
          *x = random_floats(ROWS * IN_C, 1);
    for (int row = 0; row < ROWS; row++) x[row * IN_C + 333] *= 30;
    Linear *exact = make((LinearSpec){.in_c = IN_C, .out_c = OUT_C, .kept = DTYPE_F32}, &kernels_reference, weights,
                         DTYPE_F32, bias);
    Tensor y = guarded_tensor(1, ROWS, OUT_C), expected = guarded_tensor(1, ROWS, OUT_C);
    run(exact, x, IN_C, ROWS, no_end, expected);
    for (int fine = 0; fine < 2; fine++) {
        Linear *ints = make((LinearSpec){.in_c = IN_C, .out_c = OUT_C, .kept = DTYPE_I8, .is_15_bit = fine},
                            &kernels_simd, weights, DTYPE_F32, bias);
        run(ints, x, IN_C, ROWS, no_end, y);
        const double error = normalised_error(y, expected);
        print_message("# error %.2g with %s inputs\n", error, fine ? "fine" : "int8");
        assert_true(error <= bounds[fine]);
        linear_free(ints);
    }
    linear_free(exact);
    guarded_free(y);
    guarded_free(expected);
    free(weights);
    free(bias);
    free(x);
}

static int extreme_input(int row, int i, int max) {
    return row < 2 ? (2 * row - 1) * max : i * row * (max / 127) % (2 * max + 1) - max;
}
static int extreme_weight(int col, int i) { return col < 2 ? col * 255 - 128 : i * 31 % 256 - 128; }

// One panel of inputs up to `max` against a plain sum.
// Row 1 has an outlier.
enum { FAR_PLACE = 7, FAR_EXCESS = 3000 };

static int panel_input(int row, int i, int max) {
    const int x = extreme_input(row, i, max);
    return row != 1 || i != FAR_PLACE ? x : x < 0 ? x - FAR_EXCESS : x + FAR_EXCESS;
}

static void check_panel(LinearI8Path path, int max) {
    enum { DEPTH = 256, COLS = 8 };
    int16_t words[LINEAR_I8_ROWS * DEPTH];
    int8_t bytes[LINEAR_I8_ROWS * DEPTH];
    uint8_t weights[DEPTH * COLS];
    const float input_scales[LINEAR_I8_ROWS] = {1, 1, 1, 1, 1, 1}, weight_scales[COLS] = {1, 1, 1, 1, 1, 1, 1, 1},
                bias[COLS] = {0};
    int32_t offset[LINEAR_I8_ROWS] = {0}, zero_points[LINEAR_I8_ROWS], totals[COLS] = {0};
    float sums[LINEAR_I8_ROWS * 64];
    LinearI8Excess excess[LINEAR_I8_ROWS] = {0};
    excess[1] = (LinearI8Excess){FAR_PLACE, panel_input(1, FAR_PLACE, max) - extreme_input(1, FAR_PLACE, max)};
    for (int i = 0; i < LINEAR_I8_ROWS * DEPTH; i++) {
        const int x = panel_input(i / DEPTH, i % DEPTH, max);
        words[i / 4 * 4 + i % 2 * 2 + i % 4 / 2] = (int16_t)x; // of each four the even ones first
        bytes[i] = (int8_t)extreme_input(i / DEPTH, i % DEPTH, max);
        offset[i / DEPTH] += x * LINEAR_I8_OFFSET;
    }
    for (int row = 0; row < LINEAR_I8_ROWS; row++) zero_points[row] = row % 3 * max - max;
    for (int i = 0; i < DEPTH; i++) {
        for (int col = 0; col < COLS; col++) totals[col] += extreme_weight(col, i);
        for (int col = 0; col < COLS; col++)
            weights[i / SIMD_DOT * SIMD_DOT * COLS + col * SIMD_DOT + i % SIMD_DOT] =
                (uint8_t)(extreme_weight(col, i) + LINEAR_I8_OFFSET);
    }
    const void *inputs = path == LINEAR_I8_WORDS ? (const void *)words : bytes;
    const LinearI8Panel panel = {
        .inputs = inputs,
        .input_scales = input_scales,
        .offset = offset,
        .zero_points = zero_points,
        .excess = excess,
        .n_rows = LINEAR_I8_ROWS,
        .depth = DEPTH,
        .weights = weights,
        .weight_scales = weight_scales,
        .totals = totals,
        .bias = bias,
        .sums = sums,
    };
    linear_i8_panel_multiply(&panel, path);
    for (int row = 0; row < LINEAR_I8_ROWS; row++) {
        for (int col = 0; col < COLS; col++) {
            int sum = 0;
            for (int i = 0; i < DEPTH; i++)
                sum += (panel_input(row, i, max) + zero_points[row]) * extreme_weight(col, i);
            assert_true(sums[row * 64 + col] == (float)sum);
        }
    }
}

// The first matrices of an engine try once each, the others not at all. To be run first.
static void test_int8_is_decided_once(void **state) {
    (void)state;
    const float weights[7] = {1, 2, 3, 4, 5, 6, 7};
    Linear *linear;
    assert_int_equal(linear_create((LinearSpec){.in_c = 7, .out_c = 1, .kept = DTYPE_I8}, &kernels_simd, &linear),
                     STATUS_OK);
    assert_int_equal(linear_i8_panel_n_trials(), 0);
    for (int i = 0; i < 2 * LINEAR_I8_TRIALS; i++) {
        const int expected = linear_i8_panel_n_trials() + !linear_i8_panel_is_decided();
        linear_pack(linear, 0, 1, weights, DTYPE_F32, (LinearScales){0});
        assert_int_equal(linear_i8_panel_n_trials(), expected);
    }
    assert_true(linear_i8_panel_is_decided());
    assert_true(linear_i8_panel_n_trials() <= LINEAR_I8_TRIALS);
    linear_free(linear);
}

// Every path that the trials hold for right, at the extremes of inputs and weights.
static void test_int8_extremes(void **state) {
    (void)state;
    while (!linear_i8_panel_is_decided()) linear_i8_panel_try();
    for (LinearI8Path path = LINEAR_I8_WORDS; path <= LINEAR_I8_SIGNED; path++) {
        const char *const names[] = {"words", "unsigned bytes", "signed bytes"};
        if (linear_i8_panel_is_right(path)) check_panel(path, 127);
        print_message("# %s: %s\n", names[path], linear_i8_panel_is_right(path) ? "right" : "not on this machine");
    }
    check_panel(LINEAR_I8_WORDS, 16383);
    assert_true(linear_i8_panel_is_right(linear_i8_panel_fastest()));
}

// Rows whose K-blocks hold one outlier, or an input that is just not one, at the beginning, in the middle and in
// the rest that vectors leave; and a scale for each K-block of a channel.
static void test_int8_outliers_and_block_scales(void **state) {
    (void)state;
    enum { ROWS = 14, IN = 517, OUT = 20, BLOCKS = 3 };
    static const float times[ROWS] = {1.9f, 2.1f, -2.1f, 30, -60, 70, -1000, 1e6f, 0, 1e-3f, 3, -3, 64, -64};
    int8_t *weights = random_weights(DTYPE_I8, (size_t)IN * OUT);
    float *scales = random_floats((size_t)OUT * BLOCKS, 1), *x = random_floats((size_t)ROWS * IN, 1);
    for (int row = 0; row < ROWS; row++) {
        for (int block = 0; block < BLOCKS; block++) x[row * IN + block * 256 + row % 5] = times[row];
    }
    Tensor y[2] = {guarded_tensor(1, ROWS, OUT), guarded_tensor(1, ROWS, OUT)};
    const Kernels *kernels[2] = {&kernels_simd, &kernels_reference};
    for (int i = 0; i < 2; i++) {
        Linear *linear;
        assert_int_equal(linear_create((LinearSpec){.in_c = IN, .out_c = OUT, .kept = DTYPE_I8}, kernels[i], &linear),
                         STATUS_OK);
        linear_pack(linear, 0, OUT, weights, DTYPE_I8, (LinearScales){scales, BLOCKS});
        run(linear, x, IN, ROWS, no_end, y[i]);
        linear_free(linear);
    }
    assert_guards(y[0]);
    assert_true(normalised_error(y[0], y[1]) <= 1e-11);
    for (int row = 0; row < ROWS; row++) { // and the values: outliers cost the other inputs nothing
        for (int c = 0; c < OUT; c++) {
            double exact = 0, steps = 0;
            for (int i = 0; i < IN; i++) {
                const double weight = scales[c * BLOCKS + i / 256] * (double)weights[c * IN + i];
                exact += x[row * IN + i] * weight;
                steps += fabs(weight) * fmax(2, fabs(times[row]) / LINEAR_I8_OUTLIER_MAX) / 253;
            }
            assert_true(fabs(y[0].data[row * OUT + c] - exact) <= steps);
        }
    }
    guarded_free(y[0]);
    guarded_free(y[1]);
    free(weights);
    free(scales);
    free(x);
}

// A rotation against the matrix that it stands for, whose entry is 1 or -1 by the bits that two places have in common,
// and twice against the input: H H is as many times it as there are places.
static void test_int8_rotation(void **state) {
    (void)state;
    static const int mixed[][2] = {{1, 0},   {3, 0},     {4, 4},     {7, 4},    {8, 8},
                                   {76, 64}, {128, 128}, {255, 128}, {256, 256}};
    for (size_t i = 0; i < sizeof mixed / sizeof mixed[0]; i++) {
        const int n = mixed[i][0], n_mixed = mixed[i][1];
        assert_int_equal(linear_i8_n_mixed(n), n_mixed);
        float *x = random_floats((size_t)n, 1), y[LINEAR_I8_BLOCK];
        memcpy(y, x, (size_t)n * sizeof *x);
        linear_i8_rotate(y, n);
        for (int to = 0; to < n; to++) {
            double sum = to < n_mixed ? 0 : x[to];
            for (int from = to % 4; from < n_mixed && to < n_mixed; from += 4)
                sum += __builtin_parity((unsigned)(from / 4 & to / 4)) ? -x[from] : x[from];
            assert_true(fabs(y[to] - sum) <= 1e-5);
        }
        linear_i8_rotate(y, n);
        for (int k = 0; k < n; k++) assert_true(fabs(y[k] - (k < n_mixed ? n_mixed / 4 * x[k] : x[k])) <= 1e-4);
        free(x);
    }
}

// What rotated weights stand for: rows with one channel thirty times as large as the others, one with only positive
// inputs, and weights with outliers. Rotating both loses less by rounding.
static void test_int8_rotated_layer_is_close(void **state) {
    (void)state;
    enum { ROWS = 12, IN_C = 640, OUT_C = 96 };
    float *weights = random_floats(IN_C * OUT_C, 1), *rotated = malloc(IN_C * OUT_C * sizeof *rotated),
          *bias = random_floats(OUT_C, 1), *x = random_floats(ROWS * IN_C, 1);
    for (int row = 0; row < ROWS; row++) x[row * IN_C + 333] *= 30, x[row * IN_C + 334] *= 20;
    for (int i = 0; i < IN_C; i++) x[i] = fabsf(x[i]);
    for (int i = 0; i < IN_C * OUT_C; i += 97) weights[i] *= 6;
    for (int o = 0; o < OUT_C; o++) {
        for (int begin = 0; begin < IN_C; begin += LINEAR_I8_BLOCK) {
            const int n = IN_C - begin < LINEAR_I8_BLOCK ? IN_C - begin : LINEAR_I8_BLOCK;
            float *to = rotated + o * IN_C + begin;
            memcpy(to, weights + o * IN_C + begin, (size_t)n * sizeof *to);
            linear_i8_rotate(to, n);
            for (int i = 0; i < n; i++) to[i] /= (float)n / 4; // 256 and 128: all are mixed
        }
    }
    Linear *exact = make((LinearSpec){.in_c = IN_C, .out_c = OUT_C, .kept = DTYPE_F32}, &kernels_reference, weights,
                         DTYPE_F32, bias);
    Tensor y = guarded_tensor(1, ROWS, OUT_C), expected = guarded_tensor(1, ROWS, OUT_C);
    run(exact, x, IN_C, ROWS, no_end, expected);
    double errors[2];
    for (int is_rotated = 0; is_rotated < 2; is_rotated++) {
        const LinearSpec spec = {.in_c = IN_C, .out_c = OUT_C, .kept = DTYPE_I8, .is_rotated = is_rotated};
        Linear *ints = make(spec, &kernels_simd, is_rotated ? rotated : weights, DTYPE_F32, bias);
        run(ints, x, IN_C, ROWS, no_end, y);
        errors[is_rotated] = normalised_error(y, expected);
        linear_free(ints);
    }
    print_message("# error %.2g, rotated %.2g\n", errors[0], errors[1]);
    assert_true(errors[1] <= errors[0] / 2);
    linear_free(exact);
    guarded_free(y);
    guarded_free(expected);
    free(weights);
    free(rotated);
    free(bias);
    free(x);
}

// What is taken off the first four of n rotated inputs: their average, unless one of them is an outlier.
static void test_int8_mean(void **state) {
    (void)state;
    static const struct {
        int n;
        float x[8], mean;
    } some[] = {
        {8, {10, 11, 12, 15, 3, -2, 1, 0}, 12}, {4, {-10, -11, -12, -15}, -12}, {8, {3, -1, 4, 2, 100}, 2},
        {8, {21, 1, -10, 4, 3, -2, 1, 0}, 0},   {8, {2, 1, -40, 19}, 0},        {3, {10, 11, 12}, 0},
        {8, {20, 1, -10, 5, 3, -2, 1, 0}, 4},
    };
    for (size_t i = 0; i < sizeof some / sizeof some[0]; i++) {
        float x[8];
        memcpy(x, some[i].x, sizeof x);
        assert_true(linear_i8_take_mean(x, some[i].n) == some[i].mean);
        for (int k = 0; k < 8; k++) assert_true(x[k] == some[i].x[k] - (k < 4 ? some[i].mean : 0));
    }
}

// The sum of the rotated x times `weights`, which is H x by its definition, in double precision; n is a power of two.
static double rotated_product(const float *x, const int8_t *weights, int n) {
    double sum = 0;
    for (int to = 0; to < n; to++) {
        for (int from = to % 4; from < n; from += 4)
            sum += (__builtin_parity((unsigned)(from / 4 & to / 4)) ? -x[from] : x[from]) * (double)weights[to];
    }
    return sum;
}

// Inputs that are all positive: a rotation collects their sums in the first four values of a K-block, and these must
// not set its scale. Of n inputs from 0 to 1 the four are n / 8, and the others have a variance of n / 48: a quarter of
// the power of all, n / 12. If all others are within four standard deviations, a step is 8 / 253 of one, and a value
// loses a twelfth of its square.
static void test_int8_rotated_positive_inputs_are_close(void **state) {
    (void)state;
    enum { ROWS = 13, IN_C = 640, OUT_C = 40 };
    const double step = 8 / 253.0, bound = step * step / 12 / 4;
    int8_t *weights = random_weights(DTYPE_I8, (size_t)IN_C * OUT_C);
    float *scales = random_floats(OUT_C, 1), *x = random_floats((size_t)ROWS * IN_C, 1);
    Tensor y = guarded_tensor(1, ROWS, OUT_C), expected = guarded_tensor(1, ROWS, OUT_C);
    for (int i = 0; i < ROWS * IN_C; i++) x[i] = fabsf(x[i]);
    for (int i = 0; i < ROWS * OUT_C; i++) {
        double sum = scales[i % OUT_C];
        for (int begin = 0; begin < IN_C; begin += LINEAR_I8_BLOCK) {
            const int n = IN_C - begin < LINEAR_I8_BLOCK ? IN_C - begin : LINEAR_I8_BLOCK;
            sum += scales[i % OUT_C] *
                   rotated_product(x + i / OUT_C * IN_C + begin, weights + i % OUT_C * IN_C + begin, n);
        }
        expected.data[i] = (float)sum;
    }
    for (int fine = 0; fine < 2; fine++) {
        const LinearSpec spec = {.in_c = IN_C, .out_c = OUT_C, .kept = DTYPE_I8, .is_15_bit = fine, .is_rotated = true};
        Linear *ints = make(spec, &kernels_simd, weights, DTYPE_I8, scales);
        run(ints, x, IN_C, ROWS, no_end, y);
        const double error = normalised_error(y, expected);
        print_message("# error %.2g of %.2g\n", error, bound);
        assert_true(error <= bound);
        linear_free(ints);
    }
    guarded_free(y);
    guarded_free(expected);
    free(weights);
    free(scales);
    free(x);
}

enum { ODD_ROWS = 9, ODD_IN = 600, ODD_OUT = 20, N_ODD = 6 };

// Row 0 holds one odd value at the place `at`, row 1 more of them, row 2 of both signs; the others are numbers.
static void spoil(float *x, int at, float odd) {
    x[at] = odd;
    for (int i = at; i < ODD_IN; i++) x[ODD_IN + i] = odd;
    for (int i = at; i < ODD_IN; i++) x[2 * ODD_IN + i] = i % 2 ? odd : -odd;
}

// Inputs of an int8 layer that are no numbers, or too far apart for one: their rows become NaN, as the plain twin says,
// the others stay what they are, and nothing on the path is undefined (under the sanitizers).
static void test_int8_inputs_that_are_no_numbers(void **state) {
    (void)state;
    static const float odd[N_ODD] = {NAN, -NAN, INFINITY, -INFINITY, 3.3e38f, -3.3e38f};
    void *weights = random_weights(DTYPE_I8, ODD_IN * ODD_OUT);
    float *bias = random_floats(ODD_OUT, 1), *clean = random_floats(ODD_ROWS * ODD_IN, 1),
          *x = malloc(ODD_ROWS * ODD_IN * sizeof *x);
    for (int fine = 0; fine < 4; fine++) {
        const LinearSpec spec = {
            .in_c = ODD_IN, .out_c = ODD_OUT, .kept = DTYPE_I8, .is_15_bit = fine & 1, .is_rotated = fine > 1};
        Linear *fast = make(spec, &kernels_simd, weights, DTYPE_I8, bias),
               *ref = make(spec, &kernels_reference, weights, DTYPE_I8, bias);
        Tensor expected = guarded_tensor(1, ODD_ROWS, ODD_OUT), y = guarded_tensor(1, ODD_ROWS, ODD_OUT),
               plain = guarded_tensor(1, ODD_ROWS, ODD_OUT);
        run(fast, clean, ODD_IN, ODD_ROWS, no_end, expected);
        for (int i = 0; i < N_ODD * 3; i++) {
            const int at = (int[]){0, 255, 597}[i / N_ODD];
            memcpy(x, clean, ODD_ROWS * ODD_IN * sizeof *x);
            spoil(x, at, odd[i % N_ODD]);
            run(fast, x, ODD_IN, ODD_ROWS, no_end, y);
            run(ref, x, ODD_IN, ODD_ROWS, no_end, plain);
            for (int row = 0; row < 3; row++) {
                for (int o = 0; o < ODD_OUT; o++)
                    assert_int_equal(isfinite(tensor_at(y, 0, row)[o]) != 0,
                                     isfinite(tensor_at(plain, 0, row)[o]) != 0);
            }
            for (int k = 0; k < ODD_OUT && i % N_ODD < 4; k++) assert_true(isnan(tensor_at(y, 0, 0)[k]));
            assert_memory_equal(tensor_at(y, 0, 3), tensor_at(expected, 0, 3),
                                (ODD_ROWS - 3) * ODD_OUT * sizeof(float));
            assert_guards(y);
        }
        guarded_free(expected);
        guarded_free(y);
        guarded_free(plain);
        linear_free(fast);
        linear_free(ref);
    }
    free(weights);
    free(bias);
    free(clean);
    free(x);
}

// Floats that are to become int8 weights and are no numbers, or so small that their scale is 0.
static void test_int8_weights_that_are_no_numbers(void **state) {
    (void)state;
    static const float odd[] = {NAN, INFINITY, -INFINITY, 3.3e38f, 1e-45f, 2.7e-43f, -1e-40f, 1e-38f};
    for (size_t i = 0; i < sizeof odd / sizeof *odd; i++) {
        int8_t ints[4];
        const float weights[4] = {odd[i], -odd[i], 0, odd[i] / 2};
        const float block_scale = linear_i8_quantise_weights(weights, DTYPE_F32, 1, 4, ints);
        for (int k = 0; k < 4; k++) assert_in_range(ints[k] + LINEAR_I8_MAX_WEIGHT, 0, 2 * LINEAR_I8_MAX_WEIGHT);
        assert_true(!(block_scale < 0));
    }
}

static void test_memory(void **state) {
    (void)state;
    const Dtype some[] = {DTYPE_F32, DTYPE_F16, DTYPE_BF16, DTYPE_I8};
    for (size_t i = 0; i < 4; i++) {
        Linear *linear;
        assert_int_equal(
            linear_create((LinearSpec){.in_c = 1024, .out_c = 3072, .kept = some[i]}, &kernels_simd, &linear),
            STATUS_OK);
        assert_true((double)linear_bytes(linear) <= 1.04 * 1024 * 3072 * (double)dtype_bytes(some[i]));
        linear_free(linear);
    }
    Linear *linear;
    assert_int_equal(linear_create((LinearSpec){.in_c = 4, .out_c = 4, .kept = DTYPE_I32}, &kernels_simd, &linear),
                     STATUS_UNSUPPORTED);
}

static void test_every_allocation_failing(void **state) {
    (void)state;
    need_counted_memory();
    const Dtype some[] = {DTYPE_F32, DTYPE_F16, DTYPE_I8};
    for (size_t i = 0; i < 3; i++) {
        const long live = memory.n_live;
        Linear *linear = NULL;
        Status status = STATUS_NO_MEMORY;
        for (long fail_at = 0; status; fail_at++) {
            count_memory(fail_at);
            status = linear_create((LinearSpec){.in_c = 300, .out_c = 70, .kept = some[i]}, &kernels_simd, &linear);
            assert_true(status == STATUS_OK ? fail_at >= 4 : status == STATUS_NO_MEMORY && memory.n_live == live);
        }
        count_memory(-1);
        linear_free(linear);
        assert_int_equal(memory.n_live, live);
    }
}

typedef struct Bench {
    Case c;
    void *weights[2]; // of F32 and F16
    float *bias, *x;
    Tensor y;
    ConvF32Xnn *xnn;
} Bench;

static Bench bench_begin(Case c) {
    const size_t n_weights = (size_t)c.in_c * (size_t)c.out_c;
    Bench b = {.c = c, .y = guarded_tensor(1, c.rows, c.out_c)};
    b.weights[0] = random_weights(DTYPE_F32, n_weights);
    b.weights[1] = random_weights(DTYPE_F16, n_weights);
    b.bias = random_floats((size_t)c.out_c, 1);
    b.x = random_floats((size_t)c.rows * (size_t)c.in_c, 1);
    const ConvSpec spec = {.in_c = c.in_c, .out_c = c.out_c, .kernel = 1, .stride = 1};
    if (conv_f32_xnn_create(spec, b.weights[0], b.bias, &b.xnn) || conv_f32_xnn_plan(b.xnn, 1, c.rows)) abort();
    return b;
}

static void bench_end(Bench b) {
    conv_f32_xnn_free(b.xnn);
    guarded_free(b.y);
    free(b.weights[0]);
    free(b.weights[1]);
    free(b.bias);
    free(b.x);
}

static double bench_flops(Case c) { return 2.0 * c.rows * c.in_c * c.out_c; }

// best: seconds of ours and of XNNPACK.
static void bench_kind(const Bench *b, Dtype kept, bool is_15_bit, double best[2]) {
    const Case c = b->c;
    const Dtype from = kept == DTYPE_F16 ? DTYPE_F16 : DTYPE_F32;
    const LinearSpec spec = {.in_c = c.in_c, .out_c = c.out_c, .kept = kept, .is_15_bit = is_15_bit};
    Linear *linear = make(spec, &kernels_simd, b->weights[from == DTYPE_F16], from, b->bias);
    const Tensor in = {b->x, 1, c.rows, c.in_c};
    size_t bytes;
    if (linear_plan(linear, c.rows, &bytes)) abort();
    void *scratch = aligned_alloc(64, (bytes + 63) / 64 * 64);
    BEST_SECONDS_OF_TWO(best,
                        linear_run(linear, b->x, (size_t)c.in_c, c.rows, no_end, b->y.data, (size_t)c.out_c, scratch),
                        conv_f32_xnn_run(b->xnn, in, 1, b->y));
    free(scratch);
    linear_free(linear);
}

static const Case bench_layers[] = {{257, 1024, 1024}, {257, 1024, 3072}, {257, 1024, 4096},
                                    {257, 4096, 1024}, {256, 588, 1024},  {77, 768, 3072},
                                    {10, 768, 3072},   {6, 768, 3072},    {6, 3072, 768}};
enum { BENCH_LAYERS = sizeof bench_layers / sizeof bench_layers[0] };

static void bench_f32(int threads) {
    if (parallel_start(threads)) abort();
    const double peak = peak_print(threads);
    printf("| f32: rows x in x out | threads | ms | GFLOP/s | of peak | XNNPACK | ours / XNNPACK |\n");
    printf("|---|---|---|---|---|---|---|\n");
    for (size_t i = 0; i < BENCH_LAYERS; i++) {
        const Case c = bench_layers[i];
        const Bench b = bench_begin(c);
        double best[2];
        bench_kind(&b, DTYPE_F32, false, best);
        const double rates[2] = {bench_flops(c) / best[0], bench_flops(c) / best[1]};
        printf("| %dx%dx%d | %d | %.2f | %.1f | %.2f | %.1f | %.2f |\n", c.rows, c.in_c, c.out_c, threads,
               best[0] * 1e3, rates[0] * 1e-9, rates[0] / peak, rates[1] * 1e-9, rates[0] / rates[1]);
        bench_end(b);
    }
}

static void bench_other_kinds(int threads) {
    static const struct {
        Dtype kept;
        bool is_15_bit;
    } some[] = {{DTYPE_F16, false}, {DTYPE_I8, false}, {DTYPE_I8, true}};
    if (parallel_start(threads)) abort();
    const double peak = peak_print(threads);
    printf(
        "| rows x in x out | threads | f16 ms | GFLOP/s | of peak | int8 ms | GOP/s | of f32 peak | fine ms | GOP/s "
        "| of f32 peak |\n|---|---|---|---|---|---|---|---|---|---|---|\n");
    for (size_t i = 0; i < BENCH_LAYERS; i++) {
        const Case c = bench_layers[i];
        const Bench b = bench_begin(c);
        printf("| %dx%dx%d | %d |", c.rows, c.in_c, c.out_c, threads);
        for (int kind = 0; kind < 3; kind++) {
            double best[2];
            bench_kind(&b, some[kind].kept, some[kind].is_15_bit, best);
            const double rate = bench_flops(c) / best[0];
            printf(" %.2f | %.1f | %.2f |", best[0] * 1e3, rate * 1e-9, rate / peak);
        }
        printf("\n");
        bench_end(b);
    }
}

// f32_only: of one thread.
static void bench(bool f32_only) {
    while (!linear_i8_panel_is_decided()) linear_i8_panel_try(); // as a network's first layers do when they are loaded
    bench_f32(1);
    if (f32_only) return;
    bench_f32(2);
    for (int threads = 1; threads <= 2; threads++) bench_other_kinds(threads);
}

int main(int argc, char **argv) {
    if (has_flag(argc, argv, "--bench")) {
        bench(has_flag(argc, argv, "--f32"));
        return 0;
    }
    print_message("# seed %u\n", (unsigned)seed);
    if (parallel_start(2)) return 1;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_int8_is_decided_once),
        cmocka_unit_test(test_equals_reference),
        cmocka_unit_test(test_every_half),
        cmocka_unit_test(test_ends),
        cmocka_unit_test(test_threads_and_rows_do_not_matter),
        cmocka_unit_test(test_int8_is_close),
        cmocka_unit_test(test_memory),
        cmocka_unit_test(test_int8_inputs_that_are_no_numbers),
        cmocka_unit_test(test_int8_weights_that_are_no_numbers),
        cmocka_unit_test(test_int8_extremes),
        cmocka_unit_test(test_int8_rotation),
        cmocka_unit_test(test_int8_rotated_layer_is_close),
        cmocka_unit_test(test_int8_mean),
        cmocka_unit_test(test_int8_rotated_positive_inputs_are_close),
        cmocka_unit_test(test_int8_outliers_and_block_scales),
        cmocka_unit_test(test_every_allocation_failing),
    };
    return RUN_TESTS("linear", argc, argv, tests);
}
