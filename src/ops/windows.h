// The windows of a convolution as rows of a matrix (im2col): the convolution is then a linear layer over them. Values
// beyond the map are zero.
#ifndef OPS_WINDOWS_H
#define OPS_WINDOWS_H

#include "core/tensor.h"

typedef struct Windows {
    Tensor in;
    int kernel, stride;
    int padding; // rows of zeros above the map, and columns left of it; below and to the right as many as are needed
    int out_h, out_w;
} Windows;

// The number of windows along a side, one for each stride that begins within it: as with TensorFlow's SAME, and as
// with (kernel - 1) / 2 zeros on both sides.
static inline int windows_out_side(int in_side, int stride) { return (in_side + stride - 1) / stride; }
// The zeros before the map: TensorFlow's SAME puts the larger half after it.
int windows_same_padding(int in_side, int kernel, int stride);

// to [kernel][kernel][in.c]: window number `row`, counted along the rows of the output.
void windows_gather(const Windows *windows, int row, float *to);

// to [side][side][in.c]: the square whose first pixel is in[y][x], with zeros beyond the map.
void windows_cut(Tensor in, int y, int x, int side, float *to);

#endif
