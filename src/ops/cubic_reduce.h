// Makes an enlargement smaller again: bicubic interpolation (Keys 1981, a = -0.75, no smoothing beforehand), as ncnn's
// Interp and PyTorch's interpolate do it, by 1/2 or 3/4.
#ifndef OPS_CUBIC_REDUCE_H
#define OPS_CUBIC_REDUCE_H

#include "core/tensor.h"

// The valid part of a tensor: samples outside of it are replaced by the sample at its edge.
typedef struct CubicBounds {
    int top, left, bottom, right; // from the first row to before the last one, and likewise the columns
} CubicBounds;

// to [h * times / 4][w * times / 4][c] from the middle [h][w][c] of `from`, which has `crop` more rows and columns on
// each side, from 1, and whose size is a multiple of 4. times: 2 or 3.
void cubic_reduce(Tensor to, Tensor from, int crop, int times, CubicBounds bounds);

#endif
