// Run-length encoded BMP files.
#ifndef IMAGE_BMP_RLE_H
#define IMAGE_BMP_RLE_H

#include "image/bmp_header.h"

// Writes into `image`, which is RGB of 8 bits, of the header's size and all black. Pixels that the file skips stay
// black, as in Chromium. Errors: STATUS_BAD_FORMAT (cut short, unless the options keep that, with a warning).
MUST_CHECK Status bmp_rle_read(const BmpHeader *header, const uint8_t *bytes, size_t size, const DecodeOptions *options,
                               Image *image);

#endif
