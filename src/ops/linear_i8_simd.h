// Linear layers in integers, as linear_i8.h defines them.
#ifndef OPS_LINEAR_I8_SIMD_H
#define OPS_LINEAR_I8_SIMD_H

#include "ops/linear.h"
#include "ops/linear_tile.h"

typedef struct LinearI8Simd LinearI8Simd;

MUST_CHECK Status linear_i8_simd_create(LinearSpec spec, LinearI8Simd **out);
void linear_i8_simd_free(LinearI8Simd *linear);
size_t linear_i8_simd_bytes(const LinearI8Simd *linear);
void linear_i8_simd_pack(LinearI8Simd *linear, int first, int n, const void *weights, Dtype dtype, LinearScales scales);

// Memory for a chunk of rows, as linear_i8_simd_pack_row leaves it.
size_t linear_i8_simd_rows_bytes(const LinearI8Simd *linear, int n_rows);
// Rows that a chunk of n_rows is padded to, each to be packed; what the padding holds does not matter.
int linear_i8_simd_padded_rows(int n_rows);
void linear_i8_simd_pack_row(const LinearI8Simd *linear, const float *x, int row, int n_rows, void *rows);
// sums [part.n, padded][LINEAR_COLS] = bias + rows · weights of the block of channels from `col`; bias is padded to
// whole blocks.
void linear_i8_simd_multiply(const LinearI8Simd *linear, LinearPart part, const float *bias, float *sums);

#endif
