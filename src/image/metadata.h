// The data of a picture file other than pixels.
#ifndef IMAGE_METADATA_H
#define IMAGE_METADATA_H

#include <stdbool.h>

#include "core/bytes.h"

// How large a picture is meant to be printed: pixels per metre, or, if the unit is unknown, only the proportions of a
// pixel (PNG specification, third edition, 11.3.4.3).
typedef struct Density {
    uint32_t x, y; // 0: unknown
    bool is_per_metre;
} Density;

typedef struct Metadata {
    Bytes icc;    // owned, as all others: the colour profile; size 0: none
    Bytes colour; // the chunks of a PNG with colour information (gAMA, cHRM, sRGB, cICP …), whole, one after
                  // another
    Bytes exif;   // the TIFF structure of the file's EXIF
    Bytes xmp;    // the XMP packet
    Bytes text;   // the text chunks of a PNG, whole, one after another (png_text.h)
    Density density;
} Metadata;

void metadata_free(Metadata *metadata); // accepts a zeroed one, and leaves one

#endif
