// Reads and changes the orientation and the size in EXIF and XMP. Everything else is copied unread.
#ifndef IMAGE_EXIF_H
#define IMAGE_EXIF_H

#include <stdbool.h>

#include "core/bytes.h"

// Removes the "Exif\0\0" before the TIFF structure. JPEG has it; some programs write it into other files too.
void exif_strip_prefix(Bytes *exif);
// Whether it begins like a TIFF structure.
bool exif_is_tiff(const Bytes *exif);
// Drops EXIF that does not begin so, with a warning that names the file's kind ("JPEG").
void exif_drop_broken(Bytes *exif, const char *kind, Bytes *warnings);
// The orientation, 1 to 8, of the first picture in the TIFF structure `exif`; 1 if it has none or is broken (TIFF 6.0,
// EXIF 2.3: 4.6.4). In `exif` it is set to 1, because the caller applies it. If it was not 1, the link to the thumbnail
// is removed, because the thumbnail is not rotated.
int exif_take_orientation(Bytes *exif);
// Sets the orientation in an XMP packet to 1, if there is one.
void exif_set_xmp_upright(Bytes *xmp);
// Sets the picture's width and height in `exif`, if they are there.
void exif_set_size(Bytes *exif, int width, int height);

#endif
