// The text chunks of a PNG file. They are copied unread, except for the XMP packet, which other formats have too.
#ifndef IMAGE_PNG_TEXT_H
#define IMAGE_PNG_TEXT_H

#include "image/png_chunk.h"

// Appends a text chunk (tEXt, zTXt, iTXt) to `text` whole, or its contents to `xmp` if it is an XMP packet that is not
// compressed and `xmp` is empty; other chunks are passed over.
MUST_CHECK Status png_text_keep(const PngChunk *chunk, Bytes *text, Bytes *xmp);

// If the text chunk holds EXIF, as ImageMagick and exiftool write it (a "Raw profile type exif" or "APP1" of
// hexadecimal digits), appends its TIFF structure to `exif`.
MUST_CHECK Status png_text_raw_exif(const PngChunk *chunk, Bytes *exif);

// The bytes before an XMP packet in the data of its iTXt chunk.
extern const uint8_t png_text_xmp_prefix[];
enum { PNG_TEXT_XMP_PREFIX_BYTES = 22 };

#endif
