// Animated PNG: png_frames.h finds the frames; each is put into a PNG file of its own and decoded as one.
#include <stdlib.h>

#include "core/warnings.h"
#include "image/decode.h"
#include "image/decode_png.h"
#include "image/frames_kind.h"
#include "image/png_frames.h"
#include "image/png_metadata.h"

static const char what[] = "PNG file";

enum { IHDR_BYTES = 13 };

typedef struct Reader {
    DecodeOptions options; // of a frame
    PngAnimation animation;
    PngFrames frames;
    uint8_t ihdr[IHDR_BYTES];
    bool is_last_cut; // the pixels of the last frame reach beyond the end of the file
    Bytes shared;     // chunks that every frame needs
    PngPlace place;
    FramesInfo *info; // not owned
} Reader;

static Status next_chunk(const Reader *reader, size_t *at, PngChunkFound *found, PngChunk *chunk) {
    *found = png_chunk_read(reader->animation.bytes, reader->animation.size, at, chunk);
    if (*found == PNG_CHUNK_CUT && !png_chunk_is(chunk, "IDAT")) return decode_cut(what, reader->animation.size);
    return *found == PNG_CHUNK_NONSENSE ? decode_damaged(what, "a chunk is broken") : STATUS_OK;
}

// ---- the file

// The status for a file that is a still picture, or is treated as one.
static Status still(void) {
    return status_fail(STATUS_BAD_ARGUMENT, "Expected an animation but the %s is a still picture.", what);
}

static Status take_header(Reader *reader, const PngChunk *chunk) {
    memcpy(reader->ihdr, chunk->data, IHDR_BYTES);
    enum { COLOUR_TYPE = 9, HAS_COLOUR = 2 };
    reader->info->has_grey_samples = !(chunk->data[COLOUR_TYPE] & HAS_COLOUR);
    reader->animation.width = png_chunk_u32(chunk->data);
    reader->animation.height = png_chunk_u32(chunk->data + 4);
    return decode_check_size(what, reader->animation.width, reader->animation.height, &reader->options);
}

// A chunk before the pixels.
static Status take_chunk(Reader *reader, const PngChunk *chunk, size_t at) {
    FramesInfo *info = reader->info;
    if (png_chunk_is(chunk, "IHDR") && chunk->size == IHDR_BYTES) return take_header(reader, chunk);
    if (png_chunk_is(chunk, "PLTE")) reader->place = PNG_BEFORE_PIXELS;
    if (png_chunk_is(chunk, "PLTE") || png_chunk_is(chunk, "tRNS"))
        return png_chunk_append(&reader->shared, chunk->name, NULL, 0, chunk->data, chunk->size);
    if (png_chunk_is(chunk, "fcTL") && !reader->animation.control_at) reader->animation.control_at = at;
    if (png_chunk_is(chunk, "acTL")) return png_frames_take(&reader->animation, chunk) ? STATUS_OK : still();
    return png_metadata_keep(chunk, reader->place, &info->meta, &info->warnings);
}

static Status read_head(Reader *reader) {
    for (size_t at = PNG_CHUNK_SIGNATURE_BYTES;;) {
        const size_t before = at;
        PngChunkFound found;
        PngChunk chunk;
        Status status = next_chunk(reader, &at, &found, &chunk);
        if (status) return status;
        if (png_chunk_is(&chunk, "IDAT") || png_chunk_is(&chunk, "IEND")) {
            reader->animation.pixels_at = before;
            return reader->animation.n_frames && reader->animation.width ? STATUS_OK : still();
        }
        if (found == PNG_CHUNK_WHOLE)
            status = take_chunk(reader, &chunk, before);
        else if (png_chunk_is_critical(&chunk))
            return still(); // its decoder reports the error
        else
            png_metadata_refuse(&chunk, &reader->info->warnings);
        if (status) return status;
    }
}

static bool is_of_pixels(const PngChunk *chunk) {
    return png_chunk_is(chunk, "IDAT") || png_chunk_is(chunk, "fdAT") || png_chunk_is(chunk, "fcTL");
}

static Status read_tail(const Reader *reader) {
    FramesInfo *info = reader->info;
    for (size_t at = reader->animation.pixels_at;;) {
        PngChunk chunk;
        const PngChunkFound found = png_chunk_read(reader->animation.bytes, reader->animation.size, &at, &chunk);
        if (found == PNG_CHUNK_CUT || found == PNG_CHUNK_NONSENSE) {
            warnings_add(&info->warnings, REASON_MAYBE_CUT, "The %s has no end: it may have been cut short.", what);
            return STATUS_OK;
        }
        if (png_chunk_is(&chunk, "IEND")) return STATUS_OK;
        Status status = STATUS_OK;
        if (found == PNG_CHUNK_WHOLE)
            status = png_metadata_keep(&chunk, PNG_BEHIND_PIXELS, &info->meta, &info->warnings);
        else if (!is_of_pixels(&chunk))
            png_metadata_refuse(&chunk, &info->warnings);
        if (status) return status;
    }
}

// Looks for all frames, so that none can be missing later. A last frame that is cut short may have all its pixels: it
// is tried.
static Status survey(Reader *reader) {
    FramesInfo *info = reader->info;
    const PngAnimation *animation = &reader->animation;
    PngFrame frame;
    png_frames_begin(animation, &reader->frames);
    while (png_frames_next(&reader->frames, &frame)) reader->is_last_cut = reader->frames.is_cut;
    const uint32_t n = reader->frames.n_frames;
    if (reader->frames.end == PNG_FRAMES_CUT && !reader->options.keeps_damaged)
        return decode_cut(what, animation->size);
    if (!n) return still();
    info->n_frames = (int)n;
    info->n_loops = (int)animation->n_loops;
    if (n != animation->n_frames) {
        warnings_add(&info->warnings, REASON_FRAMES_MISCOUNTED,
                     "The %s tells of %u frames but has %u that can be shown.", what, (unsigned)animation->n_frames,
                     (unsigned)n);
    }
    png_frames_begin(animation, &reader->frames);
    return read_tail(reader);
}

static Status open_file(const uint8_t *bytes, size_t size, const DecodeOptions *options, FramesInfo *info, void **out) {
    Reader *reader = malloc(sizeof *reader);
    if (!reader) return decode_no_memory(what);
    *reader = (Reader){
        .options = {.max_pixels = options->max_pixels, .keeps_damaged = options->keeps_damaged},
        .animation = {.bytes = bytes, .size = size},
        .info = info,
    };
    *out = reader;
    Status status = read_head(reader);
    if (!status) status = survey(reader);
    if (status) return status;
    info->width = (int)reader->animation.width;
    info->height = (int)reader->animation.height;
    return STATUS_OK;
}

static void close_file(void *context) {
    Reader *reader = context;
    if (!reader) return;
    bytes_free(&reader->shared);
    free(reader);
}

// ---- frames

// The chunks of the frame's pixels, as those of a still picture. Their checksums count for IDAT alone, as in Chromium.
static Status gather_pixels(Reader *reader, const PngFrame *frame, Bytes *file) {
    enum { NUMBER = 4, AROUND = 12 };
    const char *name = frame->is_default ? "IDAT" : "fdAT";
    const uint32_t skip = frame->is_default ? 0 : NUMBER;
    Status status = STATUS_OK;
    for (size_t at = frame->at; !status;) {
        PngChunk chunk;
        const PngChunkFound found = png_chunk_read(reader->animation.bytes, reader->animation.size, &at, &chunk);
        if (found == PNG_CHUNK_NONSENSE) break;
        const bool is_its = png_chunk_is(&chunk, name) && chunk.size >= skip;
        if (is_its && found == PNG_CHUNK_DAMAGED && frame->is_default)
            status = bytes_append(file, chunk.data - 8, (size_t)chunk.size + AROUND);
        else if (is_its)
            status = png_chunk_append(file, "IDAT", NULL, 0, chunk.data + skip, chunk.size - skip);
        if (is_its && found == PNG_CHUNK_DAMAGED && !frame->is_default)
            warnings_add(&reader->info->warnings, REASON_PIXELS_DAMAGED,
                         "A checksum of the %s's pixels is wrong: some of them may be, too.", what);
        if (found == PNG_CHUNK_CUT || png_chunk_is(&chunk, "IEND") || png_chunk_is(&chunk, "fcTL")) break;
    }
    return status;
}

static Status gather(Reader *reader, const PngFrame *frame, Bytes *file) {
    uint8_t ihdr[IHDR_BYTES];
    memcpy(ihdr, reader->ihdr, IHDR_BYTES);
    png_chunk_set_u32(ihdr, frame->width);
    png_chunk_set_u32(ihdr + 4, frame->height);
    Status status = bytes_append(file, png_chunk_signature, PNG_CHUNK_SIGNATURE_BYTES);
    if (!status) status = png_chunk_append(file, "IHDR", NULL, 0, ihdr, IHDR_BYTES);
    if (!status) status = bytes_append(file, reader->shared.data, reader->shared.size);
    if (!status) status = gather_pixels(reader, frame, file);
    return status ? status : png_chunk_append(file, "IEND", NULL, 0, NULL, 0);
}

static Status decode_frame(Reader *reader, const PngFrame *frame, bool keeps_damaged, Image *image) {
    Bytes file = {0};
    DecodeOptions options = reader->options;
    options.keeps_damaged = keeps_damaged;
    Status status = gather(reader, frame, &file);
    if (!status) status = decode_png(file.data, file.size, &options, image);
    bytes_free(&file);
    if (!status) warnings_join(&reader->info->warnings, &image->warnings);
    const bool is_last = reader->frames.n_frames == (uint32_t)reader->info->n_frames;
    return status == STATUS_BAD_FORMAT && is_last && reader->is_last_cut ? decode_cut(what, reader->animation.size)
                                                                         : status;
}

// If damaged files are kept, a damaged frame is replaced by the canvas before it; of a damaged first frame, the
// existing part is used.
static Status read_image(Reader *reader, const PngFrame *frame, Image *image) {
    const bool keeps = reader->options.keeps_damaged, is_first = reader->frames.n_frames == 1;
    Status status = decode_frame(reader, frame, keeps && is_first, image);
    if (status != STATUS_BAD_FORMAT || !keeps || is_first) return status;
    warnings_add(&reader->info->warnings, REASON_FRAME_LEFT_OUT, "Frame %u of the %s is damaged and was left out.",
                 (unsigned)reader->frames.n_frames, what);
    return STATUS_OK;
}

static Status next(void *context, FramePatch *patch) {
    Reader *reader = context;
    PngFrame frame;
    if (!png_frames_next(&reader->frames, &frame)) return decode_cut(what, reader->animation.size);
    patch->x = (int)frame.x;
    patch->y = (int)frame.y;
    patch->delay = (FrameDelay){frame.numerator, frame.denominator ? frame.denominator : 100};
    patch->disposal = frame.disposal == 1 ? FRAME_CLEAR : frame.disposal == 2 ? FRAME_RESTORE : FRAME_KEEP;
    patch->is_over = frame.blending == 1;
    return read_image(reader, &frame, &patch->image);
}

const FramesKind frames_png = {open_file, next, close_file};
