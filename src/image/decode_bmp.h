// BMP files to pixels. Called by image_decode only.
#ifndef IMAGE_DECODE_BMP_H
#define IMAGE_DECODE_BMP_H

#include "image/image.h"

// As image_decode, for bytes that begin like a BMP file, but as the file has it: the profile of any colour space.
// Writes `out` only on STATUS_OK.
MUST_CHECK Status decode_bmp(const uint8_t *bytes, size_t size, const DecodeOptions *options, Image *out);

#endif
