// The chunks of a PNG file, sorted before any pixel is decoded: those for libpng, and those that are copied. libpng
// gets only the chunks that pixels need (IHDR, PLTE, tRNS, IDAT), so that a fault in others cannot stop it.
#ifndef IMAGE_PNG_FILE_H
#define IMAGE_PNG_FILE_H

#include <stdbool.h>

#include "image/metadata.h"
#include "image/png_chunk.h"

typedef struct PngFile {
    size_t size;     // of the whole file
    Bytes pixels;    // owned: a PNG file of the chunks that pixels need, with an end
    Metadata meta;   // owned
    Bytes warnings;  // owned: about faults that do not change the picture
    bool is_cut;     // the file ends before its IEND
    bool is_damaged; // a chunk that pixels need has a wrong checksum
    bool is_mixed;   // other chunks stand between those of the pixels
    bool is_apple;   // it has Apple's CgBI chunk, and its pixels are not those of a PNG
    int n_animation; // frames, by an acTL chunk before the pixels; 0: none, or only the picture itself
} PngFile;

// Reads the chunks of a file of the PNG signature, as far as they go. `out` is written to in any case, and freed by the
// caller. STATUS_NO_MEMORY, STATUS_BAD_FORMAT for a chunk before the pixels that cannot be one, or that is unknown
// though it must be known.
MUST_CHECK Status png_file_read(const uint8_t *bytes, size_t size, PngFile *out);
void png_file_free(PngFile *file);

#endif
