// Products of integers in twelve sums, and the choice between the code paths.
#include "ops/linear_i8_panel.h"

#include <string.h>
#include <time.h>

#include "ops/linear_i8.h"
#include "ops/linear_tile.h"

_Static_assert((int)LINEAR_I8_LANES == (int)SIMD_DOT, "the weights of a mean lie beside each other");

typedef struct Block {
    i32x4 rows[LINEAR_I8_ROWS][2];
} Block;

#if SIMD_HAS_DOT
// Adds the part of a row's outlier that does not fit into a byte, times that input's weights.
static void add_excess(const LinearI8Panel *p, LinearI8Excess excess, LinearI8Path path, i32x4 sums[2]) {
    int32_t products[GEMM_COLS];
    const uint8_t *weights = p->weights + excess.place / SIMD_DOT * SIMD_DOT * GEMM_COLS + excess.place % SIMD_DOT;
    const int offset = path == LINEAR_I8_SIGNED ? LINEAR_I8_OFFSET : 0;
    for (int c = 0; c < GEMM_COLS; c++) products[c] = excess.size * (weights[c * SIMD_DOT] - offset);
    for (int half = 0; half < 2; half++) sums[half] = i32x4_add(sums[half], i32x4_load(products + half * SIMD_LANES));
}

static inline __attribute__((always_inline)) Block multiply_bytes(Block block, const int8_t *a, const uint8_t *b,
                                                                  int depth, LinearI8Path path) {
    const int8_t *const end = a + depth;
    SIMD_NO_UNROLL
    for (; a < end; a += SIMD_DOT, b += SIMD_DOT * GEMM_COLS) {
        SimdBytes b0 = simd_bytes_load(b), b1 = simd_bytes_load(b + SIMD_DOT * SIMD_LANES);
        if (path == LINEAR_I8_SIGNED) b0 = simd_bytes_sub_128(b0), b1 = simd_bytes_sub_128(b1);
        SIMD_UNROLL
        for (int i = 0; i < LINEAR_I8_ROWS; i++) {
            const SimdBytes x = simd_bytes_load_splat(a + i * LINEAR_DEPTH);
            block.rows[i][0] = simd_dot(x, b0, block.rows[i][0]);
            block.rows[i][1] = simd_dot(x, b1, block.rows[i][1]);
        }
    }
    return block;
}
#endif

static inline
    __attribute__((always_inline)) Block add_words(Block block, const int16_t *a, SimdWords b0, SimdWords b1) {
    SIMD_UNROLL
    for (int i = 0; i < LINEAR_I8_ROWS; i++) {
        const SimdWords x = simd_words_load_splat(a + i * LINEAR_DEPTH);
        block.rows[i][0] = simd_dot_words(x, b0, block.rows[i][0]);
        block.rows[i][1] = simd_dot_words(x, b1, block.rows[i][1]);
    }
    return block;
}

// Even and odd weights one after the other, because there are no registers for both.
static inline __attribute__((always_inline)) Block multiply_words(Block block, const int16_t *a, const uint8_t *b,
                                                                  int depth) {
    const int16_t *const end = a + depth;
    SIMD_NO_UNROLL
    for (; a < end; a += SIMD_DOT, b += SIMD_DOT * GEMM_COLS) {
        const SimdBytes b0 = simd_bytes_load(b), b1 = simd_bytes_load(b + SIMD_DOT * SIMD_LANES);
        block = add_words(block, a, simd_words_even(b0), simd_words_even(b1));
        block = add_words(block, a + SIMD_DOT / 2, simd_words_odd(b0), simd_words_odd(b1));
    }
    return block;
}

static inline __attribute__((always_inline)) Block multiply_block(const LinearI8Panel *p, int row, LinearI8Path path) {
    const size_t at = (size_t)row * LINEAR_DEPTH;
    const i32x4 total0 = i32x4_load(p->totals), total1 = i32x4_load(p->totals + SIMD_LANES);
    Block block;
    for (int i = 0; i < LINEAR_I8_ROWS; i++) {
        const i32x4 offset = i32x4_splat(path == LINEAR_I8_SIGNED ? 0 : p->offset[row + i]);
        const i32x4 zero_point = i32x4_load_splat(p->zero_points + row + i);
        block.rows[i][0] = i32x4_sub(i32x4_mul(zero_point, total0), offset);
        block.rows[i][1] = i32x4_sub(i32x4_mul(zero_point, total1), offset);
    }
#if SIMD_HAS_DOT
    if (path != LINEAR_I8_WORDS) {
        for (int i = 0; i < LINEAR_I8_ROWS && p->excess; i++) {
            if (p->excess[row + i].size) add_excess(p, p->excess[row + i], path, block.rows[i]);
        }
        return multiply_bytes(block, (const int8_t *)p->inputs + at, p->weights, p->depth, path);
    }
#endif
    return multiply_words(block, (const int16_t *)p->inputs + at, p->weights, p->depth);
}

// What a row's mean is multiplied by: the sums of the channels' first LINEAR_I8_LANES weights, as floats.
static inline f32x4 mean_weights(const LinearI8Panel *p, int channel) {
    static const int16_t ones[2] = {1, 1};
    const SimdWords one = simd_words_load_splat(ones);
    const SimdBytes weights = simd_bytes_load(p->weights + channel * SIMD_DOT);
    const i32x4 odd = simd_dot_words(one, simd_words_odd(weights), i32x4_splat(-LINEAR_I8_LANES * LINEAR_I8_OFFSET));
    const i32x4 sums = simd_dot_words(one, simd_words_even(weights), odd);
    return f32x4_mul(f32x4_of_i32x4(sums), f32x4_load(p->weight_scales + channel));
}

static inline __attribute__((always_inline)) void multiply(const LinearI8Panel *p, LinearI8Path path) {
    const f32x4 scale0 = f32x4_load(p->weight_scales), scale1 = f32x4_load(p->weight_scales + SIMD_LANES);
    const f32x4 mean0 = mean_weights(p, 0), mean1 = mean_weights(p, SIMD_LANES);
    float *sums = p->sums;
    for (int row = 0; row < p->n_rows; row += LINEAR_I8_ROWS) {
        const Block block = multiply_block(p, row, path);
        for (int i = 0; i < LINEAR_I8_ROWS; i++, sums += LINEAR_COLS) {
            const f32x4 scale = f32x4_splat(p->input_scales[row + i]);
            const float *from = p->bias ? p->bias : sums;
            f32x4 from0 = f32x4_load(from), from1 = f32x4_load(from + SIMD_LANES);
            if (p->means) {
                const f32x4 mean = f32x4_splat(p->means[row + i]);
                from0 = f32x4_madd(mean, mean0, from0), from1 = f32x4_madd(mean, mean1, from1);
            }
            f32x4_store(sums, f32x4_madd(f32x4_of_i32x4(block.rows[i][0]), f32x4_mul(scale, scale0), from0));
            f32x4_store(sums + SIMD_LANES,
                        f32x4_madd(f32x4_of_i32x4(block.rows[i][1]), f32x4_mul(scale, scale1), from1));
        }
    }
}

static __attribute__((noinline)) void multiply_in_words(const LinearI8Panel *p) { multiply(p, LINEAR_I8_WORDS); }
#if SIMD_HAS_DOT
static __attribute__((noinline)) void multiply_unsigned(const LinearI8Panel *p) { multiply(p, LINEAR_I8_UNSIGNED); }
static __attribute__((noinline)) void multiply_signed(const LinearI8Panel *p) { multiply(p, LINEAR_I8_SIGNED); }
#endif

void linear_i8_panel_multiply(const LinearI8Panel *panel, LinearI8Path path) {
#if SIMD_HAS_DOT
    if (path == LINEAR_I8_UNSIGNED) {
        multiply_unsigned(panel);
        return;
    }
    if (path == LINEAR_I8_SIGNED) {
        multiply_signed(panel);
        return;
    }
#endif
    (void)path;
    multiply_in_words(panel);
}

// ---- the choice

// The results of the trials. Each has one vote, so that an interruption or a coarse clock spoils only one. At most
// eight count, so that trials before the browser optimised the code are soon outvoted.
static struct {
    int n;
    int leads[LINEAR_I8_PATHS]; // over LINEAR_I8_WORDS
    bool is_wrong[LINEAR_I8_PATHS];
} trials;

bool linear_i8_panel_is_decided(void) {
    const bool has_choice = linear_i8_panel_is_right(LINEAR_I8_UNSIGNED) || linear_i8_panel_is_right(LINEAR_I8_SIGNED);
    return !has_choice || trials.n >= LINEAR_I8_TRIALS;
}

int linear_i8_panel_n_trials(void) { return trials.n; }

bool linear_i8_panel_is_right(LinearI8Path path) {
    return path == LINEAR_I8_WORDS || (SIMD_HAS_DOT && !trials.is_wrong[path]);
}

LinearI8Path linear_i8_panel_fastest(void) {
    for (LinearI8Path path = LINEAR_I8_UNSIGNED; path <= LINEAR_I8_SIGNED; path++) {
        if (linear_i8_panel_is_right(path) && trials.leads[path] > 0) return path;
    }
    return LINEAR_I8_WORDS;
}

enum { TRIAL_ROWS = 2 * LINEAR_I8_ROWS, N_INPUTS = TRIAL_ROWS * LINEAR_DEPTH };

static double seconds_of(const LinearI8Panel *panel, LinearI8Path path) {
    enum { TURNS = 60 };
    struct timespec begin, end;
    clock_gettime(CLOCK_MONOTONIC, &begin);
    for (int i = 0; i < TURNS; i++) linear_i8_panel_multiply(panel, path);
    clock_gettime(CLOCK_MONOTONIC, &end);
    return (double)(end.tv_sec - begin.tv_sec) + (double)(end.tv_nsec - begin.tv_nsec) * 1e-9;
}

// Inputs and weights of all sizes; in some rows and channels all are the largest or the smallest value, which shows
// whether an instruction saturates.
static int trial_input(int row, int i) { return row < 2 ? row * 254 - 127 : (i * 89 + row) % 255 - 127; }
static int trial_weight(int channel, int i) { return channel < 2 ? channel * 255 : (i * 57 + channel * 31) % 256; }

static void fill_trial(int8_t *bytes, int16_t *words, int32_t *offset, uint8_t *weights) {
    for (int row = 0; row < TRIAL_ROWS; row++) {
        offset[row] = 0;
        for (int i = 0; i < LINEAR_DEPTH; i++) {
            const int x = trial_input(row, i);
            bytes[row * LINEAR_DEPTH + i] = (int8_t)x;
            words[row * LINEAR_DEPTH + i / 4 * 4 + i % 2 * 2 + i % 4 / 2] = (int16_t)x;
            offset[row] += x * LINEAR_I8_OFFSET;
        }
    }
    for (int i = 0; i < LINEAR_DEPTH * GEMM_COLS; i++) weights[i] = (uint8_t)trial_weight(i / SIMD_DOT % GEMM_COLS, i);
}

void linear_i8_panel_try(void) {
    enum { MAX_LEAD = 8 };
    static int8_t bytes[N_INPUTS];
    static int16_t words[N_INPUTS];
    static uint8_t weights[LINEAR_DEPTH * GEMM_COLS];
    static int32_t offset[TRIAL_ROWS];
    static const int32_t zero_points[TRIAL_ROWS], totals[GEMM_COLS];
    static float expected[TRIAL_ROWS * LINEAR_COLS], sums[TRIAL_ROWS * LINEAR_COLS];
    static const float bias[GEMM_COLS], scales[TRIAL_ROWS] = {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1};
    if (linear_i8_panel_is_decided()) return;
    trials.n++;
    fill_trial(bytes, words, offset, weights);
    LinearI8Panel panel = {
        .inputs = words,
        .input_scales = scales,
        .offset = offset,
        .zero_points = zero_points,
        .n_rows = TRIAL_ROWS,
        .depth = LINEAR_DEPTH,
        .weights = weights,
        .weight_scales = scales,
        .totals = totals,
        .bias = bias,
        .sums = expected,
    };
    const double in_words = seconds_of(&panel, LINEAR_I8_WORDS);
    panel.inputs = bytes;
    panel.sums = sums;
    for (LinearI8Path path = LINEAR_I8_UNSIGNED; path <= LINEAR_I8_SIGNED; path++) {
        if (trials.is_wrong[path]) continue;
        const double took = seconds_of(&panel, path);
        const int leads = trials.leads[path] + (took < in_words) - (took > in_words);
        trials.leads[path] = leads > MAX_LEAD ? MAX_LEAD : leads < -MAX_LEAD ? -MAX_LEAD : leads;
        // NOLINTNEXTLINE(bugprone-suspicious-memory-comparison): the bits are to be equal
        trials.is_wrong[path] = memcmp(sums, expected, sizeof sums) != 0;
    }
}
