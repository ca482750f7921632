// What has to be known of ICC profiles: whether one belongs to RGB pixels. Nothing here converts colours.
#ifndef IMAGE_ICC_H
#define IMAGE_ICC_H

#include <stdbool.h>

#include "core/bytes.h"

// Whether `icc` has the header of a profile of RGB, and the size that this header tells (ICC.1, 7.2).
bool icc_is_rgb(const Bytes *icc);
// The same of grey.
bool icc_is_grey(const Bytes *icc);
// Empties a profile that does not belong to the pixels, which are RGB or, if `is_grey`, may be grey: one of CMYK, of
// which they were converted, without a word; a broken one with a warning.
void icc_settle(Bytes *icc, bool is_grey, Bytes *warnings);
// Whether a PNG can hold it: a header and a number of tags, the size that it tells, from version 4 on a multiple of 4
// (libpng refuses to write any other).
bool icc_fits_png(const Bytes *icc);

#endif
