// What a chunk holds compressed.
#ifndef IMAGE_PNG_INFLATE_H
#define IMAGE_PNG_INFLATE_H

#include <stdbool.h>

#include "core/bytes.h"

enum { PNG_INFLATE_MAX = 64 << 20 }; // bytes: a profile or EXIF of more is none, but a small file that grows

// Appends what the zlib stream `from` is when decompressed, up to PNG_INFLATE_MAX bytes. `is_whole` is false if it is
// broken, cut, or more than that; what came before is there.
MUST_CHECK Status png_inflate(const uint8_t *from, size_t size, Bytes *out, bool *is_whole);

#endif
