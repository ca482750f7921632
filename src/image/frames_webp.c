// Animated WebP: libwebp puts the frames together itself.
#include <stdlib.h>
#include <string.h>
#include <webp/demux.h>

#include "image/decode.h"
#include "image/frames_kind.h"
#include "image/guard_webp.h"

static const char what[] = "WebP file";

typedef struct Reader {
    WebPAnimDecoder *decoder;
    int width, height;
    int shown_until; // of the last frame, in ms
} Reader;

// Before the decoder, which tells no reasons.
static Status check(const uint8_t *bytes, size_t size, const DecodeOptions *options) {
    WebPDemuxState state;
    WebPDemuxer *demuxer = WebPDemuxPartial(&(WebPData){bytes, size}, &state);
    Status status = STATUS_OK;
    if (state == WEBP_DEMUX_PARSE_ERROR) status = decode_damaged(what, "its chunks make no sense");
    else if (state != WEBP_DEMUX_DONE) status = decode_cut(what, size);
    else if (!(WebPDemuxGetI(demuxer, WEBP_FF_FORMAT_FLAGS) & ANIMATION_FLAG)) {
        status = status_fail(STATUS_BAD_ARGUMENT, "Expected an animation but the %s is a still picture.", what);
    } else {
        status = decode_check_size(what, WebPDemuxGetI(demuxer, WEBP_FF_CANVAS_WIDTH),
                                   WebPDemuxGetI(demuxer, WEBP_FF_CANVAS_HEIGHT), options);
    }
    WebPDemuxDelete(demuxer);
    return status;
}

static Status keep_chunk(const Reader *reader, const char *name, Bytes *out) {
    WebPChunkIterator chunk;
    if (!WebPDemuxGetChunk(WebPAnimDecoderGetDemuxer(reader->decoder), name, 1, &chunk)) return STATUS_OK;
    Status status = bytes_append(out, chunk.chunk.bytes, chunk.chunk.size);
    WebPDemuxReleaseChunkIterator(&chunk);
    return status;
}

static Status open_decoder(Reader *reader, const uint8_t *bytes, size_t size, const DecodeOptions *options,
                           FramesInfo *info) {
    Status status = check(bytes, size, options);
    if (status) return status;
    WebPAnimDecoderOptions wanted;
    WebPAnimInfo found;
    if (!WebPAnimDecoderOptionsInit(&wanted)) return status_fail(STATUS_INTERNAL, "This is not the expected libwebp.");
    wanted.color_mode = MODE_RGBA;
    reader->decoder = WebPAnimDecoderNew(&(WebPData){bytes, size}, &wanted);
    if (!reader->decoder) return decode_damaged(what, "its frames make no sense");
    if (!WebPAnimDecoderGetInfo(reader->decoder, &found))
        return status_fail(STATUS_INTERNAL, "libwebp tells nothing of the %s.", what);
    reader->width = (int)found.canvas_width;
    reader->height = (int)found.canvas_height;
    info->width = reader->width;
    info->height = reader->height;
    info->n_frames = (int)found.frame_count;
    info->n_loops = (int)found.loop_count;
    status = keep_chunk(reader, "ICCP", &info->meta.icc);
    if (!status) status = keep_chunk(reader, "EXIF", &info->meta.exif);
    return status ? status : keep_chunk(reader, "XMP ", &info->meta.xmp);
}

static Status unless_out_of_memory(Status status) {
    return status && guard_webp_ran_out() ? decode_no_memory(what) : status;
}

static Status open_file(const uint8_t *bytes, size_t size, const DecodeOptions *options, FramesInfo *info, void **out) {
    Reader *reader = calloc(1, sizeof *reader);
    if (!reader) return decode_no_memory(what);
    *out = reader;
    guard_webp_begin();
    return unless_out_of_memory(open_decoder(reader, bytes, size, options, info));
}

static Status next(void *context, FramePatch *patch) {
    Reader *reader = context;
    uint8_t *pixels;
    int shown_until;
    guard_webp_begin();
    if (!WebPAnimDecoderGetNext(reader->decoder, &pixels, &shown_until)) {
        return unless_out_of_memory(decode_damaged(what, "a frame's data makes no sense"));
    }
    Status status = image_create(reader->width, reader->height, 4, &patch->image);
    if (status) return status;
    memcpy(patch->image.pixels, pixels, image_row_bytes(&patch->image) * (size_t)reader->height);
    patch->delay = (FrameDelay){shown_until - reader->shown_until, 1000};
    reader->shown_until = shown_until;
    return STATUS_OK;
}

static void close_file(void *context) {
    Reader *reader = context;
    if (!reader) return;
    WebPAnimDecoderDelete(reader->decoder);
    free(reader);
}

const FramesKind frames_webp = {open_file, next, close_file};
