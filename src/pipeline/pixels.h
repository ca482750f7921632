// Between a picture's samples and the network's floats.
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

// What black and white are to a network: mostly 0 and 1. Real-CUGAN's "pro" networks were trained on 0.15 and 0.85
// (upcunet_v3.py: x * 0.7 + 0.15), and nothing in their files says so.
typedef struct PixelLevels {
    float black, white;
} PixelLevels;

// STATUS_BAD_ARGUMENT: far from 0 and 1.
MUST_CHECK Status pixels_check_levels(PixelLevels levels);

typedef struct PixelInput {
    const Image *image;
    PixelLevels levels;
    UpscalerEdge edge;
    View view;
} PixelInput;

// to [h][w][3] = the colours, between the levels, of the rectangle of the view whose top left is (x, y).
void pixels_to_tensor(const PixelInput *input, int x, int y, Tensor to);

// The first width x height pixels of `from`, v from 0 = black to 1 = white of `levels`, as floor(most * v + 1/2),
// clamped (most: 255 or 65535), into the colours of pixels of `format`, rows `stride_bytes` apart. Alpha is left alone.
void pixels_from_tensor(Tensor from, PixelLevels levels, int width, int height, PixelFormat format, uint8_t *to,
                        size_t stride_bytes);

#endif
