// Between a picture's bytes and the network's floats.
#ifndef PIPELINE_PIXELS_H
#define PIPELINE_PIXELS_H

#include "core/tensor.h"
#include "image/image.h"
#include "nets/cugan.h"

// to [h][w][3] = the colours, between `levels`, of the rectangle of the picture whose top left is (x, y). What lies
// outside the picture is its reflection (tile.h).
void pixels_to_tensor(const Image *image, CuganLevels levels, int x, int y, Tensor to);

// The first width x height pixels of `from` as bytes, floor(255 v + 1/2) clamped, v from 0 = black to 1 = white of
// `levels`, into the colours of pixels of `channels` bytes, rows `stride_bytes` apart. An alpha byte is left alone.
void pixels_from_tensor(Tensor from, CuganLevels levels, int width, int height, int channels, uint8_t *to,
                        size_t stride_bytes);

#endif
