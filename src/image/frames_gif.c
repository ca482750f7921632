// GIF: how large the picture is, how many frames there are, and the pixels of each. Odd files are decoded as
// Chromium shows them (docs/guide/formats.md).
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "core/warnings.h"
#include "image/decode.h"
#include "image/frames_kind.h"
#include "image/gif_blocks.h"
#include "image/gif_lzw.h"

static const char what[] = "GIF file";

typedef struct Reader {
    GifBlocks blocks;
    GifLzw lzw;
    const DecodeOptions *options;
    FramesInfo *info;
    int n_read;
} Reader;

// ---- the pixels' data

// Reads `n` indices and forgets them; returns whether they are all there.
static bool pass_indices(GifLzw *lzw, size_t n) {
    uint8_t indices[4096];
    while (n > 0) {
        const int part = n < sizeof indices ? (int)n : (int)sizeof indices;
        if (gif_lzw_read(lzw, indices, part) < part) return false;
        n -= (size_t)part;
    }
    return true;
}

// Skips the frame that was just found. `is_whole`: all its pixels are there, even if a part of its end is missing.
static Status pass_frame(Reader *reader, bool *is_whole) {
    GifBlocks *blocks = &reader->blocks;
    *is_whole = gif_blocks_skip_pixels(blocks, blocks->at);
    if (*is_whole) return STATUS_OK;
    Status status = gif_blocks_again(blocks);
    if (status) return status;
    const GifImageDesc *frame = &blocks->gif->Image;
    const int code_size = gif_blocks_code_size(blocks);
    if (code_size <= 8) {
        gif_lzw_begin(&reader->lzw, blocks->gif, code_size);
        *is_whole = pass_indices(&reader->lzw, (size_t)frame->Width * (size_t)frame->Height);
    }
    blocks->at = blocks->size;
    return STATUS_OK;
}

// ---- the file

// Enlarges the canvas to the first frame, if the header says less; parts of later frames beyond it are not visible.
static void grow(Reader *reader) {
    const GifImageDesc *frame = &reader->blocks.gif->Image;
    FramesInfo *info = reader->info;
    const int right = frame->Left + frame->Width, bottom = frame->Top + frame->Height;
    if (right <= info->width && bottom <= info->height) return;
    warnings_add(&info->warnings, REASON_FIRST_FRAME_LARGER,
                 "The first frame of the %s reaches beyond its screen of %d x %d pixels: it is shown whole.", what,
                 info->width, info->height);
    if (right > info->width) info->width = right;
    if (bottom > info->height) info->height = bottom;
}

static Status explain_nothing(const Reader *reader, GifFound found) {
    if (found == GIF_FOUND_TRAILER) return decode_damaged(what, "it has no frame");
    if (found == GIF_FOUND_UNKNOWN) return decode_damaged(what, "a block of an unknown kind");
    return decode_cut(what, reader->blocks.size);
}

// The status of the end of the file, after all whole frames. `has_part`: a frame that is cut short follows them.
static Status explain_end(const Reader *reader, GifFound found, bool has_part) {
    FramesInfo *info = reader->info;
    const bool is_cut = has_part || found == GIF_FOUND_CUT;
    if (info->n_frames == 0 && !has_part) return explain_nothing(reader, found);
    if (is_cut && !reader->options->keeps_damaged) return decode_cut(what, reader->blocks.size);
    if (is_cut && info->n_frames > 0) {
        warnings_add(&info->warnings, REASON_FRAMES_MISSING,
                     "The %s ends too early: what comes after its frame %d is missing.", what, info->n_frames);
    }
    if (found == GIF_FOUND_UNKNOWN) {
        warnings_add(&info->warnings, REASON_UNKNOWN_BLOCK,
                     "After frame %d of the %s comes a block of an unknown kind: what follows is left out.",
                     info->n_frames, what);
    }
    if (found == GIF_FOUND_NO_MORE)
        warnings_add(&info->warnings, REASON_MAYBE_CUT,
                     "The %s has no end (its trailer is missing): it may have been cut short.", what);
    return STATUS_OK;
}

// Counts the frames that are whole. One that is cut counts if it is the first, and then only if damage is kept.
static Status survey(Reader *reader) {
    GifFound found;
    bool is_whole = true;
    FramesInfo *info = reader->info;
    info->width = reader->blocks.gif->SWidth;
    info->height = reader->blocks.gif->SHeight;
    for (info->n_frames = 0; is_whole;) {
        Status status = gif_blocks_seek(&reader->blocks, &found);
        if (status) return status;
        if (found != GIF_FOUND_FRAME) break;
        if (info->n_frames == 0) grow(reader);
        status = pass_frame(reader, &is_whole);
        if (status) return status;
        info->n_frames += is_whole;
    }
    info->n_loops = reader->blocks.n_loops;
    Status status = explain_end(reader, found, !is_whole);
    if (!status && info->n_frames == 0) info->n_frames = 1;
    return status;
}

static Status open_file(const uint8_t *bytes, size_t size, const DecodeOptions *options, FramesInfo *info, void **out) {
    Reader *reader = calloc(1, sizeof *reader);
    if (!reader) return decode_no_memory(what);
    *out = reader;
    reader->options = options;
    reader->info = info;
    Status status = gif_blocks_begin(bytes, size, &reader->blocks);
    if (!status) status = survey(reader);
    if (!status) status = decode_check_size(what, (uint32_t)info->width, (uint32_t)info->height, options);
    if (status) return status;
    gif_blocks_end(&reader->blocks);
    return gif_blocks_begin(bytes, size, &reader->blocks);
}

// ---- a frame

typedef struct Paint {
    uint8_t colours[256][4];
    uint8_t *indices;       // of a row
    uint8_t *is_there;      // of each row, whether it was painted
    int n_rows;             // that were
    int part_y, part_width; // the row that ends too early, and where
    int n_colours;          // of the palette
    bool has_others;        // an index is beyond it
} Paint;

// Black, where the file has no colour for an index.
static void choose_colours(const Reader *reader, Paint *paint) {
    const GifFileType *gif = reader->blocks.gif;
    const ColorMapObject *palette = gif->Image.ColorMap ? gif->Image.ColorMap : gif->SColorMap;
    paint->n_colours = palette ? palette->ColorCount : 0;
    for (int i = 0; i < 256; i++) {
        const bool is_known = i < paint->n_colours;
        const GifColorType colour = is_known ? palette->Colors[i] : (GifColorType){0};
        const uint8_t pixel[] = {colour.Red, colour.Green, colour.Blue, 255};
        memcpy(paint->colours[i], pixel, 4);
    }
    const int transparent = reader->blocks.control.TransparentColor;
    if (transparent != NO_TRANSPARENT_COLOR) memset(paint->colours[transparent], 0, 4);
    if (!palette)
        warnings_add(&reader->info->warnings, REASON_NO_PALETTE, "The %s has no palette: its pixels are black.", what);
}

// Which row of an interlaced frame is the file's row `i`.
static int interlaced_row(int i, int height) {
    static const struct {
        int first, step;
    } passes[] = {{0, 8}, {4, 8}, {2, 4}, {1, 2}};
    int pass = 0, row = i * 8;
    for (int n_before = 0; row >= height; row = passes[pass].first + (i - n_before) * passes[pass].step) {
        n_before += (height - passes[pass].first + passes[pass].step - 1) / passes[pass].step;
        pass++;
    }
    return row;
}

static void paint_row(Paint *paint, int n, uint8_t *to) {
    for (int x = 0; x < n; x++, to += 4) {
        const int index = paint->indices[x];
        memcpy(to, paint->colours[index], 4);
        paint->has_others |= index >= paint->n_colours && to[3] > 0;
    }
}

// Pixels beyond the patch are read and not painted. Of a row that ends too early, the pixels that exist are painted.
static void paint_rows(Reader *reader, Paint *paint, const Image *patch) {
    const GifImageDesc *frame = &reader->blocks.gif->Image;
    for (int i = 0; i < frame->Height; i++) {
        const int n = gif_lzw_read(&reader->lzw, paint->indices, frame->Width);
        const int y = frame->Interlace ? interlaced_row(i, frame->Height) : i;
        paint->part_y = y;
        paint->part_width = n < patch->width ? n : patch->width;
        if (y < patch->height) paint_row(paint, paint->part_width, patch->pixels + (size_t)y * image_row_bytes(patch));
        if (n < frame->Width) return;
        paint->is_there[y] = true;
        paint->n_rows++;
    }
}

// A missing row of an interlaced frame is copied from the nearest existing one above.
static void fill_rows(const Paint *paint, const Image *patch) {
    const size_t row_bytes = image_row_bytes(patch);
    for (int y = 0, above = -8; y < patch->height; y++) {
        if (paint->is_there[y])
            above = y;
        else if (y - above < 8) {
            const size_t n_there = y == paint->part_y ? (size_t)paint->part_width * 4 : 0;
            const uint8_t *from = patch->pixels + (size_t)above * row_bytes;
            memcpy(patch->pixels + (size_t)y * row_bytes + n_there, from + n_there, row_bytes - n_there);
        }
    }
}

static Status explain_damage(const Reader *reader) {
    if (reader->blocks.is_cut) return decode_cut(what, reader->blocks.size);
    return decode_damaged(what, "a frame's data makes no sense");
}

static void warn_of_rows(const Reader *reader, int n_missing) {
    FramesInfo *info = reader->info;
    const int height = reader->blocks.gif->Image.Height;
    if (info->n_frames == 1) {
        warnings_add(&info->warnings, REASON_ROWS_MISSING, "The %s is damaged or cut: %d of its %d rows are missing.",
                     what, n_missing, height);
    } else {
        warnings_add(&info->warnings, REASON_FRAME_DAMAGED,
                     "Frame %d of the %s is damaged or cut: %d of its %d rows are missing.", reader->n_read + 1, what,
                     n_missing, height);
    }
}

static Status read_pixels(Reader *reader, Paint *paint, const Image *patch) {
    GifBlocks *blocks = &reader->blocks;
    const GifImageDesc *frame = &blocks->gif->Image;
    const int code_size = gif_blocks_code_size(blocks);
    choose_colours(reader, paint);
    memset(patch->pixels, 0, image_row_bytes(patch) * (size_t)patch->height);
    if (code_size <= 8) {
        blocks->takes_part = true;
        gif_lzw_begin(&reader->lzw, blocks->gif, code_size);
        paint_rows(reader, paint, patch);
    }
    if (paint->has_others && paint->n_colours) {
        warnings_add(&reader->info->warnings, REASON_COLOURS_NOT_IN_PALETTE,
                     "The %s has pixels of colours that are not in its palette: they are black.", what);
    }
    const int n_missing = frame->Height - paint->n_rows;
    if (!n_missing) return STATUS_OK;
    const bool has_picture = reader->n_read > 0 || paint->n_rows > 0;
    if (!reader->options->keeps_damaged || !has_picture) return explain_damage(reader);
    warn_of_rows(reader, n_missing);
    if (frame->Interlace) fill_rows(paint, patch);
    return STATUS_OK;
}

// Keeps only the visible part of the frame, which may be empty.
static Status read_patch(Reader *reader, FramePatch *patch) {
    const GifImageDesc *frame = &reader->blocks.gif->Image;
    const int width = frame_clipped(frame->Left, frame->Width, reader->info->width);
    const int height = frame_clipped(frame->Top, frame->Height, reader->info->height);
    if (frame->Width == 0 || frame->Height == 0) {
        warnings_add(&reader->info->warnings, REASON_FRAME_EMPTY,
                     "Frame %d of the %s has no pixels: its size is %d x %d.", reader->n_read + 1, what, frame->Width,
                     frame->Height);
    }
    if (width == 0 || height == 0) return STATUS_OK;
    Status status = image_create(width, height, 4, &patch->image);
    if (status) return status;
    Paint paint = {.indices = calloc((size_t)frame->Width + (size_t)frame->Height, 1)};
    if (!paint.indices) return decode_no_memory(what);
    paint.is_there = paint.indices + frame->Width;
    status = read_pixels(reader, &paint, &patch->image);
    free(paint.indices);
    return status;
}

static FrameDisposal disposal(const GraphicsControlBlock *control) {
    if (control->DisposalMode == DISPOSE_BACKGROUND) return FRAME_CLEAR;
    const bool is_previous =
        control->DisposalMode == DISPOSE_PREVIOUS || control->DisposalMode == 4; // some programs write 4
    return is_previous ? FRAME_RESTORE : FRAME_KEEP;
}

static Status next(void *context, FramePatch *patch) {
    Reader *reader = context;
    GifBlocks *blocks = &reader->blocks;
    GifFound found;
    Status status = gif_blocks_seek(blocks, &found);
    if (status) return status;
    assert(found == GIF_FOUND_FRAME);
    const size_t start = blocks->at;
    status = read_patch(reader, patch);
    if (status) return status;
    patch->x = blocks->gif->Image.Left;
    patch->y = blocks->gif->Image.Top;
    patch->is_over = true;
    patch->delay = (FrameDelay){blocks->control.DelayTime, 100};
    patch->disposal = disposal(&blocks->control);
    reader->n_read++;
    if (!gif_blocks_skip_pixels(blocks, start)) blocks->at = blocks->size;
    return STATUS_OK;
}

static void close_file(void *context) {
    Reader *reader = context;
    if (!reader) return;
    gif_blocks_end(&reader->blocks);
    free(reader);
}

const FramesKind frames_gif = {open_file, next, close_file};
