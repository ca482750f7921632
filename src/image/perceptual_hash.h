// A hash that pictures keep when they are resized, recompressed or made a little lighter: the low frequencies of the
// brightness, each above or below their median, as in pHash (Zauner 2010) and PDQ.
#ifndef IMAGE_PERCEPTUAL_HASH_H
#define IMAGE_PERCEPTUAL_HASH_H

#include "image/image.h"

enum {
    PERCEPTUAL_HASH_SIDE = 64, // the picture becomes means of this many cells either way
    PERCEPTUAL_HASH_LOW = 16,  // frequencies 1 to this, either way; 0 is the brightness as a whole
    PERCEPTUAL_HASH_BYTES = PERCEPTUAL_HASH_LOW * PERCEPTUAL_HASH_LOW / 8,
};

typedef struct PerceptualHash {
    // Bit x % 8 of byte 2 y + x / 8 is frequency (x + 1, y + 1).
    uint8_t bits[PERCEPTUAL_HASH_BYTES];
    uint8_t mirrored[PERCEPTUAL_HASH_BYTES]; // of the picture with left and right exchanged
    // Standard deviation of the cells, of 255. Near 0 the picture is of one colour, and its hash says nothing.
    float contrast;
} PerceptualHash;

// Of a picture of 8 bits a sample; one with alpha is laid on white. Brightness: 0.299 R + 0.587 G + 0.114 B.
void perceptual_hash_make(const Image *image, PerceptualHash *out);

#endif
