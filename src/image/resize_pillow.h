// Resizes pictures bit for bit as the Python library Pillow does.
#ifndef IMAGE_RESIZE_PILLOW_H
#define IMAGE_RESIZE_PILLOW_H

#include "image/image.h"

typedef enum ResizePillowFilter { RESIZE_PILLOW_BILINEAR, RESIZE_PILLOW_BICUBIC } ResizePillowFilter;

// The size of the result, and the wanted rectangle of it.
typedef struct ResizePillowTarget {
    int width, height;
    int x, y, crop_width, crop_height;
} ResizePillowTarget;

// The target of torchvision's Resize(side) and CenterCrop(side): its shorter side becomes `side`, the longer
// one int(side * long / short), and a square of `side` is cut from the middle.
ResizePillowTarget resize_pillow_centre(int width, int height, int side);

// Writes the wanted rectangle, RGB without gaps, of the picture, which must have 3 channels of 8 bits. As Image.resize
// in mode RGB: filters grow with the factor of reduction, rows first, columns then, each rounded to 8 bits (Pillow 2.7
// and later, src/libImaging/Resample.c); bicubic is Keys 1981 with a = -0.5. STATUS_NO_MEMORY.
MUST_CHECK Status resize_pillow(const Image *image, ResizePillowFilter filter, ResizePillowTarget target, uint8_t *out);

// The same of the picture in the middle of a white square whose side is its longer one (an odd pixel of margin is at
// the right and at the bottom): [side][side][3]. The margins take no memory.
MUST_CHECK Status resize_pillow_white_square(const Image *image, ResizePillowFilter filter, int side, uint8_t *out);

#endif
