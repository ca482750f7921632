// Finds the changed rectangle for encode_apng.h; libwebp's animation encoder (encode_awebp.h) does that itself.
#include "image/encode_frames.h"

#include <stdlib.h>
#include <string.h>

#include "core/checked.h"
#include "image/alike.h"
#include "image/encode_apng.h"
#include "image/encode_awebp.h"

struct EncodeFrames {
    EncodePicture picture;
    size_t frame_bytes;
    EncodeApng *apng;
    EncodeAwebp *awebp;
    Bytes icc;       // made for this file
    uint8_t *before; // the last frame, of apng; NULL: none yet
};

static Status no_memory(void) { return status_fail(STATUS_NO_MEMORY, "Not enough memory for the animation."); }

Status encode_frames_check(const EncodePicture *picture) {
    if (picture->format == ENCODE_JPEG)
        return status_fail(STATUS_BAD_ARGUMENT, "Expected PNG or WebP for the format of an animation: JPEG has none.");
    if (picture->bits != 8)
        return status_fail(STATUS_BAD_ARGUMENT, "Expected 8 for bits but received %d.", picture->bits);
    return encode_check(picture);
}

static bool frame_bytes(const EncodePicture *picture, size_t *bytes) {
    return checked_mul((size_t)picture->width, (size_t)picture->channels, bytes) &&
           checked_mul(*bytes, (size_t)picture->height, bytes);
}

size_t encode_frames_memory(const EncodePicture *picture) {
    size_t bytes;
    if (!frame_bytes(picture, &bytes)) return SIZE_MAX;
    return picture->format == ENCODE_PNG ? bytes : encode_awebp_memory(picture);
}

Status encode_frames_begin(const EncodePicture *picture, int n_frames, int n_loops, Bytes *sink, EncodeFrames **out) {
    Status status = encode_frames_check(picture);
    if (status) return status;
    EncodeFrames *encode = malloc(sizeof *encode);
    if (!encode) return no_memory();
    *encode = (EncodeFrames){.picture = *picture};
    status = encode_settle(&encode->picture, &encode->icc);
    if (!status && !frame_bytes(picture, &encode->frame_bytes)) status = no_memory();
    if (!status && picture->format == ENCODE_PNG)
        status = encode_apng_begin(&encode->picture, n_frames, n_loops, sink, &encode->apng);
    else if (!status)
        status = encode_awebp_begin(&encode->picture, n_frames, n_loops, sink, &encode->awebp);
    if (status) {
        encode_frames_free(encode);
        return status;
    }
    *out = encode;
    return STATUS_OK;
}

static AlikeRect changed_part(const EncodeFrames *encode, const uint8_t *pixels) {
    const EncodePicture *picture = &encode->picture;
    if (!encode->before) return (AlikeRect){0, 0, picture->width, picture->height};
    const AlikeRect part = alike_difference(pixels, encode->before, picture->width, picture->height, picture->channels);
    return part.width ? part : (AlikeRect){0, 0, 1, 1}; // a frame has a pixel at least
}

static Status add_changes(EncodeFrames *encode, const uint8_t *pixels, FrameDelay delay) {
    const AlikeRect part = changed_part(encode, pixels);
    const size_t channels = (size_t)encode->picture.channels, row_bytes = (size_t)encode->picture.width * channels;
    const uint8_t *corner = pixels + (size_t)part.y * row_bytes + (size_t)part.x * channels;
    Status status = encode_apng_frame(encode->apng, part, delay);
    if (!status) status = encode_apng_rows(encode->apng, corner, row_bytes, part.height);
    if (status) return status;
    if (!encode->before) encode->before = malloc(encode->frame_bytes);
    if (!encode->before) return no_memory();
    memcpy(encode->before, pixels, encode->frame_bytes);
    return STATUS_OK;
}

Status encode_frames_add(EncodeFrames *encode, const uint8_t *pixels, FrameDelay delay) {
    return encode->apng ? add_changes(encode, pixels, delay) : encode_awebp_frame(encode->awebp, pixels, delay);
}

Status encode_frames_finish(EncodeFrames *encode) {
    return encode->apng ? encode_apng_finish(encode->apng) : encode_awebp_finish(encode->awebp);
}

void encode_frames_free(EncodeFrames *encode) {
    if (!encode) return;
    encode_apng_free(encode->apng);
    encode_awebp_free(encode->awebp);
    free(encode->before);
    bytes_free(&encode->icc);
    free(encode);
}
