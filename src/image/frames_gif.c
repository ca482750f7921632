// GIF with giflib. What is asked for beyond the end of the bytes is an error: a cut animation is never a shorter one.
#include <assert.h>
#include <gif_lib.h>
#include <stdlib.h>
#include <string.h>

#include "image/decode.h"
#include "image/frames_kind.h"

static const char what[] = "GIF file";

typedef struct Reader {
    const DecodeOptions *options;
    GifFileType *gif;
    const uint8_t *bytes;
    size_t size, at;
    bool is_cut;                  // bytes beyond the end were asked for
    GraphicsControlBlock control; // for the next frame
    int n_loops;
} Reader;

static const GraphicsControlBlock no_control = {.TransparentColor = NO_TRANSPARENT_COLOR};

static int read_bytes(GifFileType *gif, GifByteType *to, int n) {
    Reader *reader = gif->UserData;
    if ((size_t)n > reader->size - reader->at) {
        reader->is_cut = true;
        return 0;
    }
    memcpy(to, reader->bytes + reader->at, (size_t)n);
    reader->at += (size_t)n;
    return n;
}

static Status explain(const Reader *reader, int code) {
    if (reader->is_cut) return decode_cut(what, reader->size);
    switch (code) {
    case D_GIF_ERR_NO_SCRN_DSCR: // its palette was refused memory: what else there is to it cannot be wrong
    case D_GIF_ERR_NOT_ENOUGH_MEM: return decode_no_memory(what);
    case D_GIF_ERR_WRONG_RECORD: return decode_damaged(what, "a block of an unknown kind");
    case D_GIF_ERR_NOT_GIF_FILE: return decode_damaged(what, "its first bytes are not those of GIF87a or GIF89a");
    default: return decode_damaged(what, "its data makes no sense");
    }
}

static Status failed(const Reader *reader) { return explain(reader, reader->gif->Error); }

static Status begin(Reader *reader) {
    int code = 0;
    reader->at = 0;
    reader->control = no_control;
    reader->gif = DGifOpen(reader, read_bytes, &code);
    return reader->gif ? STATUS_OK : explain(reader, code);
}

static void end(Reader *reader) {
    if (reader->gif) DGifCloseFile(reader->gif, NULL);
    reader->gif = NULL;
}

// ---- extensions: how long and how a frame is shown, and how often all of them

static void take_extension(Reader *reader, int code, const GifByteType *block, bool *is_loops) {
    const size_t size = block[0];
    const GifByteType *data = block + 1;
    if (code == GRAPHICS_EXT_FUNC_CODE && size == 4) DGifExtensionToGCB(size, data, &reader->control);
    if (code == APPLICATION_EXT_FUNC_CODE && size == 11)
        *is_loops = !memcmp(data, "NETSCAPE2.0", 11) || !memcmp(data, "ANIMEXTS1.0", 11);
    else if (*is_loops && size >= 3 && data[0] == 1) {
        const int n = data[1] | data[2] << 8; // repetitions, 0 for ever
        reader->n_loops = n ? n + 1 : 0;
    }
}

static Status read_extension(Reader *reader) {
    int code;
    GifByteType *block;
    bool is_loops = false;
    for (int result = DGifGetExtension(reader->gif, &code, &block); block || result != GIF_OK;
         result = DGifGetExtensionNext(reader->gif, &block)) {
        if (result != GIF_OK) return failed(reader);
        take_extension(reader, code, block, &is_loops);
    }
    return STATUS_OK;
}

// Goes to the next frame's pixels; `found` is false at the end of the file.
static Status seek_frame(Reader *reader, bool *found) {
    for (;;) {
        GifRecordType type;
        if (DGifGetRecordType(reader->gif, &type) != GIF_OK) return failed(reader);
        *found = type == IMAGE_DESC_RECORD_TYPE;
        if (type == TERMINATE_RECORD_TYPE) return STATUS_OK;
        if (*found) return DGifGetImageHeader(reader->gif) == GIF_OK ? STATUS_OK : failed(reader);
        Status status = read_extension(reader);
        if (status) return status;
    }
}

static Status skip_pixels(Reader *reader) {
    int code_size;
    GifByteType *block;
    int result = DGifGetCode(reader->gif, &code_size, &block);
    while (result == GIF_OK && block) result = DGifGetCodeNext(reader->gif, &block);
    return result == GIF_OK ? STATUS_OK : failed(reader);
}

static Status count_frames(Reader *reader, int *n_frames) {
    bool found = true;
    Status status = STATUS_OK;
    for (*n_frames = 0; !status; ++*n_frames) {
        status = seek_frame(reader, &found);
        if (status || !found) break;
        status = skip_pixels(reader);
    }
    if (!status && *n_frames == 0) return decode_damaged(what, "it has no frame");
    return status;
}

// ---- pixels

static void paint_row(const ColorMapObject *palette, int transparent, const GifPixelType *indices, int n, uint8_t *to) {
    for (int x = 0; x < n; x++, to += 4) {
        const int index = indices[x];
        const bool is_seen = index != transparent && index < palette->ColorCount;
        const GifColorType colour = is_seen ? palette->Colors[index] : (GifColorType){0};
        const uint8_t pixel[] = {colour.Red, colour.Green, colour.Blue, is_seen ? 255 : 0};
        memcpy(to, pixel, 4);
    }
}

static Status read_pixels(Reader *reader, Image *image, GifPixelType *indices) {
    static const struct {
        int first, step;
    } passes[] = {{0, 8}, {4, 8}, {2, 4}, {1, 2}, {0, 1}}; // the last one stands for what is not interlaced
    const GifImageDesc *frame = &reader->gif->Image;
    const ColorMapObject *palette = frame->ColorMap ? frame->ColorMap : reader->gif->SColorMap;
    if (!palette) return decode_damaged(what, "it has no palette");
    for (int pass = frame->Interlace ? 0 : 4; pass < (frame->Interlace ? 4 : 5); pass++) {
        for (int y = passes[pass].first; y < image->height; y += passes[pass].step) {
            if (DGifGetLine(reader->gif, indices, image->width) != GIF_OK) return failed(reader);
            paint_row(palette, reader->control.TransparentColor, indices, image->width,
                      image->pixels + (size_t)y * image_row_bytes(image));
        }
    }
    return STATUS_OK;
}

static Status open_file(const uint8_t *bytes, size_t size, const DecodeOptions *options, FramesInfo *info, void **out) {
    Reader *reader = malloc(sizeof *reader);
    if (!reader) return decode_no_memory(what);
    *reader = (Reader){.options = options, .bytes = bytes, .size = size, .n_loops = 1};
    *out = reader;
    Status status = begin(reader);
    if (!status) status = decode_check_size(what, (uint32_t)reader->gif->SWidth, (uint32_t)reader->gif->SHeight, options);
    if (!status) status = count_frames(reader, &info->n_frames);
    if (status) return status;
    info->width = reader->gif->SWidth;
    info->height = reader->gif->SHeight;
    info->n_loops = reader->n_loops;
    end(reader);
    return begin(reader);
}

static Status next(void *context, FramePatch *patch) {
    Reader *reader = context;
    bool found;
    Status status = seek_frame(reader, &found);
    if (status) return status;
    assert(found);
    const GifImageDesc *frame = &reader->gif->Image;
    status = decode_check_size(what, (uint32_t)frame->Width, (uint32_t)frame->Height, reader->options);
    if (!status) status = image_create(frame->Width, frame->Height, 4, &patch->image);
    if (status) return status;
    GifPixelType *indices = malloc((size_t)frame->Width);
    status = indices ? read_pixels(reader, &patch->image, indices) : decode_no_memory(what);
    free(indices);
    patch->x = frame->Left;
    patch->y = frame->Top;
    patch->is_over = true;
    patch->delay = (FrameDelay){reader->control.DelayTime, 100};
    patch->disposal = reader->control.DisposalMode == DISPOSE_BACKGROUND ? FRAME_IS_CLEARED
                      : reader->control.DisposalMode == DISPOSE_PREVIOUS ? FRAME_IS_TAKEN_BACK
                                                                         : FRAME_STAYS;
    reader->control = no_control;
    return status;
}

static void close_file(void *context) {
    Reader *reader = context;
    if (!reader) return;
    end(reader);
    free(reader);
}

const FramesKind frames_gif = {open_file, next, close_file};
