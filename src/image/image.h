// A decoded picture in memory, and the way from a file's bytes to it.
#ifndef IMAGE_IMAGE_H
#define IMAGE_IMAGE_H

#include <stddef.h>
#include <stdint.h>

#include "core/status.h"

typedef struct Image {
    uint8_t *pixels; // owned; [height][width][channels], rows without gaps
    int width, height;
    int channels; // 3 = RGB, 4 = RGBA with straight (not premultiplied) alpha
} Image;

enum {
    IMAGE_MAX_SIDE = 65535,
    IMAGE_MAX_PIXELS = 1 << 28, // 1 GiB as RGBA: what a 32-bit address space can still hold beside the work
};

// Decodes a PNG, JPEG, WebP or BMP file, told apart by its first bytes, never by its name. Grey and palette become RGB;
// 16 bits become 8 (rounded); tRNS, alpha channels and WebP alpha become RGBA; an RGBA picture stays RGBA even if opaque.
// `out` is written only on STATUS_OK and is then owned by the caller (image_free). Errors: STATUS_BAD_FORMAT (empty,
// unknown, truncated, broken, a side of 0), STATUS_UNSUPPORTED (larger than the limits above), STATUS_NO_MEMORY.
MUST_CHECK Status image_decode(const uint8_t *bytes, size_t size, Image *out);

// Allocates a picture; `width`, `height` from 1 and within the limits, `channels` 3 or 4. Pixels are not initialised.
MUST_CHECK Status image_create(int width, int height, int channels, Image *out);

// Accepts a zeroed Image and leaves one.
void image_free(Image *image);

#endif
