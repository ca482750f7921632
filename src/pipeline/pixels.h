// Between a picture's bytes and the network's floats.
#ifndef PIPELINE_PIXELS_H
#define PIPELINE_PIXELS_H

#include "core/tensor.h"
#include "image/image.h"

// to [h][w][3] = the colours, 0 to 1, of the rectangle of the picture whose top left is (x, y). What lies outside the picture
// is its reflection (tile.h).
void pixels_to_tensor(const Image *image, int x, int y, Tensor to);

// The first width x height pixels of `from` as bytes, floor(255 v + 1/2) clamped, into the colours of pixels of `channels` bytes,
// rows `stride_bytes` apart. An alpha byte is left alone.
void pixels_from_tensor(Tensor from, int width, int height, int channels, uint8_t *to, size_t stride_bytes);

#endif
