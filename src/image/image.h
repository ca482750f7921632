// A decoded picture in memory, and its decoding from a file's bytes.
#ifndef IMAGE_IMAGE_H
#define IMAGE_IMAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/status.h"
#include "image/decode_options.h"
#include "image/metadata.h"

typedef struct Image {
    uint8_t *pixels; // owned; [height][width][channels], rows without gaps; uint16_t in the machine's order for 16 bits
    int width, height;
    int channels;   // 3 = RGB, 4 = RGBA with straight (not premultiplied) alpha
    int bits;       // of a sample: 8 or 16
    bool is_grey;   // every pixel has three equal colours, which a file may hold as one
    Metadata meta;  // its orientations are set to 1; the profile is one of RGB, or of grey if the picture is grey
    Bytes warnings; // owned: what was odd about the file (core/warnings.h)
} Image;

enum {
    IMAGE_MAX_SIDE = 65535,
    IMAGE_MAX_PIXELS = 1
        << 28, // by default: 1 GiB as RGBA, which leaves enough of the 32-bit address space for the work
};

// Decodes a still PNG, JPEG, WebP, GIF, BMP, TGA, PSD (its merged picture) or PPM (PGM, PBM) file, told apart by its
// bytes, never by its name (animations: frames.h). Grey and palette become RGB; tRNS, alpha channels and WebP alpha
// become RGBA; an RGBA picture stays RGBA even if opaque. The orientation in EXIF is applied. A profile of
// CMYK is dropped, since the pixels have become RGB, and one of grey unless the picture counts as grey. `options` NULL:
// all zero. `out` is written only on STATUS_OK and is then owned by the caller (image_free). Errors:
// STATUS_BAD_FORMAT (empty, unknown, truncated, broken, a side of 0), STATUS_UNSUPPORTED (larger than the limits
// above), STATUS_NO_MEMORY.
MUST_CHECK Status image_decode(const uint8_t *bytes, size_t size, const DecodeOptions *options, Image *out);

// Allocates a picture; `width`, `height` from 1 and within the limits, `channels` 3 or 4, `bits` 8 or 16. Pixels are
// not initialised. image_create: 8 bits.
MUST_CHECK Status image_create(int width, int height, int channels, Image *out);
MUST_CHECK Status image_create_deep(int width, int height, int channels, int bits, Image *out);

static inline size_t image_pixel_bytes(const Image *image) { return (size_t)(image->channels * (image->bits / 8)); }
static inline size_t image_row_bytes(const Image *image) { return (size_t)image->width * image_pixel_bytes(image); }

// Sample `i` of pixels of 8 or 16 bits.
static inline int image_sample(const uint8_t *pixels, int bits, size_t i) {
    return bits == 8 ? pixels[i] : ((const uint16_t *)(const void *)pixels)[i];
}

// Whether every pixel of an RGBA picture of 8 bits has alpha 255.
bool image_is_opaque(const Image *image);

// Accepts a zeroed Image and leaves one.
void image_free(Image *image);

#endif
