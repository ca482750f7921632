// TGA files (Truevision) to pixels. Called by image_decode only.
#ifndef IMAGE_DECODE_TGA_H
#define IMAGE_DECODE_TGA_H

#include "image/image.h"

// Whether the bytes may be a TGA file. There is no magic number, so every field of the header has to be plausible. Ask
// this last.
bool decode_tga_matches(const uint8_t *bytes, size_t size);
// As image_decode, for such bytes. Writes `out` only on STATUS_OK.
MUST_CHECK Status decode_tga(const uint8_t *bytes, size_t size, const DecodeOptions *options, Image *out);

#endif
