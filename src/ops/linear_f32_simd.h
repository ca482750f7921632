// Linear layers in float32, with weights kept as float32, float16 or bfloat16.
#ifndef OPS_LINEAR_F32_SIMD_H
#define OPS_LINEAR_F32_SIMD_H

#include "ops/linear.h"
#include "ops/linear_tile.h"

typedef struct LinearF32Simd LinearF32Simd;

MUST_CHECK Status linear_f32_simd_create(LinearSpec spec, LinearF32Simd **out);
void linear_f32_simd_free(LinearF32Simd *linear);
size_t linear_f32_simd_bytes(const LinearF32Simd *linear);
void linear_f32_simd_pack(LinearF32Simd *linear, int first, int n, const void *weights, Dtype dtype);

// Memory for a chunk of rows, as linear_f32_simd_pack_row leaves it.
size_t linear_f32_simd_rows_bytes(const LinearF32Simd *linear, int n_rows);
// Rows that a chunk of n_rows is padded to, each to be packed; what the padding holds does not matter.
int linear_f32_simd_padded_rows(int n_rows);
void linear_f32_simd_pack_row(const LinearF32Simd *linear, const float *x, int row, int n_rows, void *rows);
// sums [part.n, padded][LINEAR_COLS] = bias + rows · weights of the block of channels from `col`; bias is padded to
// whole blocks. converted: 2 * LINEAR_F32_DEPTH * GEMM_COLS floats of the thread's own.
void linear_f32_simd_multiply(const LinearF32Simd *linear, LinearPart part, const float *bias, float *sums,
                              float *converted);

#endif
