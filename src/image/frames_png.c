// Animated PNG: each frame is put into a PNG file of its own and decoded as one.
#include <stdlib.h>

#include "image/decode.h"
#include "image/decode_png.h"
#include "image/frames_kind.h"
#include "image/icc.h"
#include "image/png_chunk.h"
#include "image/png_text.h"

static const char what[] = "PNG file";

enum { IHDR_BYTES = 13, ACTL_BYTES = 8, FCTL_BYTES = 26 };

typedef struct Reader {
    DecodeOptions options; // of a frame
    const uint8_t *bytes;
    size_t size, at;
    uint8_t ihdr[IHDR_BYTES];
    int width, height;
    Bytes shared; // chunks that every frame needs
    bool has_profile;
} Reader;

static Status read_chunk(Reader *reader, PngChunk *chunk) {
    switch (png_chunk_read(reader->bytes, reader->size, &reader->at, chunk)) {
    case PNG_CHUNK_CUT: return decode_cut(what, reader->size);
    case PNG_CHUNK_DAMAGED: return decode_damaged(what, "a chunk is broken");
    default: return STATUS_OK;
    }
}

static Status damaged(void) { return decode_damaged(what, "its frames are not what it says of them"); }

static bool is_shared(const PngChunk *chunk) {
    static const char *const names[] = {"PLTE", "tRNS", "iCCP"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (png_chunk_is(chunk, names[i])) return true;
    }
    return false;
}

// The chunks of frames are numbered.
static bool is_next(const PngChunk *chunk, uint32_t *sequence) {
    const bool is_numbered = png_chunk_is(chunk, "fcTL") || png_chunk_is(chunk, "fdAT");
    return !is_numbered || (chunk->size >= 4 && png_chunk_u32(chunk->data) == (*sequence)++);
}

static Status keep_metadata(const PngChunk *chunk, FramesInfo *info) {
    if (png_chunk_is(chunk, "eXIf") && !info->meta.exif.size) return bytes_append(&info->meta.exif, chunk->data, chunk->size);
    return png_text_keep(chunk, &info->meta.text, &info->meta.xmp);
}

// Goes through the whole file once, so that nothing can be missing later.
static Status survey(Reader *reader, FramesInfo *info) {
    PngChunk chunk;
    int n_found = 0;
    uint32_t sequence = 0;
    bool has_pixels = false;
    for (reader->at = PNG_CHUNK_SIGNATURE_BYTES;;) {
        Status status = read_chunk(reader, &chunk);
        if (status) return status;
        if (png_chunk_is(&chunk, "IEND")) break;
        if (png_chunk_is(&chunk, "IHDR") && chunk.size == IHDR_BYTES) memcpy(reader->ihdr, chunk.data, IHDR_BYTES);
        if (png_chunk_is(&chunk, "acTL") && chunk.size == ACTL_BYTES && !has_pixels) {
            info->n_frames = (int)(png_chunk_u32(chunk.data) & 0x7fffffff);
            info->n_loops = (int)(png_chunk_u32(chunk.data + 4) & 0x7fffffff);
        }
        if (png_chunk_is(&chunk, "IDAT")) has_pixels = true;
        if (!is_next(&chunk, &sequence)) return damaged();
        status = keep_metadata(&chunk, info);
        if (status) return status;
        n_found += png_chunk_is(&chunk, "fcTL") && chunk.size == FCTL_BYTES;
        if (!is_shared(&chunk)) continue;
        if (png_chunk_is(&chunk, "iCCP")) reader->has_profile = true;
        status = png_chunk_append(&reader->shared, chunk.name, NULL, 0, chunk.data, chunk.size);
        if (status) return status;
    }
    if (info->n_frames == 0)
        return status_fail(STATUS_BAD_ARGUMENT, "Expected an animation but the %s is a still picture.", what);
    return n_found == info->n_frames ? STATUS_OK : damaged();
}

// The chunks from here to the end of the frame, as a PNG file.
static Status gather(Reader *reader, const uint8_t *size, Bytes *file) {
    uint8_t ihdr[IHDR_BYTES];
    memcpy(ihdr, reader->ihdr, IHDR_BYTES);
    memcpy(ihdr, size, 8); // width and height
    Status status = bytes_append(file, png_chunk_signature, PNG_CHUNK_SIGNATURE_BYTES);
    if (!status) status = png_chunk_append(file, "IHDR", NULL, 0, ihdr, IHDR_BYTES);
    if (!status) status = bytes_append(file, reader->shared.data, reader->shared.size);
    while (!status) {
        const size_t before = reader->at;
        PngChunk chunk;
        status = read_chunk(reader, &chunk);
        if (status) break;
        if (png_chunk_is(&chunk, "IDAT")) status = png_chunk_append(file, "IDAT", NULL, 0, chunk.data, chunk.size);
        if (png_chunk_is(&chunk, "fdAT")) { // a number, then what an IDAT has
            status = png_chunk_append(file, "IDAT", NULL, 0, chunk.data + 4, chunk.size - 4);
        }
        if (png_chunk_is(&chunk, "fcTL") || png_chunk_is(&chunk, "IEND")) {
            reader->at = before;
            break;
        }
    }
    return status ? status : png_chunk_append(file, "IEND", NULL, 0, NULL, 0);
}

static Status read_image(Reader *reader, const uint8_t *size, Image *image) {
    Bytes file = {0};
    Status status = gather(reader, size, &file);
    if (!status) status = decode_png(file.data, file.size, &reader->options, image);
    bytes_free(&file);
    return status;
}

static Status next(void *context, FramePatch *patch) {
    Reader *reader = context;
    PngChunk chunk;
    do {
        Status status = read_chunk(reader, &chunk);
        if (status) return status;
    } while (!png_chunk_is(&chunk, "fcTL") || chunk.size != FCTL_BYTES);
    const uint8_t *control = chunk.data; // sequence, width, height, x, y, delay, disposal, blending
    const uint32_t width = png_chunk_u32(control + 4), height = png_chunk_u32(control + 8);
    const uint32_t x = png_chunk_u32(control + 12), y = png_chunk_u32(control + 16);
    if ((uint64_t)x + width > (uint32_t)reader->width || (uint64_t)y + height > (uint32_t)reader->height)
        return damaged();
    Status status = read_image(reader, control + 4, &patch->image);
    if (status) return status;
    const int denominator = png_chunk_u16(control + 22);
    patch->x = (int)x;
    patch->y = (int)y;
    patch->delay = (FrameDelay){png_chunk_u16(control + 20), denominator ? denominator : 100};
    patch->disposal = control[24] == 1 ? FRAME_IS_CLEARED : control[24] == 2 ? FRAME_IS_TAKEN_BACK : FRAME_STAYS;
    patch->is_over = control[25] == 1;
    return STATUS_OK;
}

// The profile as libpng reads it from the first frame, which is decoded for nothing else here.
static Status read_profile(Reader *reader, Bytes *icc) {
    FramePatch first = {0};
    Status status = next(reader, &first);
    if (!status && icc_is_rgb(&first.image.meta.icc)) {
        *icc = first.image.meta.icc;
        first.image.meta.icc = (Bytes){0};
    }
    image_free(&first.image);
    return status;
}

static Status open_file(const uint8_t *bytes, size_t size, const DecodeOptions *options, FramesInfo *info, void **out) {
    Reader *reader = malloc(sizeof *reader);
    if (!reader) return decode_no_memory(what);
    *reader = (Reader){.options = {.max_pixels = options->max_pixels}, .bytes = bytes, .size = size};
    *out = reader;
    Status status = survey(reader, info);
    if (status) return status;
    const uint32_t width = png_chunk_u32(reader->ihdr), height = png_chunk_u32(reader->ihdr + 4);
    status = decode_check_size(what, width, height, options);
    if (status) return status;
    info->width = reader->width = (int)width;
    info->height = reader->height = (int)height;
    reader->at = PNG_CHUNK_SIGNATURE_BYTES;
    if (reader->has_profile) status = read_profile(reader, &info->meta.icc);
    reader->at = PNG_CHUNK_SIGNATURE_BYTES;
    return status;
}

static void close_file(void *context) {
    Reader *reader = context;
    if (!reader) return;
    bytes_free(&reader->shared);
    free(reader);
}

const FramesKind frames_png = {open_file, next, close_file};
