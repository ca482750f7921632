// The matrix products that all float32 kernels share: contiguous rows times packed weights, and rows of an image times
// packed weights with bias and LeakyReLU.
#ifndef OPS_GEMM_F32_SIMD_H
#define OPS_GEMM_F32_SIMD_H

#include <stdbool.h>
#include <stddef.h>

#include "core/simd.h"

// With a fused multiply-add twelve accumulators hide its latency and leave room for two vectors of weights and a value;
// without one the product needs a register more. V8 before version 12 loads all values of a step before it multiplies
// any, and spills six rows; it runs the builds without relaxed SIMD.
#if SIMD_HAS_MADD
enum { GEMM_ROWS = 6 };
#else
enum { GEMM_ROWS = 4 };
#endif
enum { GEMM_ROWS_HALF = GEMM_ROWS / 2, GEMM_ROWS_FEW = 4 };
enum { GEMM_COLS = 2 * SIMD_LANES };

// The columns of a product, rounded up to whole blocks: packed weights and bias are padded to it.
static inline int gemm_f32_simd_padded(int n_cols) { return (n_cols + GEMM_COLS - 1) / GEMM_COLS * GEMM_COLS; }

// Rows, rounded up to whole blocks.
static inline int gemm_f32_simd_padded_rows(int n_rows) { return (n_rows + GEMM_ROWS - 1) / GEMM_ROWS * GEMM_ROWS; }

// The rows of the block that begins at `row`, of n_rows: GEMM_ROWS, or fewer if no more are left.
static inline int gemm_f32_simd_block_rows(int n_rows, int row) {
    const int left = n_rows - row;
    return left <= GEMM_ROWS_HALF ? GEMM_ROWS_HALF : left == GEMM_ROWS_FEW ? GEMM_ROWS_FEW : GEMM_ROWS;
}

enum { GEMM_MAX_PANELS = 32 };

// out = start + in · weights, for panels of GEMM_COLS columns.
typedef struct GemmPanels {
    const float *in;  // [n_rows, padded][depth]; up to whole blocks of rows are read and written
    size_t in_stride; // GEMM_INTERLEAVED: each block of rows (gemm_f32_simd_block_rows) is [depth][rows of the block]
    int n_rows;
    const float *weights; // [n_panels] of [depth][GEMM_COLS]
    size_t weights_stride;
    int n_panels;        // 1 to GEMM_MAX_PANELS
    size_t depth;        // at least 1
    const float *start;  // the initial values of the sums: [n_rows, padded][n_panels * GEMM_COLS], may be `out`
    size_t start_stride; // 0: the same for all rows
    float *out;          // [n_rows, padded][n_panels * GEMM_COLS]
    size_t out_stride;
} GemmPanels;

enum { GEMM_INTERLEAVED = 0 };

// Whether the values of rows are spread over vectors first, so that all panels at once are faster than a few.
bool gemm_f32_simd_spreads(void);

// A result does not depend on the other rows and columns.
void gemm_f32_simd_panels(const GemmPanels *panels);

// out[row][col] = LeakyReLU(bias[col] + in[row] · weights[col]) + residual[row][col], where a row of `in` is n_runs
// runs of run_length values.
typedef struct GemmProduct {
    const float *in;
    size_t in_stride;     // from row to row
    ptrdiff_t run_stride; // from run to run
    int n_runs, run_length;
    const float *weights;  // [padded(n_cols) / GEMM_COLS][panel_runs][run_length][GEMM_COLS]
    int panel_runs;        // at least n_runs
    const float *bias;     // [padded(n_cols)]
    const float *residual; // rows as far apart as those of `out`; NULL: none
    float *out;
    size_t out_stride;
    int n_rows, n_cols;
    float slope;
} GemmProduct;

// Reads only those rows, and of the residual up to 16 bytes past a row. Writes only n_rows x n_cols values.
void gemm_f32_simd_run(const GemmProduct *product);

#endif
