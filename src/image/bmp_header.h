// The normalised header of a BMP file. There are a dozen forms since 1988, and programs fill them in differently.
#ifndef IMAGE_BMP_HEADER_H
#define IMAGE_BMP_HEADER_H

#include "image/image.h"

typedef enum BmpPacking { BMP_PLAIN, BMP_RLE4, BMP_RLE8, BMP_RLE24 } BmpPacking;

typedef struct BmpHeader {
    uint32_t width, height; // checked with decode_check_size
    bool is_top_down;       // otherwise the file's first row is the lowest
    uint32_t bits;          // of a pixel: 1, 2, 4 or 8, an index into the palette; 16, 24 or 32, colours
    BmpPacking packing;
    uint32_t masks[4];       // of a pixel of colours: where red, green, blue and alpha lie; alpha 0: there is none
    uint8_t palette[256][4]; // blue, green, red, 0; what the file leaves out is black
    size_t pixels;           // where they begin; may lie behind the file's end
    Density density;
    size_t icc, icc_size; // where in the file the profile lies; size 0: none
} BmpHeader;

// Errors: STATUS_BAD_FORMAT (cut short; no size; masks that are none), STATUS_UNSUPPORTED. Corrections are reported in
// `warnings`.
MUST_CHECK Status bmp_header_read(const uint8_t *bytes, size_t size, const DecodeOptions *options, BmpHeader *out,
                                  Bytes *warnings);

#endif
