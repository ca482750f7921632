// Whether pixels of 8 bits look alike: they are the same, or both of alpha 0, whatever their colours.
#ifndef IMAGE_ALIKE_H
#define IMAGE_ALIKE_H

#include "image/image.h"

typedef struct AlikeRect {
    int x, y, width, height; // width 0: nothing
} AlikeRect;

// The smallest rectangle that holds all pixels in which two pictures of one size differ; `channels` 3 or 4, rows
// without gaps.
AlikeRect alike_difference(const uint8_t *a, const uint8_t *b, int width, int height, int channels);

#endif
