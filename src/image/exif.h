// What has to be known of EXIF and XMP: which way up the picture is, and how large. All else is carried along unread.
#ifndef IMAGE_EXIF_H
#define IMAGE_EXIF_H

#include <stdbool.h>

#include "core/bytes.h"

// Takes away the "Exif\0\0" that a JPEG's segment has before the TIFF structure, and that some programs put into other
// files too.
void exif_strip_prefix(Bytes *exif);
// Whether it begins as a TIFF structure does.
bool exif_is_tiff(const Bytes *exif);
// Empties what does not begin so, with a warning that names the file's kind ("JPEG").
void exif_drop_broken(Bytes *exif, const char *kind, Bytes *warnings);
// The orientation, 1 to 8, that the TIFF structure `exif` tells of its first picture, and 1 if it tells none or is
// broken (TIFF 6.0, EXIF 2.3: 4.6.4). In `exif` it becomes 1: the caller applies it. If it was another, the link to the
// thumbnail goes, since nobody turns that.
int exif_take_orientation(Bytes *exif);
// Makes the orientation 1 that an XMP packet tells, if it tells one.
void exif_set_xmp_upright(Bytes *xmp);
// Corrects the width and height that `exif` tells of the picture, where it does.
void exif_set_size(Bytes *exif, int width, int height);

#endif
