// Each frame is written as a PNG, whose chunks are then renamed and numbered (PNG specification, third
// edition, 11.3.6).
#include "image/encode_apng.h"

#include <stdlib.h>

#include "image/png_chunk.h"

struct EncodeApng {
    EncodePicture picture;
    int n_frames, n_loops;
    int n_begun; // frames
    uint32_t sequence;
    AlikeRect part; // of the frame under way
    FrameDelay delay;
    bool has_control;
    Encode *frame;
    Bytes written; // of the frame, not yet taken over
    Bytes *sink;   // not owned
};

Status encode_apng_begin(const EncodePicture *picture, int n_frames, int n_loops, Bytes *sink, EncodeApng **out) {
    if (picture->format != ENCODE_PNG)
        return status_fail(STATUS_BAD_ARGUMENT, "Expected PNG for the format of an animation.");
    if (n_frames < 1 || n_loops < 0) {
        return status_fail(STATUS_BAD_ARGUMENT, "Expected at least 1 frame and 0 loops but received %d and %d.",
                           n_frames, n_loops);
    }
    EncodeApng *apng = malloc(sizeof *apng);
    if (!apng) return status_fail(STATUS_NO_MEMORY, "Not enough memory for the animation.");
    *apng = (EncodeApng){.picture = *picture, .n_frames = n_frames, .n_loops = n_loops, .sink = sink};
    Status status = bytes_append(sink, png_chunk_signature, PNG_CHUNK_SIGNATURE_BYTES);
    if (status) {
        encode_apng_free(apng);
        return status;
    }
    *out = apng;
    return STATUS_OK;
}

// As two 16-bit numbers: if necessary in milliseconds, hundredths, tenths or seconds. The longest delay is 65535
// seconds.
static FrameDelay short_delay(FrameDelay delay) {
    if (delay.numerator <= 65535 && delay.denominator <= 65535) return delay;
    for (int unit = 1000;; unit /= 10) {
        const int64_t n = ((int64_t)delay.numerator * unit + delay.denominator / 2) / delay.denominator;
        if (n <= 65535) return (FrameDelay){(int)n, unit};
        if (unit == 1) return (FrameDelay){65535, 1};
    }
}

static Status append_frame_control(EncodeApng *apng) {
    uint8_t control[26] = {0}; // replaces the canvas, and stays
    const FrameDelay delay = short_delay(apng->delay);
    png_chunk_set_u32(control, apng->sequence++);
    png_chunk_set_u32(control + 4, (uint32_t)apng->part.width);
    png_chunk_set_u32(control + 8, (uint32_t)apng->part.height);
    png_chunk_set_u32(control + 12, (uint32_t)apng->part.x);
    png_chunk_set_u32(control + 16, (uint32_t)apng->part.y);
    png_chunk_set_u16(control + 20, delay.numerator);
    png_chunk_set_u16(control + 22, delay.denominator);
    apng->has_control = true;
    return png_chunk_append(apng->sink, "fcTL", NULL, 0, control, sizeof control);
}

static Status append_animation_control(EncodeApng *apng) {
    uint8_t control[8];
    png_chunk_set_u32(control, (uint32_t)apng->n_frames);
    png_chunk_set_u32(control + 4, (uint32_t)apng->n_loops);
    return png_chunk_append(apng->sink, "acTL", NULL, 0, control, sizeof control);
}

static Status take_over_pixels(EncodeApng *apng, const PngChunk *chunk) {
    Status status = apng->has_control ? STATUS_OK : append_frame_control(apng);
    if (status) return status;
    if (apng->n_begun == 1) return png_chunk_append(apng->sink, "IDAT", NULL, 0, chunk->data, chunk->size);
    uint8_t number[4];
    png_chunk_set_u32(number, apng->sequence++);
    return png_chunk_append(apng->sink, "fdAT", number, sizeof number, chunk->data, chunk->size);
}

static Status take_over(EncodeApng *apng, const PngChunk *chunk) {
    if (png_chunk_is(chunk, "IDAT")) return take_over_pixels(apng, chunk);
    if (png_chunk_is(chunk, "IEND") || apng->n_begun > 1) return STATUS_OK;
    Status status = png_chunk_append(apng->sink, chunk->name, NULL, 0, chunk->data, chunk->size);
    return !status && png_chunk_is(chunk, "IHDR") ? append_animation_control(apng) : status;
}

// libpng writes whole chunks or parts of them: an incomplete chunk waits for its rest.
static Status take_over_whole_chunks(EncodeApng *apng) {
    size_t at = 0;
    PngChunk chunk;
    Status status = STATUS_OK;
    while (!status && png_chunk_read(apng->written.data, apng->written.size, &at, &chunk) == PNG_CHUNK_WHOLE) {
        status = take_over(apng, &chunk);
    }
    const size_t left = apng->written.size - at;
    if (at && left) memmove(apng->written.data, apng->written.data + at, left);
    apng->written.size = left;
    return status;
}

static Status end_frame(EncodeApng *apng) {
    if (!apng->frame) return STATUS_OK;
    Status status = encode_finish(apng->frame);
    if (!status) status = take_over_whole_chunks(apng);
    if (status) return status;
    encode_free(apng->frame);
    apng->frame = NULL;
    return STATUS_OK;
}

static bool is_part(const EncodeApng *apng, AlikeRect part) {
    const EncodePicture *picture = &apng->picture;
    if (apng->n_begun == 0) return !part.x && !part.y && part.width == picture->width && part.height == picture->height;
    return part.x >= 0 && part.y >= 0 && part.width > 0 && part.height > 0 && part.width <= picture->width - part.x &&
           part.height <= picture->height - part.y;
}

Status encode_apng_frame(EncodeApng *apng, AlikeRect part, FrameDelay delay) {
    if (apng->n_begun == apng->n_frames) {
        return status_fail(STATUS_INTERNAL, "The animation of %d frames was given more than that.", apng->n_frames);
    }
    if (!is_part(apng, part)) {
        return status_fail(STATUS_INTERNAL, "The animation was given a frame that is no part of it: %d x %d at %d, %d.",
                           part.width, part.height, part.x, part.y);
    }
    Status status = end_frame(apng);
    if (status) return status;
    apng->part = part;
    apng->delay = delay;
    apng->has_control = false;
    bytes_clear(&apng->written);
    EncodePicture picture = apng->picture;
    picture.width = part.width;
    picture.height = part.height;
    if (apng->n_begun > 0) // they stand before the first frame
        picture.icc = picture.colour = picture.exif = picture.xmp = picture.text = NULL;
    status = encode_begin(&picture, &apng->written, &apng->frame);
    if (status) return status;
    // What follows the signature is taken over with the first rows.
    memmove(apng->written.data, apng->written.data + PNG_CHUNK_SIGNATURE_BYTES,
            apng->written.size - PNG_CHUNK_SIGNATURE_BYTES);
    apng->written.size -= PNG_CHUNK_SIGNATURE_BYTES;
    apng->n_begun++;
    return STATUS_OK;
}

Status encode_apng_rows(EncodeApng *apng, const void *rows, size_t row_bytes, int n_rows) {
    if (!apng->frame) return status_fail(STATUS_INTERNAL, "The animation was given rows before a frame.");
    Status status = encode_rows(apng->frame, rows, row_bytes, n_rows);
    return status ? status : take_over_whole_chunks(apng);
}

Status encode_apng_finish(EncodeApng *apng) {
    if (apng->n_begun != apng->n_frames) {
        return status_fail(STATUS_INTERNAL, "The animation of %d frames was given only %d.", apng->n_frames,
                           apng->n_begun);
    }
    Status status = end_frame(apng);
    return status ? status : png_chunk_append(apng->sink, "IEND", NULL, 0, NULL, 0);
}

void encode_apng_free(EncodeApng *apng) {
    if (!apng) return;
    encode_free(apng->frame);
    bytes_free(&apng->written);
    free(apng);
}
