// What has to be known of EXIF: which way up the picture is. All else in it is carried along unread.
#ifndef IMAGE_EXIF_H
#define IMAGE_EXIF_H

#include "core/bytes.h"

// The orientation, 1 to 8, that the TIFF structure `exif` tells of its first picture, and 1 if it tells none or is
// broken (TIFF 6.0, EXIF 2.3: 4.6.4). In `exif` it becomes 1: the caller applies it.
int exif_take_orientation(Bytes *exif);

#endif
