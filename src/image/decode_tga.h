// TGA files (Truevision) to pixels. Called by image_decode only.
#ifndef IMAGE_DECODE_TGA_H
#define IMAGE_DECODE_TGA_H

#include "image/image.h"

// Whether the bytes may be such a file. TGA has no magic number at its beginning, so that this is to be asked last:
// every field of the header has to make sense.
bool decode_tga_tells(const uint8_t *bytes, size_t size);
// As image_decode, for such bytes. Writes `out` only on STATUS_OK.
MUST_CHECK Status decode_tga(const uint8_t *bytes, size_t size, const DecodeOptions *options, Image *out);

#endif
