// The windows that a convolution looks through, as rows of a matrix: convolution is then a linear layer over them. What
// lies beyond the map is zero.
#ifndef OPS_WINDOWS_H
#define OPS_WINDOWS_H

#include "core/tensor.h"

typedef struct Windows {
    Tensor in;
    int kernel, stride;
    int before; // rows of zeros above the map, and columns left of it; below and to the right as many as are needed
    int out_h, out_w;
} Windows;

// As many windows along a side as strides begin within it: TensorFlow's SAME, and what (kernel - 1) / 2 zeros on both
// sides give.
static inline int windows_out_side(int in_side, int stride) { return (in_side + stride - 1) / stride; }
// Zeros before the map: TensorFlow's SAME puts the larger half behind.
int windows_same_before(int in_side, int kernel, int stride);

// to [kernel][kernel][in.c]: window number `row`, counted along the rows of the output.
void windows_gather(const Windows *windows, int row, float *to);

// to [side][side][in.c]: the square whose first pixel is in[y][x], with zeros where there is no map.
void windows_cut(Tensor in, int y, int x, int side, float *to);

#endif
