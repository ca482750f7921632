// The interface of each format to encode.c, which has checked all arguments. Only encoders include it.
#ifndef IMAGE_ENCODE_KIND_H
#define IMAGE_ENCODE_KIND_H

#include <stdbool.h>
#include <stdint.h>

#include "image/encode.h"

typedef struct EncodeKind {
    const char *name;
    int max_side, max_bits;
    bool has_grey;            // it writes pictures of one channel
    bool has_quality;         // or else it has a level
    size_t max_exif, max_xmp; // bytes; 0: any
    // `out` is set to the encoder that the other functions get. They do the same as those in encode.h; `picture` lives
    // until `free`.
    Status (*begin)(const EncodePicture *picture, Bytes *sink, void **out);
    Status (*rows)(void *encoder, const uint8_t *rows, size_t row_bytes, int n_rows);
    Status (*finish)(void *encoder);
    void (*free)(void *encoder);
    bool (*keeps_profile)(const Bytes *icc); // NULL: all are kept
} EncodeKind;

extern const EncodeKind encode_png, encode_jpeg, encode_webp, encode_webp_lossless;

#endif
