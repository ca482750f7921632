// Animated PNG: each frame is put into a PNG file of its own and decoded as one.
#include <stdlib.h>

#include "core/warnings.h"
#include "image/decode.h"
#include "image/decode_png.h"
#include "image/frames_kind.h"
#include "image/icc.h"
#include "image/png_chunk.h"
#include "image/png_metadata.h"

static const char what[] = "PNG file";

enum { IHDR_BYTES = 13, ACTL_BYTES = 8, FCTL_BYTES = 26 };

typedef struct Reader {
    DecodeOptions options; // of a frame
    const uint8_t *bytes;
    size_t size, at;
    uint8_t ihdr[IHDR_BYTES];
    bool has_header, is_cut;
    Bytes shared; // chunks that every frame needs
} Reader;

// What a survey has found out so far.
typedef struct Survey {
    int n_told, n_found; // frames
    int n_whole;         // of them, those behind which something else follows
    uint32_t sequence;
    bool has_pixels, is_cut;
} Survey;

// The next chunk that is whole; one of a wrong checksum is passed over, unless it is a frame's. False: there is none.
static bool read_chunk(Reader *reader, PngChunk *chunk) {
    for (;;) {
        const PngChunkFound found = png_chunk_read(reader->bytes, reader->size, &reader->at, chunk);
        if (found == PNG_CHUNK_DAMAGED && (png_chunk_is(chunk, "fdAT") || png_chunk_is(chunk, "IDAT"))) return false;
        if (found != PNG_CHUNK_DAMAGED) return found == PNG_CHUNK_WHOLE;
    }
}

// The file is a still picture, or is to be taken for one.
static Status still(void) {
    return status_fail(STATUS_BAD_ARGUMENT, "Expected an animation but the %s is a still picture.", what);
}

static bool is_shared(const PngChunk *chunk) { return png_chunk_is(chunk, "PLTE") || png_chunk_is(chunk, "tRNS"); }

// The chunks of frames are numbered.
static bool is_next(const PngChunk *chunk, uint32_t *sequence) {
    const bool is_numbered = png_chunk_is(chunk, "fcTL") || png_chunk_is(chunk, "fdAT");
    return !is_numbered || (chunk->size >= 4 && png_chunk_u32(chunk->data) == (*sequence)++);
}

static void take_acTL(const PngChunk *chunk, const Survey *survey, FramesInfo *info, int *n_told) {
    if (chunk->size != ACTL_BYTES || survey->has_pixels || *n_told) return;
    *n_told = (int)(png_chunk_u32(chunk->data) & 0x7fffffff);
    info->n_loops = (int)(png_chunk_u32(chunk->data + 4) & 0x7fffffff);
}

// Whether a frame's rectangle lies in the picture.
static bool is_inside(const uint8_t *control, const uint8_t *ihdr) {
    const uint64_t right = (uint64_t)png_chunk_u32(control + 12) + png_chunk_u32(control + 4);
    const uint64_t bottom = (uint64_t)png_chunk_u32(control + 16) + png_chunk_u32(control + 8);
    return right <= png_chunk_u32(ihdr) && bottom <= png_chunk_u32(ihdr + 4);
}

// A frame begins. One before the pixels is the default picture, and must be as large.
static Status take_fcTL(Reader *reader, const PngChunk *chunk, Survey *survey) {
    if (chunk->size != FCTL_BYTES || !is_inside(chunk->data, reader->ihdr)) return still();
    if (!survey->has_pixels && memcmp(chunk->data + 4, reader->ihdr, 8)) return still();
    survey->n_whole = survey->n_found++;
    return STATUS_OK;
}

static Status take_chunk(Reader *reader, const PngChunk *chunk, Survey *survey, FramesInfo *info) {
    if (png_chunk_is(chunk, "IHDR") && chunk->size == IHDR_BYTES) {
        memcpy(reader->ihdr, chunk->data, IHDR_BYTES);
        reader->has_header = true;
    }
    if (png_chunk_is(chunk, "acTL")) take_acTL(chunk, survey, info, &survey->n_told);
    if (png_chunk_is(chunk, "IDAT")) survey->has_pixels = true;
    if (!is_next(chunk, &survey->sequence)) return still();
    if (png_chunk_is(chunk, "fcTL")) return take_fcTL(reader, chunk, survey);
    if (is_shared(chunk)) return png_chunk_append(&reader->shared, chunk->name, NULL, 0, chunk->data, chunk->size);
    return png_metadata_keep(chunk, !survey->has_pixels, &info->meta, &info->warnings);
}

static Status read_all(Reader *reader, Survey *survey, FramesInfo *info) {
    PngChunk chunk;
    for (reader->at = PNG_CHUNK_SIGNATURE_BYTES; read_chunk(reader, &chunk);) {
        if (png_chunk_is(&chunk, "IEND")) {
            survey->n_whole = survey->n_found;
            return STATUS_OK;
        }
        Status status = take_chunk(reader, &chunk, survey, info);
        if (status) return status;
    }
    survey->is_cut = true;
    return STATUS_OK;
}

// Goes through the whole file once, so that nothing can be missing later. A last frame behind which nothing follows may
// be cut short or may be whole: it is tried.
static Status survey_file(Reader *reader, FramesInfo *info, Survey *survey) {
    Status status = read_all(reader, survey, info);
    if (status) return status;
    if (survey->is_cut && (!survey->has_pixels || (survey->n_told && !survey->n_found))) return decode_cut(what, reader->size);
    if (!reader->has_header || !survey->n_told || !survey->n_found) return still();
    if (survey->is_cut && reader->options.keeps_damaged && survey->n_whole > 0) survey->n_found = survey->n_whole;
    info->n_frames = survey->n_found < survey->n_told ? survey->n_found : survey->n_told;
    if (survey->is_cut && info->n_frames < survey->n_told && !reader->options.keeps_damaged)
        return decode_cut(what, reader->size);
    if (survey->is_cut) warnings_add(&info->warnings, "The %s has no end: it may have been cut short.", what);
    if (survey->n_found != survey->n_told) {
        warnings_add(&info->warnings, "The %s tells of %d frames but has %d.", what, survey->n_told, survey->n_found);
    }
    return STATUS_OK;
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
        if (!read_chunk(reader, &chunk)) break; // the decoder tells whether all is there
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
    if (status == STATUS_BAD_FORMAT && reader->is_cut) status = decode_cut(what, reader->size);
    bytes_free(&file);
    return status;
}

static Status next(void *context, FramePatch *patch) {
    Reader *reader = context;
    PngChunk chunk;
    do {
        if (!read_chunk(reader, &chunk)) return decode_cut(what, reader->size);
    } while (!png_chunk_is(&chunk, "fcTL") || chunk.size != FCTL_BYTES);
    const uint8_t *control = chunk.data; // sequence, width, height, x, y, delay, disposal, blending
    const uint32_t x = png_chunk_u32(control + 12), y = png_chunk_u32(control + 16);
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

static Status open_file(const uint8_t *bytes, size_t size, const DecodeOptions *options, FramesInfo *info, void **out) {
    Reader *reader = malloc(sizeof *reader);
    if (!reader) return decode_no_memory(what);
    *reader = (Reader){.options = {.max_pixels = options->max_pixels, .keeps_damaged = options->keeps_damaged}, .bytes = bytes, .size = size};
    *out = reader;
    Survey survey = {0};
    Status status = survey_file(reader, info, &survey);
    reader->is_cut = survey.is_cut;
    if (status) return status;
    const uint32_t width = png_chunk_u32(reader->ihdr), height = png_chunk_u32(reader->ihdr + 4);
    status = decode_check_size(what, width, height, options);
    if (status) return status;
    info->width = (int)width;
    info->height = (int)height;
    if (!icc_is_rgb(&info->meta.icc)) bytes_free(&info->meta.icc);
    reader->at = PNG_CHUNK_SIGNATURE_BYTES;
    return STATUS_OK;
}

static void close_file(void *context) {
    Reader *reader = context;
    if (!reader) return;
    bytes_free(&reader->shared);
    free(reader);
}

const FramesKind frames_png = {open_file, next, close_file};
