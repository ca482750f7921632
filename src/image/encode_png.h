// The calls that the pipeline made before encode.h was: a PNG of 8 bits without metadata. To be removed with their last
// caller.
#ifndef IMAGE_ENCODE_PNG_H
#define IMAGE_ENCODE_PNG_H

#include "image/encode.h"

typedef Encode EncodePng;

MUST_CHECK static inline Status encode_png_begin(int width, int height, int channels, int level, Bytes *sink,
                                                 EncodePng **out) {
    const EncodePicture picture = {
        .format = ENCODE_PNG, .width = width, .height = height, .channels = channels, .bits = 8, .level = level};
    return encode_begin(&picture, sink, out);
}

MUST_CHECK static inline Status encode_png_rows(EncodePng *png, const uint8_t *rows, size_t row_bytes, int n_rows) {
    return encode_rows(png, rows, row_bytes, n_rows);
}

MUST_CHECK static inline Status encode_png_finish(EncodePng *png) { return encode_finish(png); }
static inline void encode_png_free(EncodePng *png) { encode_free(png); }

#endif
