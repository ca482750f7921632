// The inner loop that all float32 kernels share: four rows times eight columns, in registers. Knows no bias and no output layout.
#ifndef OPS_GEMM_F32_SIMD_H
#define OPS_GEMM_F32_SIMD_H

#include <stddef.h>

#include "core/simd.h"

// Eight accumulators hide the latency of the multiply-add on current CPUs, and with three operands leave registers to spare.
enum { GEMM_ROWS = 4, GEMM_COLS = 2 * SIMD_LANES };

typedef struct GemmBlock {
    f32x4 rows[GEMM_ROWS][2];
} GemmBlock;

// block + A · B. A: `depth` values in each of four rows, `stride` apart; B: packed [depth][GEMM_COLS].
static inline __attribute__((always_inline)) GemmBlock gemm_f32_simd(GemmBlock block, const float *a, size_t stride, const float *b,
                                                                     size_t depth) {
    const float *a1 = a + stride, *a2 = a1 + stride, *a3 = a2 + stride;
    SIMD_NO_UNROLL
    for (size_t k = 0; k < depth; k++, b += GEMM_COLS) {
        const f32x4 b0 = f32x4_load(b), b1 = f32x4_load(b + SIMD_LANES);
        f32x4 x = f32x4_load_splat(a + k);
        block.rows[0][0] = f32x4_madd(x, b0, block.rows[0][0]);
        block.rows[0][1] = f32x4_madd(x, b1, block.rows[0][1]);
        x = f32x4_load_splat(a1 + k);
        block.rows[1][0] = f32x4_madd(x, b0, block.rows[1][0]);
        block.rows[1][1] = f32x4_madd(x, b1, block.rows[1][1]);
        x = f32x4_load_splat(a2 + k);
        block.rows[2][0] = f32x4_madd(x, b0, block.rows[2][0]);
        block.rows[2][1] = f32x4_madd(x, b1, block.rows[2][1]);
        x = f32x4_load_splat(a3 + k);
        block.rows[3][0] = f32x4_madd(x, b0, block.rows[3][0]);
        block.rows[3][1] = f32x4_madd(x, b1, block.rows[3][1]);
    }
    return block;
}

#endif
