// Writes a PNG row by row, so that a picture never has to be whole in memory.
#ifndef IMAGE_ENCODE_PNG_H
#define IMAGE_ENCODE_PNG_H

#include "core/bytes.h"
#include "core/status.h"

typedef struct EncodePng EncodePng;

// Starts a PNG of 8 bits a sample; `channels` 3 = RGB, 4 = RGBA. `level` is zlib's, 1 (fast) to 9 (small). What is ready is
// appended to `sink`, which the caller owns, must outlive the encoder, and may clear between calls.
MUST_CHECK Status encode_png_begin(int width, int height, int channels, int level, Bytes *sink, EncodePng **out);
// Appends `n_rows` rows of width * channels bytes, `row_bytes` apart.
MUST_CHECK Status encode_png_rows(EncodePng *png, const uint8_t *rows, size_t row_bytes, int n_rows);
// Writes the end. STATUS_INTERNAL unless exactly `height` rows were given.
MUST_CHECK Status encode_png_finish(EncodePng *png);
// Accepts NULL, and an encoder that was never finished.
void encode_png_free(EncodePng *png);

#endif
