// PPM, PGM and PBM files (Netpbm) to pixels. Called by image_decode only.
#ifndef IMAGE_DECODE_PNM_H
#define IMAGE_DECODE_PNM_H

#include "image/image.h"

// Whether the bytes are the beginning of such a file: "P1" to "P6", white space or a comment, a number.
bool decode_pnm_matches(const uint8_t *bytes, size_t size);
// As image_decode, for such bytes. Samples of 16 bits (PPM, PGM) stay so if the options say deep. Writes `out` only on
// STATUS_OK.
MUST_CHECK Status decode_pnm(const uint8_t *bytes, size_t size, const DecodeOptions *options, Image *out);

#endif
