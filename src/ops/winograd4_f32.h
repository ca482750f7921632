// The transforms of Winograd's F(4x4, 3x3), as winograd_f32.h has those of F(6x6, 3x3): 36 multiplications in place of
// 144, at the points 0, ±1/√2, ±√2 and infinity. It saves fewer multiplications, but a small map fills its tiles
// better, weights have 36 planes instead of 64, and the error is a fifth.
#ifndef OPS_WINOGRAD4_F32_H
#define OPS_WINOGRAD4_F32_H

#include "ops/winograd_f32.h"

enum { WINOGRAD4_OUT = 4, WINOGRAD4_IN = 6, WINOGRAD4_PLANES = WINOGRAD4_IN * WINOGRAD4_IN };

void winograd4_f32_kernels(const float *kernels, size_t tap_stride, size_t n, float *planes, size_t plane_stride);
void winograd4_f32_input(const float *in, size_t row_stride, int n_channels, float *planes, size_t plane_stride);
void winograd4_f32_output(float *planes, size_t plane_stride, const WinogradOutput *out);

#endif
