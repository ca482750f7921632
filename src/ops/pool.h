// Pooling: the largest value of each window, the mean of a whole map.
#ifndef OPS_POOL_H
#define OPS_POOL_H

#include "core/tensor.h"
#include "ops/windows.h"

// out [out_h][out_w][c] = the largest value of each window. Values beyond the map are `outside`: -INFINITY leaves
// them out (TensorFlow's SAME), 0 is zero padding. A window of one pixel takes every stride-th pixel.
void pool_max(const Windows *windows, float outside, float *out);

// means [c]; sums in double precision.
void pool_mean(Tensor in, float *means);

// The kernels of pool_max.
void pool_f32_simd_max(const Windows *windows, float outside, float *out);
void pool_f32_ref_max(const Windows *windows, float outside, float *out);

#endif
