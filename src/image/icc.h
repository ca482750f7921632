// Finds out whether an ICC profile belongs to RGB pixels. Nothing here converts colours.
#ifndef IMAGE_ICC_H
#define IMAGE_ICC_H

#include <stdbool.h>

#include "core/bytes.h"

// Whether `icc` has the header of a profile of RGB, and the size that this header tells (ICC.1, 7.2).
bool icc_is_rgb(const Bytes *icc);
// The same of grey.
bool icc_is_grey(const Bytes *icc);
// Drops a profile that does not fit the pixels: one of RGB always fits, one of grey if `fits_grey`. A CMYK profile is
// dropped without a warning, because the pixels were converted; a broken one with a warning.
void icc_settle(Bytes *icc, bool fits_grey, Bytes *warnings);
// Whether a PNG can hold it: it has a header, a number of tags and the size in its header, from version 4 on a multiple
// of 4 (libpng refuses others).
bool icc_fits_png(const Bytes *icc);

#endif
