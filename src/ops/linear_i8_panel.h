// The innermost product of an int8 layer: a stretch of rows times the weights of GEMM_COLS channels. There are two ways
// to the same integers; which is faster depends on the machine and is found by trying.
#ifndef OPS_LINEAR_I8_PANEL_H
#define OPS_LINEAR_I8_PANEL_H

#include "core/simd_int.h"

enum {
    LINEAR_I8_ROWS = 6, // of a block: twelve sums and three operands, as for float32
    LINEAR_I8_EXCESS =
        64, // weights lie in memory as 1 … 127, so many too many, because that is what is multiplied exactly
};

typedef struct LinearI8Panel {
    const SimdDotInput *inputs; // [n_rows][LINEAR_DEPTH]
    const float *input_steps;   // [n_rows]
    const int32_t *excess;      // [n_rows], LINEAR_I8_EXCESS times the sum of the row's inputs
    int n_rows;                 // a multiple of LINEAR_I8_ROWS
    int depth;                  // at most LINEAR_DEPTH; beyond it, to a multiple of SIMD_DOT, the inputs are zero
    const signed char *weights; // [depth / SIMD_DOT][GEMM_COLS][SIMD_DOT]
    const float *weight_steps;  // [GEMM_COLS]
    const float *bias;          // [GEMM_COLS], or NULL: what `sums` holds
    float *sums;                // [n_rows], LINEAR_COLS apart
} LinearI8Panel;

typedef enum LinearI8Dot { LINEAR_I8_PAIRS, LINEAR_I8_FUSED } LinearI8Dot;

// sums = bias + rows · weights.
void linear_i8_panel_multiply(const LinearI8Panel *panel, LinearI8Dot dot);

// Times both ways for some hundred microseconds; the more often, the surer: at first a browser runs what it has not
// optimised yet.
void linear_i8_panel_try(void);
// The way that was faster; never one that has given other integers than it should.
LinearI8Dot linear_i8_panel_fastest(void);

#endif
