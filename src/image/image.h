// A decoded picture in memory, and the way from a file's bytes to it.
#ifndef IMAGE_IMAGE_H
#define IMAGE_IMAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/bytes.h"
#include "core/status.h"

typedef struct Image {
    uint8_t *pixels; // owned; [height][width][channels], rows without gaps; uint16_t in the machine's order for 16 bits
    int width, height;
    int channels; // 3 = RGB, 4 = RGBA with straight (not premultiplied) alpha
    int bits;     // of a sample: 8 or 16
    Bytes icc;    // owned: the RGB colour profile of the file; size 0: none
    Bytes exif;   // owned: the TIFF structure of the file's EXIF, its orientation made 1; size 0: none
    Bytes xmp;    // owned: the XMP packet, its orientation made 1 if the picture was turned; size 0: none
    Bytes text;   // owned: the text chunks of a PNG, whole, one after another (png_text.h); size 0: none
} Image;

enum {
    IMAGE_MAX_SIDE = 65535,
    IMAGE_MAX_PIXELS = 1 << 28, // 1 GiB as RGBA: what a 32-bit address space can still hold beside the work
};

// Decodes a still PNG, JPEG, WebP, GIF or BMP file, told apart by its first bytes, never by its name (animations:
// frames.h). Grey and palette become RGB; tRNS, alpha channels and WebP alpha become RGBA; an RGBA picture stays RGBA
// even if opaque. The orientation that EXIF tells of is applied. A profile that is not of RGB (grey, CMYK) is dropped,
// since the pixels have become RGB. 16 bits become 8 (rounded) in image_decode; image_decode_deep keeps them (only PNG
// has them). `out` is written only on STATUS_OK and is then owned by the caller (image_free). Errors: STATUS_BAD_FORMAT
// (empty, unknown, truncated, broken, a side of 0), STATUS_UNSUPPORTED (larger than the limits above),
// STATUS_NO_MEMORY.
MUST_CHECK Status image_decode(const uint8_t *bytes, size_t size, Image *out);
MUST_CHECK Status image_decode_deep(const uint8_t *bytes, size_t size, Image *out);

// Allocates a picture; `width`, `height` from 1 and within the limits, `channels` 3 or 4, `bits` 8 or 16. Pixels are not
// initialised. image_create: 8 bits.
MUST_CHECK Status image_create(int width, int height, int channels, Image *out);
MUST_CHECK Status image_create_deep(int width, int height, int channels, int bits, Image *out);

static inline size_t image_pixel_bytes(const Image *image) { return (size_t)(image->channels * (image->bits / 8)); }
static inline size_t image_row_bytes(const Image *image) { return (size_t)image->width * image_pixel_bytes(image); }

// Whether every pixel of an RGBA picture of 8 bits has alpha 255.
bool image_is_opaque(const Image *image);

// Accepts a zeroed Image and leaves one.
void image_free(Image *image);

#endif
