// Products of bytes in twelve sums, and the choice between the two instructions for it.
#include "ops/linear_i8_panel.h"

#include <stdbool.h>
#include <string.h>
#include <time.h>

#include "ops/linear_tile.h"

typedef struct Block {
    i32x4 rows[LINEAR_I8_ROWS][2];
} Block;

static inline i32x4 dot_of(LinearI8Dot dot, SimdDotVector a, SimdDotVector b, i32x4 sum) {
#if SIMD_HAS_FUSED_DOT
    if (dot == LINEAR_I8_FUSED) return simd_dot(a, b, sum);
#endif
    (void)dot;
    return simd_dot_pairs(a, b, sum);
}

static inline __attribute__((always_inline)) Block multiply_block(Block block, const SimdDotInput *a,
                                                                  const signed char *b, int depth, LinearI8Dot dot) {
    const SimdDotInput *const end = a + depth;
    SIMD_NO_UNROLL
    for (; a < end; a += SIMD_DOT, b += SIMD_DOT * GEMM_COLS) {
        const SimdDotVector b0 = simd_dot_load_weights(b), b1 = simd_dot_load_weights(b + SIMD_DOT * SIMD_LANES);
        SIMD_UNROLL
        for (int i = 0; i < LINEAR_I8_ROWS; i++) {
            const SimdDotVector x = simd_dot_load_splat(a + i * LINEAR_DEPTH);
            block.rows[i][0] = dot_of(dot, x, b0, block.rows[i][0]);
            block.rows[i][1] = dot_of(dot, x, b1, block.rows[i][1]);
        }
    }
    return block;
}

static inline __attribute__((always_inline)) void multiply(const LinearI8Panel *p, LinearI8Dot dot) {
    const f32x4 step0 = f32x4_load(p->weight_steps), step1 = f32x4_load(p->weight_steps + SIMD_LANES);
    float *sums = p->sums;
    for (int row = 0; row < p->n_rows; row += LINEAR_I8_ROWS) {
        Block block;
        for (int i = 0; i < LINEAR_I8_ROWS; i++) block.rows[i][0] = block.rows[i][1] = i32x4_splat(-p->excess[row + i]);
        block = multiply_block(block, p->inputs + (size_t)row * LINEAR_DEPTH, p->weights, p->depth, dot);
        for (int i = 0; i < LINEAR_I8_ROWS; i++, sums += LINEAR_COLS) {
            const f32x4 step = f32x4_splat(p->input_steps[row + i]);
            const float *from = p->bias ? p->bias : sums;
            const f32x4 from0 = f32x4_load(from), from1 = f32x4_load(from + SIMD_LANES);
            f32x4_store(sums, f32x4_madd(f32x4_of_i32x4(block.rows[i][0]), f32x4_mul(step, step0), from0));
            f32x4_store(sums + SIMD_LANES, f32x4_madd(f32x4_of_i32x4(block.rows[i][1]), f32x4_mul(step, step1), from1));
        }
    }
}

static __attribute__((noinline)) void multiply_pairs(const LinearI8Panel *p) { multiply(p, LINEAR_I8_PAIRS); }
static __attribute__((noinline)) void multiply_fused(const LinearI8Panel *p) { multiply(p, LINEAR_I8_FUSED); }

void linear_i8_panel_multiply(const LinearI8Panel *panel, LinearI8Dot dot) {
    if (dot == LINEAR_I8_FUSED) {
        multiply_fused(panel);
    } else {
        multiply_pairs(panel);
    }
}

// What the trials have shown. A vote each, so that an interruption or a coarse clock spoils one and not all; at most
// eight count, so that those before the browser optimised the code are soon outvoted.
static struct {
    int fused_leads;
    bool fused_is_wrong;
} trials;

LinearI8Dot linear_i8_panel_fastest(void) {
    return trials.fused_leads > 0 && !trials.fused_is_wrong ? LINEAR_I8_FUSED : LINEAR_I8_PAIRS;
}

static double seconds_of(const LinearI8Panel *panel, LinearI8Dot dot) {
    enum { TURNS = 100 };
    struct timespec begin, end;
    clock_gettime(CLOCK_MONOTONIC, &begin);
    for (int i = 0; i < TURNS; i++) linear_i8_panel_multiply(panel, dot);
    clock_gettime(CLOCK_MONOTONIC, &end);
    return (double)(end.tv_sec - begin.tv_sec) + (double)(end.tv_nsec - begin.tv_nsec) * 1e-9;
}

void linear_i8_panel_try(void) {
    enum { ROWS = 2 * LINEAR_I8_ROWS, MAX_LEAD = 8 };
    static SimdDotInput inputs[ROWS * LINEAR_DEPTH];
    static signed char weights[LINEAR_DEPTH * GEMM_COLS];
    static float sums[2][ROWS * LINEAR_COLS];
    static const float steps[ROWS] = {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1};
    static const float bias[GEMM_COLS];
    static const int32_t excess[ROWS];
    if (!SIMD_HAS_FUSED_DOT || trials.fused_is_wrong) return;
    for (int i = 0; i < ROWS * LINEAR_DEPTH; i++) inputs[i] = (SimdDotInput)(i * 89 % 255 - 127);
    for (int i = 0; i < LINEAR_DEPTH * GEMM_COLS; i++) weights[i] = (signed char)(i * 57 % 128);
    double took[2];
    for (LinearI8Dot dot = LINEAR_I8_PAIRS; dot <= LINEAR_I8_FUSED; dot++) {
        const LinearI8Panel panel = {inputs, steps, excess, ROWS, LINEAR_DEPTH, weights, steps, bias, sums[dot]};
        took[dot] = seconds_of(&panel, dot);
    }
    const int leads = trials.fused_leads + (took[LINEAR_I8_FUSED] < took[LINEAR_I8_PAIRS]) -
                      (took[LINEAR_I8_FUSED] > took[LINEAR_I8_PAIRS]);
    trials.fused_leads = leads > MAX_LEAD ? MAX_LEAD : leads < -MAX_LEAD ? -MAX_LEAD : leads;
    trials.fused_is_wrong = memcmp(sums[0], sums[1], sizeof sums[0]) != 0;
}
