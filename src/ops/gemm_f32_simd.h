// The matrix product that all float32 kernels share: a block of rows and columns in registers, and rows of an image
// times packed weights with bias and LeakyReLU.
#ifndef OPS_GEMM_F32_SIMD_H
#define OPS_GEMM_F32_SIMD_H

#include <stddef.h>

#include "core/simd.h"

// Twelve accumulators hide the latency of the multiply-add and leave three of x86's registers for the operands. Without
// a fused one the product needs a fourth.
#if SIMD_HAS_MADD
enum { GEMM_ROWS = 6 };
#else
enum { GEMM_ROWS = 4 };
#endif
enum { GEMM_COLS = 2 * SIMD_LANES, GEMM_SHORT = GEMM_ROWS - 1 };

// Rows as so many blocks of GEMM_ROWS, and after them so many of GEMM_SHORT: ten are two of five, not two of six.
typedef struct GemmRows {
    int n_full, n_short;
} GemmRows;

static inline GemmRows gemm_f32_simd_divide(int n_rows) {
    const int n = (n_rows + GEMM_ROWS - 1) / GEMM_ROWS, missing = n * GEMM_ROWS - n_rows;
    const int n_short = missing < n ? missing : n;
    return (GemmRows){n - n_short, n_short};
}

// Rows that those blocks have.
static inline int gemm_f32_simd_padded_rows(int n_rows) {
    const GemmRows rows = gemm_f32_simd_divide(n_rows);
    return rows.n_full * GEMM_ROWS + rows.n_short * GEMM_SHORT;
}

typedef struct GemmBlock {
    f32x4 rows[GEMM_ROWS][2];
} GemmBlock;

// The first `n_rows` rows of block + A · B; all of the arguments but `a` and `b` better known to the compiler.
static inline __attribute__((always_inline)) GemmBlock gemm_f32_simd_block_of(GemmBlock block, size_t n_rows,
                                                                              const float *a, size_t stride,
                                                                              const float *b, size_t depth) {
    const float *const end = a + depth;
    SIMD_NO_UNROLL
    for (; a != end; a++, b += GEMM_COLS) {
        const f32x4 b0 = f32x4_load(b), b1 = f32x4_load(b + SIMD_LANES);
        SIMD_UNROLL
        for (size_t i = 0; i < n_rows; i++) {
            const f32x4 x = f32x4_load_splat(a + i * stride);
            block.rows[i][0] = f32x4_madd(x, b0, block.rows[i][0]);
            block.rows[i][1] = f32x4_madd(x, b1, block.rows[i][1]);
        }
    }
    return block;
}

// block + A · B. A: `depth` values, at least one, in each of GEMM_ROWS rows, `stride` apart; B: packed
// [depth][GEMM_COLS]. With a stride that the compiler knows one pointer walks all rows.
static inline __attribute__((always_inline)) GemmBlock gemm_f32_simd_block(GemmBlock block, size_t n_rows,
                                                                           const float *a, size_t stride,
                                                                           const float *b, size_t depth) {
    switch (stride) {
        case 32: return gemm_f32_simd_block_of(block, n_rows, a, 32, b, depth);
        case 64: return gemm_f32_simd_block_of(block, n_rows, a, 64, b, depth);
        case 128: return gemm_f32_simd_block_of(block, n_rows, a, 128, b, depth);
        case 256: return gemm_f32_simd_block_of(block, n_rows, a, 256, b, depth);
        default: return gemm_f32_simd_block_of(block, n_rows, a, stride, b, depth);
    }
}

// Columns of a product, up to whole blocks: what packed weights and bias are padded to.
static inline int gemm_f32_simd_padded(int n_cols) { return (n_cols + GEMM_COLS - 1) / GEMM_COLS * GEMM_COLS; }

// out[row][col] = LeakyReLU(bias[col] + in[row] · weights[col]), where a row of `in` is n_runs runs of run_length
// values.
typedef struct GemmProduct {
    const float *in;
    size_t in_stride;     // from row to row
    ptrdiff_t run_stride; // from run to run
    int n_runs, run_length;
    const float *weights; // [padded(n_cols) / GEMM_COLS][panel_runs][run_length][GEMM_COLS]
    int panel_runs;       // at least n_runs
    const float *bias;    // [padded(n_cols)]
    float *out;
    size_t out_stride;
    int n_rows, n_cols;
    float slope;
} GemmProduct;

// Reads nothing but those rows, writes nothing but n_rows x n_cols.
void gemm_f32_simd_run(const GemmProduct *product);

#endif
