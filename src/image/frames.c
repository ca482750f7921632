// Puts frames onto the picture and takes them away again.
#include "image/frames.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "image/decode.h"
#include "image/frames_kind.h"

struct Frames {
    DecodeOptions options;
    const FramesKind *kind;
    void *reader;
    FramesInfo info;
    int n_read;
    Image canvas;
    Image before;    // the canvas without the frame that will be taken back
    FramePatch last; // its place and disposal; its pixels are gone
};

static const FramesKind *find_kind(const uint8_t *bytes, size_t size) {
    if (size >= 4 && !memcmp(bytes, "GIF8", 4)) return &frames_gif;
    if (size >= 4 && !memcmp(bytes, "\x89PNG", 4)) return &frames_png;
    if (size >= 12 && !memcmp(bytes + 8, "WEBP", 4)) return &frames_webp;
    return NULL;
}

static Status create_clear(const FramesInfo *info, Image *out) {
    Status status = image_create(info->width, info->height, 4, out);
    if (!status) memset(out->pixels, 0, image_row_bytes(out) * (size_t)out->height);
    return status;
}

static Status open_file(const uint8_t *bytes, size_t size, const DecodeOptions *options, Frames *frames) {
    if (options) frames->options = *options;
    frames->kind = find_kind(bytes, size);
    if (!frames->kind)
        return status_fail(STATUS_BAD_ARGUMENT, "Expected an animated GIF, PNG or WebP file but found another kind.");
    return frames->kind->open(bytes, size, &frames->options, &frames->info, &frames->reader);
}

static void free_info(FramesInfo *info) {
    metadata_free(&info->meta);
    bytes_free(&info->warnings);
}

int frames_count(const uint8_t *bytes, size_t size, const DecodeOptions *options) {
    Frames frames = {0};
    const int n = open_file(bytes, size, options, &frames) ? 1 : frames.info.n_frames;
    if (frames.kind) frames.kind->close(frames.reader);
    free_info(&frames.info);
    return n;
}

Status frames_open(const uint8_t *bytes, size_t size, const DecodeOptions *options, Frames **out) {
    Frames *frames = calloc(1, sizeof *frames);
    if (!frames) return status_fail(STATUS_NO_MEMORY, "Not enough memory for the animation.");
    Status status = open_file(bytes, size, options, frames);
    if (!status) status = create_clear(&frames->info, &frames->canvas);
    if (status) {
        frames_close(frames);
        return status;
    }
    *out = frames;
    return STATUS_OK;
}

const FramesInfo *frames_info(const Frames *frames) { return &frames->info; }
const DecodeOptions *frames_options(const Frames *frames) { return &frames->options; }

void frames_close(Frames *frames) {
    if (!frames) return;
    if (frames->kind) frames->kind->close(frames->reader);
    image_free(&frames->canvas);
    image_free(&frames->before);
    free_info(&frames->info);
    free(frames);
}

// ---- pixels

// Straight alpha over straight alpha (PNG specification, third edition, 13.16).
static void lay_over(const uint8_t *from, uint8_t *to) {
    const int above = from[3] * 255, below = (255 - from[3]) * to[3], both = above + below;
    if (!both) return;
    for (int c = 0; c < 3; c++) to[c] = (uint8_t)((from[c] * above + to[c] * below + both / 2) / both);
    to[3] = (uint8_t)((both + 127) / 255);
}

static void place_row(const FramePatch *patch, const uint8_t *from, uint8_t *to, int n) {
    const int channels = patch->image.channels;
    for (int x = 0; x < n; x++, from += channels, to += 4) {
        if (channels == 4 && patch->is_over) {
            lay_over(from, to);
            continue;
        }
        memcpy(to, from, 3);
        to[3] = channels == 4 ? from[3] : 255;
    }
}

static int clipped(int at, int length, int end) { return at >= end ? 0 : length < end - at ? length : end - at; }

static void place(Image *canvas, const FramePatch *patch) {
    const int width = clipped(patch->x, patch->image.width, canvas->width);
    const int height = clipped(patch->y, patch->image.height, canvas->height);
    for (int y = 0; y < height; y++) {
        uint8_t *to = canvas->pixels + (size_t)(patch->y + y) * image_row_bytes(canvas) + (size_t)patch->x * 4;
        place_row(patch, patch->image.pixels + (size_t)y * image_row_bytes(&patch->image), to, width);
    }
}

static void clear(Image *canvas, const FramePatch *patch) {
    const int width = clipped(patch->x, patch->image.width, canvas->width);
    const int height = clipped(patch->y, patch->image.height, canvas->height);
    for (int y = 0; y < height; y++) {
        memset(canvas->pixels + (size_t)(patch->y + y) * image_row_bytes(canvas) + (size_t)patch->x * 4, 0,
               (size_t)width * 4);
    }
}

static void copy(const Image *from, Image *to) {
    memcpy(to->pixels, from->pixels, image_row_bytes(from) * (size_t)from->height);
}

// The picture as the next frame finds it.
static void dispose(Frames *frames) {
    if (frames->last.disposal == FRAME_IS_CLEARED) clear(&frames->canvas, &frames->last);
    if (frames->last.disposal == FRAME_IS_TAKEN_BACK) copy(&frames->before, &frames->canvas);
    frames->last.disposal = FRAME_STAYS;
}

static Status keep_before(Frames *frames) {
    Status status = frames->before.pixels ? STATUS_OK : create_clear(&frames->info, &frames->before);
    if (!status) copy(&frames->canvas, &frames->before);
    return status;
}

Status frames_next(Frames *frames, const Image **canvas, FrameDelay *delay) {
    *canvas = NULL;
    if (frames->n_read == frames->info.n_frames) return STATUS_OK;
    FramePatch patch = {0};
    Status status = frames->kind->next(frames->reader, &patch);
    if (!status) {
        assert(patch.x >= 0 && patch.y >= 0);
        dispose(frames);
        if (patch.disposal == FRAME_IS_TAKEN_BACK) status = keep_before(frames);
    }
    if (!status) {
        place(&frames->canvas, &patch);
        frames->last = patch;
        frames->n_read++;
        *canvas = &frames->canvas;
        *delay = patch.delay;
    }
    image_free(&patch.image);
    frames->last.image.pixels = NULL;
    return status;
}

// ---- stills

Status frames_copy(const Image *canvas, int channels, Image *out) {
    const size_t n = (size_t)canvas->width * (size_t)canvas->height, pixel_bytes = (size_t)channels;
    Status status = image_create(canvas->width, canvas->height, channels, out);
    if (status) return status;
    for (size_t i = 0; i < n; i++) memcpy(out->pixels + i * pixel_bytes, canvas->pixels + i * 4, pixel_bytes);
    return STATUS_OK;
}

Status frames_only(const char *what, const uint8_t *bytes, size_t size, const DecodeOptions *options, Image *out) {
    Frames *frames = NULL;
    const Image *canvas = NULL;
    FrameDelay delay;
    Status status = frames_open(bytes, size, options, &frames);
    if (!status && frames->info.n_frames > 1) status = decode_animated(what);
    if (!status) status = frames_next(frames, &canvas, &delay);
    if (!status) status = frames_copy(canvas, image_is_opaque(canvas) ? 3 : 4, out);
    if (!status) {
        FramesInfo *info = &frames->info;
        out->meta = info->meta;
        out->warnings = info->warnings;
        info->meta = (Metadata){0};
        info->warnings = (Bytes){0};
    }
    frames_close(frames);
    return status;
}
