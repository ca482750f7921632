// Animated WebP: libwebp decodes the frames, which may be parts of the picture, one by one.
#include <stdlib.h>

#include "core/warnings.h"
#include "image/decode.h"
#include "image/frames_kind.h"
#include "image/webp_file.h"

static const char what[] = "WebP file";

typedef struct Reader {
    WebpFile file;
    const DecodeOptions *options;
    FramesInfo *info;
    int n_read;
    int width, height;
    bool is_clear; // the canvas will be empty when the next frame comes
} Reader;

// A last frame that is cut counts only if it is the first.
static void count_frames(Reader *reader) {
    FramesInfo *info = reader->info;
    WebPIterator last;
    info->n_frames = reader->file.n_frames;
    if (!reader->file.is_cut) return;
    if (info->n_frames > 1 && WebPDemuxGetFrame(reader->file.demuxer, info->n_frames, &last)) {
        if (!last.complete) info->n_frames--;
        WebPDemuxReleaseIterator(&last);
    }
    warnings_add(&info->warnings, REASON_FRAMES_MISSING,
                 "The %s ends too early: what comes after its frame %d is missing.", what, info->n_frames);
}

static Status open_file(const uint8_t *bytes, size_t size, const DecodeOptions *options, FramesInfo *info, void **out) {
    Reader *reader = calloc(1, sizeof *reader);
    if (!reader) return decode_no_memory(what);
    *out = reader;
    reader->options = options;
    reader->info = info;
    Status status = webp_file_open(bytes, size, options, &reader->file);
    if (status) return status;
    const WebPDemuxer *demuxer = reader->file.demuxer;
    if (!reader->file.is_animated)
        return status_fail(STATUS_BAD_ARGUMENT, "Expected an animation but the %s is a still picture.", what);
    const uint32_t width = WebPDemuxGetI(demuxer, WEBP_FF_CANVAS_WIDTH);
    const uint32_t height = WebPDemuxGetI(demuxer, WEBP_FF_CANVAS_HEIGHT);
    status = decode_check_size(what, width, height, options);
    if (status) return status;
    reader->width = info->width = (int)width;
    reader->height = info->height = (int)height;
    info->n_loops = (int)WebPDemuxGetI(demuxer, WEBP_FF_LOOP_COUNT);
    count_frames(reader);
    return webp_file_metadata(&reader->file, &info->meta, &info->warnings);
}

// As libwebp's animation decoder and Chromium compute it, with a power of two in place of 255², rounded down.
static void lay_over(const uint8_t *from, uint8_t *to) {
    const uint32_t above = from[3], below = (uint32_t)to[3] * (256 - above) / 256, both = above + below;
    const uint32_t scale = (1u << 24) / both;
    for (int c = 0; c < 3; c++) to[c] = (uint8_t)((from[c] * above + to[c] * below) * scale >> 24);
    to[3] = (uint8_t)both;
}

static bool is_whole(const Reader *reader, const WebPIterator *frame) {
    return frame->width == reader->width && frame->height == reader->height;
}

// Also records how the frame is disposed of. Over an empty canvas no blending is necessary.
static void place(Reader *reader, const WebPIterator *frame, FramePatch *patch) {
    const bool is_opaque = !frame->has_alpha || frame->blend_method == WEBP_MUX_NO_BLEND;
    const bool is_first = reader->n_read == 0 || reader->is_clear || (is_opaque && is_whole(reader, frame));
    const bool is_cleared = frame->dispose_method == WEBP_MUX_DISPOSE_BACKGROUND;
    reader->is_clear = is_cleared && (is_first || is_whole(reader, frame));
    patch->x = frame->x_offset;
    patch->y = frame->y_offset;
    patch->is_over = frame->blend_method == WEBP_MUX_BLEND && !is_first;
    patch->lay_over = lay_over;
    patch->delay = (FrameDelay){frame->duration, 1000};
    patch->disposal = is_cleared ? FRAME_CLEAR : FRAME_KEEP;
}

static Status next(void *context, FramePatch *patch) {
    Reader *reader = context;
    WebPIterator frame;
    if (!WebPDemuxGetFrame(reader->file.demuxer, reader->n_read + 1, &frame))
        return decode_damaged(what, "its frames make no sense");
    place(reader, &frame, patch);
    int n_rows = 0;
    Status status =
        webp_file_decode(&frame, frame.has_alpha, reader->options, &reader->info->warnings, &patch->image, &n_rows);
    WebPDemuxReleaseIterator(&frame);
    if (!status && reader->n_read == 0) status = webp_file_has_rows(n_rows);
    if (n_rows == 0) image_free(&patch->image);
    patch->image.height = n_rows; // the frame before stays visible in missing rows
    reader->n_read++;
    return status;
}

static void close_file(void *context) {
    Reader *reader = context;
    if (!reader) return;
    webp_file_close(&reader->file);
    free(reader);
}

const FramesKind frames_webp = {open_file, next, close_file};
