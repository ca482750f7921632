// Reads and changes the orientation and the size in EXIF and XMP. Everything else is copied unread.
#ifndef IMAGE_EXIF_H
#define IMAGE_EXIF_H

#include <stdbool.h>

#include "core/bytes.h"

// Removes the "Exif\0\0" before the TIFF structure. JPEG has it; some programs write it into other files too.
void exif_strip_prefix(Bytes *exif);
// Whether it begins as a TIFF structure does.
bool exif_is_tiff(const Bytes *exif);
// Empties what does not begin so, with a warning that names the file's kind ("JPEG").
void exif_drop_broken(Bytes *exif, const char *kind, Bytes *warnings);
// The orientation, 1 to 8, that the TIFF structure `exif` tells of its first picture, and 1 if it tells none or is
// broken (TIFF 6.0, EXIF 2.3: 4.6.4). In `exif` it becomes 1: the caller applies it. If it was another, the link to the
// thumbnail is removed, because the thumbnail is not turned.
int exif_take_orientation(Bytes *exif);
// Sets the orientation in an XMP packet to 1, if there is one.
void exif_set_xmp_upright(Bytes *xmp);
// Sets the picture's width and height in `exif`, if they are there.
void exif_set_size(Bytes *exif, int width, int height);

#endif
