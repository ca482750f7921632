// Passes over whole tensors: each reads and writes every sample once.
#ifndef OPS_ELEMENTWISE_H
#define OPS_ELEMENTWISE_H

#include "core/tensor.h"

// In place: x = max(x, slope * x), 0 <= slope <= 1. slope 1 returns at once.
void elementwise_leaky_relu(Tensor t, float slope);

// In place: x = x > 0 ? x : x * slope, each channel with its own. slopes [c].
void elementwise_prelu(Tensor t, const float *slopes);

// out = max(in * factors + shifts, 0), each channel with its own: a batch normalisation and ReLU. `out` may be `in`.
// factors [c], shifts [c].
void elementwise_scale_shift_relu(Tensor in, const float *factors, const float *shifts, Tensor out);

// In place: each channel times its own factor. factors [c].
void elementwise_scale_channels(Tensor t, const float *factors);

// to = to * factor + from, of the same size.
void elementwise_scale_add(Tensor to, float factor, Tensor from);

// out [h][w][a.c + b.c]: each pixel's channels of `a`, then those of `b`. The three do not overlap.
void elementwise_join(Tensor a, Tensor b, Tensor out);

// to += from without `crop` rows and columns on each side: from is [to.h + 2 crop][to.w + 2 crop][to.c].
void elementwise_add_cropped(Tensor to, Tensor from, int crop);

// to[y][x] += from[crop + y / r][crop + x / r]: `from`, without its border, enlarged r times by nearest neighbour.
void elementwise_add_nearest(Tensor to, Tensor from, int crop, int r);

// In place: sets this many rows at the top and bottom, and columns at the left and right, to zero. A number may be
// larger than the tensor, or less than 1 (none).
void elementwise_clear_edges(Tensor t, int top, int left, int bottom, int right);

// out [h * r][w * r][c / r²] from [h][w][c], where channel (q * r + i) * r + j holds channel q of row i, column j of
// the block (PyTorch's PixelShuffle), reading `from` without `crop` rows and columns on each side: out.h = (from.h - 2
// crop) * r.
void elementwise_pixel_shuffle(Tensor out, Tensor from, int crop, int r);

#endif
