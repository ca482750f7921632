// The only user of stb_image. The decoders of BMP, TGA, PSD and PPM never pass a file on as it is: they check its size
// first, because stb_image reads missing bytes as zeros, and pass a normalised header.
#ifndef IMAGE_DECODE_STB_H
#define IMAGE_DECODE_STB_H

#include "image/image.h"

// A part of the file for stb_image; `bytes` NULL: `size` zeros.
typedef struct DecodeStbPart {
    const uint8_t *bytes;
    size_t size;
} DecodeStbPart;

// Decodes the file that the parts make, one after the other, to `channels` 1 (grey), 3 or 4 samples a pixel, with 8
// bits each, or 16 for decode_stb_deep; stb_image converts to these. `out` owns the pixels (free); only width, height,
// channels and bits are set. It is written only on STATUS_OK. `what` names the file in sentences.
MUST_CHECK Status decode_stb(const char *what, const DecodeStbPart *parts, int n_parts, int channels, Image *out);
MUST_CHECK Status decode_stb_deep(const char *what, const DecodeStbPart *parts, int n_parts, int channels, Image *out);

#endif
