// Each frame is written as a PNG, whose chunks are then renamed and numbered (PNG specification, third edition, 11.3.6).
#include "image/encode_apng.h"

#include <stdlib.h>

#include "image/png_chunk.h"

struct EncodeApng {
    EncodePicture picture;
    int n_frames, n_loops;
    int n_begun; // frames
    uint32_t sequence;
    FrameDelay delay;
    bool has_control; // of the frame under way
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

static Status append_frame_control(EncodeApng *apng) {
    uint8_t control[26] = {0}; // at (0, 0), replaces all, stays
    FrameDelay delay = apng->delay;
    if (delay.numerator > 65535 || delay.denominator > 65535) {
        const double ms = 1000.0 * delay.numerator / delay.denominator + 0.5;
        delay = (FrameDelay){ms > 65535 ? 65535 : (int)ms, 1000};
    }
    png_chunk_set_u32(control, apng->sequence++);
    png_chunk_set_u32(control + 4, (uint32_t)apng->picture.width);
    png_chunk_set_u32(control + 8, (uint32_t)apng->picture.height);
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

// libpng writes whole chunks at times and parts of them at others: what is not whole waits.
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

Status encode_apng_frame(EncodeApng *apng, FrameDelay delay) {
    if (apng->n_begun == apng->n_frames) {
        return status_fail(STATUS_INTERNAL, "The animation of %d frames was given more than that.", apng->n_frames);
    }
    Status status = end_frame(apng);
    if (status) return status;
    apng->delay = delay;
    apng->has_control = false;
    bytes_clear(&apng->written);
    status = encode_begin(&apng->picture, &apng->written, &apng->frame);
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
