// Bicubic enlargement (Keys 1981, a = -0.5) by a whole number: for alpha, and for areas where the network fails.
#ifndef IMAGE_CUBIC_H
#define IMAGE_CUBIC_H

#include "image/image.h"

enum { CUBIC_TAPS = 4, CUBIC_MAX_SCALE = 4 };

typedef struct Cubic {
    const Image *image; // not owned
    int scale;
    float weights[CUBIC_MAX_SCALE]
                 [CUBIC_TAPS]; // of the taps, for each position of an output sample between two input samples
} Cubic;

Cubic cubic_of(const Image *image, int scale);
// Channel `channel` of pixel (x, y) of the enlarged picture, edges repeated, in steps of the picture's samples, not
// clamped.
float cubic_sample(const Cubic *cubic, int x, int y, int channel);
// A value as a sample of 8 or 16 bits, rounded and clamped.
int cubic_to_level(float value, int bits);

#endif
