// The transforms of Winograd's F(6x6, 3x3): six by six outputs of a 3x3 convolution from eight by eight inputs with 64
// multiplications in place of 324 (Lavin and Gray, Fast Algorithms for Convolutional Neural Networks, 2015), at the
// points 0, ±1, ±2, ±1/2 and infinity. A tile in Winograd's domain is 64 planes; the caller multiplies them.
#ifndef OPS_WINOGRAD_F32_H
#define OPS_WINOGRAD_F32_H

#include <stddef.h>

#include "core/tensor.h"

enum { WINOGRAD_OUT = 6, WINOGRAD_IN = 8, WINOGRAD_PLANES = WINOGRAD_IN * WINOGRAD_IN };

// Many kernels at once, n of them (a multiple of 16): kernels[tap * tap_stride + i] to planes[p * plane_stride + i].
void winograd_f32_kernels(const float *kernels, size_t tap_stride, size_t n, float *planes, size_t plane_stride);

// One tile [8][8] of all channels (a multiple of 4), channels last: planes[p * plane_stride + channel].
void winograd_f32_input(const float *in, size_t row_stride, int n_channels, float *planes, size_t plane_stride);

// Where a tile's outputs go.
typedef struct WinogradOutput {
    float *data; // the tile's first pixel
    size_t row_stride, pixel_stride;
    int n_rows, n_columns; // of the six by six, those inside of the map
    int n_channels;        // any number; planes and bias are padded to a multiple of 4
    const float *bias;
    float slope; // LeakyReLU, as in conv.h
} WinogradOutput;

// Also overwrites the planes.
void winograd_f32_output(float *planes, size_t plane_stride, const WinogradOutput *out);

#endif
