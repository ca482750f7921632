// Still GIF files to pixels. Called by image_decode only.
#ifndef IMAGE_DECODE_GIF_H
#define IMAGE_DECODE_GIF_H

#include "image/image.h"

// As image_decode, for bytes that begin like a GIF file. Writes
// `out` only on STATUS_OK.
MUST_CHECK Status decode_gif(const uint8_t *bytes, size_t size, const DecodeOptions *options, Image *out);

#endif
