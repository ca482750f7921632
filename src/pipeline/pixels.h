// Converts a picture's samples to the network's floats, and back.
#ifndef PIPELINE_PIXELS_H
#define PIPELINE_PIXELS_H

#include "core/tensor.h"
#include "image/image.h"
#include "nets/upscaler.h"
#include "pipeline/view.h"

typedef struct PixelFormat {
    int channels; // 3 or 4
    int bits;     // of a sample: 8, or 16 as uint16_t in the machine's order
    bool is_grey; // all three colours become their mean
} PixelFormat;

// The network's values for black and white, usually 0 and 1. Real-CUGAN's "pro" networks were trained on 0.15 and 0.85
// (upcunet_v3.py: x * 0.7 + 0.15), but their files do not say so.
typedef struct PixelLevels {
    float black, white;
} PixelLevels;

// STATUS_BAD_ARGUMENT: not -1 <= black < white <= 2.
MUST_CHECK Status pixels_check_levels(PixelLevels levels);

typedef struct PixelInput {
    const Image *image;
    PixelLevels levels;
    UpscalerEdge edge;
    View view;
} PixelInput;

// Fills `to` [h][w][3] with the colours of the view's rectangle that begins at (x, y), from black to white of `levels`.
// Outside of the picture the values are those of `edge`.
void pixels_to_tensor(const PixelInput *input, int x, int y, Tensor to);

// Converts the first height rows and width columns of `from` to pixels of `format`, with rows `stride_bytes` apart. A
// value of v, from 0 for black to 1 for white of `levels`, becomes floor(most * v + 1/2), clamped; `most` is 255 or
// 65535. Alpha is not written.
void pixels_from_tensor(Tensor from, PixelLevels levels, int width, int height, PixelFormat format, uint8_t *to,
                        size_t stride_bytes);

#endif
