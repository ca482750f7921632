// What has to be known of ICC profiles: whether one belongs to RGB pixels. Nothing here converts colours.
#ifndef IMAGE_ICC_H
#define IMAGE_ICC_H

#include <stdbool.h>

#include "core/bytes.h"

// Whether `icc` has the header of a profile of RGB, and the size that this header tells (ICC.1, 7.2).
bool icc_is_rgb(const Bytes *icc);
// The same of grey.
bool icc_is_grey(const Bytes *icc);

#endif
