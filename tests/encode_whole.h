// A picture's file, written at once.
#ifndef TESTS_ENCODE_WHOLE_H
#define TESTS_ENCODE_WHOLE_H

#include "image/encode.h"

// pixels [height][width][channels], of 8 or 16 bits, without gaps.
static inline Status encode_whole(const EncodePicture *picture, const uint8_t *pixels, Bytes *out) {
    const size_t row_bytes = (size_t)picture->width * (size_t)picture->channels * (size_t)picture->bits / 8;
    Encode *encode = NULL;
    Status status = encode_begin(picture, out, &encode);
    if (!status) status = encode_rows(encode, pixels, row_bytes, picture->height);
    if (!status) status = encode_finish(encode);
    encode_free(encode);
    return status;
}

#endif
