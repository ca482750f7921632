// What the chunks of a PNG file tell beside its pixels.
#ifndef IMAGE_PNG_METADATA_H
#define IMAGE_PNG_METADATA_H

#include <stdbool.h>

#include "image/metadata.h"
#include "image/png_chunk.h"

// Keeps what `chunk`, whose checksum is right, tells: of each kind the first, of text all. Others are passed over. Chunks
// that say what colours mean count only before the pixels. What is broken is left out and said in `warnings`.
MUST_CHECK Status png_metadata_keep(const PngChunk *chunk, bool is_before_pixels, Metadata *meta, Bytes *warnings);

#endif
