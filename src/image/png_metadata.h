// What the chunks of a PNG file tell beside its pixels.
#ifndef IMAGE_PNG_METADATA_H
#define IMAGE_PNG_METADATA_H

#include <stdbool.h>

#include "image/metadata.h"
#include "image/png_chunk.h"

// What came before a chunk.
typedef enum PngPlace { PNG_BEFORE_PALETTE, PNG_BEFORE_PIXELS, PNG_BEHIND_PIXELS } PngPlace;

// Keeps what `chunk`, whose checksum is right, tells: of each kind the first, of text all. Others are passed over.
// Chunks that say what colours mean count only before the pixels, cICP only before the palette, as in Chromium. What is
// broken is left out and said in `warnings`.
MUST_CHECK Status png_metadata_keep(const PngChunk *chunk, PngPlace place, Metadata *meta, Bytes *warnings);
// Says that a chunk was left out since its checksum is wrong.
void png_metadata_refuse(const PngChunk *chunk, Bytes *warnings);

#endif
