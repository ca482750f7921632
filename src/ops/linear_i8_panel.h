// The innermost product of an int8 layer: a K-block of rows times the weights of GEMM_COLS channels. Several
// code paths compute the same integers. Which of them are correct, and which is fastest, depends on the machine and is
// found by trials.
#ifndef OPS_LINEAR_I8_PANEL_H
#define OPS_LINEAR_I8_PANEL_H

#include <stdbool.h>

#include "core/simd_dot.h"

enum {
    LINEAR_I8_ROWS = 6,     // of a block: twelve sums and three operands, as for float32
    LINEAR_I8_OFFSET = 128, // weights lie in memory as q + 128: 0 … 255
    LINEAR_I8_PATHS = 3,
    LINEAR_I8_TRIALS = 32,
};

typedef enum LinearI8Path {
    LINEAR_I8_WORDS,    // weights converted to 16 bits: right everywhere, and the only one for 15-bit inputs
    LINEAR_I8_UNSIGNED, // bytes, weights as they lie in memory: x86 with VNNI
    LINEAR_I8_SIGNED,   // bytes, weights less their offset: ARM
} LinearI8Path;

// The part of an input that does not fit into a byte.
typedef struct LinearI8Excess {
    int32_t place, size; // size 0: it fits
} LinearI8Excess;

typedef struct LinearI8Panel {
    const void *inputs;         // [n_rows][LINEAR_DEPTH], int16_t for LINEAR_I8_WORDS, otherwise int8_t, as simd_dot.h
                                // stores them
    const float *input_scales;  // [n_rows]
    const float *means;         // [n_rows], what was taken off the first LINEAR_I8_LANES inputs; NULL: nothing
    const int32_t *offset;      // [n_rows], LINEAR_I8_OFFSET times the sum of the row's inputs
    const int32_t *zero_points; // [n_rows], zero points of the inputs
    const LinearI8Excess *excess; // [n_rows], of bytes; NULL: there is none
    int n_rows;                   // a multiple of LINEAR_I8_ROWS
    int depth;                    // at most LINEAR_DEPTH; beyond it, to a multiple of SIMD_DOT, weights are
                                  // LINEAR_I8_OFFSET
    const uint8_t *weights;       // [depth / SIMD_DOT][GEMM_COLS][SIMD_DOT]
    const float *weight_scales;   // [GEMM_COLS]
    const int32_t *totals;        // [GEMM_COLS], the sum of a channel's weights, without their offset
    const float *bias;            // [GEMM_COLS], or NULL: what `sums` holds
    float *sums;                  // [n_rows], LINEAR_COLS apart
} LinearI8Panel;

// sums = bias + rows · weights.
void linear_i8_panel_multiply(const LinearI8Panel *panel, LinearI8Path path);

// Tests all code paths at the extremes of their operands, and times them, for some hundred microseconds. Called for
// each of an engine's first matrices while a file loads, because a browser runs code before it has optimised it. After
// LINEAR_I8_TRIALS, or when only one path is left, the decision is final, and this does nothing.
void linear_i8_panel_try(void);
bool linear_i8_panel_is_decided(void);
int linear_i8_panel_n_trials(void);
// False if the path has ever given wrong integers, or is not in this build.
bool linear_i8_panel_is_right(LinearI8Path path);
// The fastest of the correct paths; only linear_i8_panel_try changes it.
LinearI8Path linear_i8_panel_fastest(void);

#endif
