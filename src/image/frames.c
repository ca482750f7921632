// Draws frames onto the canvas and disposes of them.
#include "image/frames.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "image/decode.h"
#include "image/exif.h"
#include "image/frames_kind.h"
#include "image/icc.h"
#include "image/orient.h"

typedef struct Place {
    int x, y, width, height; // within the canvas
} Place;

struct Frames {
    DecodeOptions options;
    const FramesKind *kind;
    void *reader;
    FramesInfo info;
    int n_read;
    Image canvas;
    Image turned; // the canvas upright; without pixels if the canvas is
    int orientation;
    Place last;             // frame
    FrameDisposal disposal; // of it
    Image before;           // the pixels under it, if they will be restored
    Place cleared;          // before the current frame was drawn
    FramesRows changed;
};

static const FramesKind *find_kind(const uint8_t *bytes, size_t size) {
    if (size >= 4 && !memcmp(bytes, "GIF8", 4)) return &frames_gif;
    if (size >= 4 && !memcmp(bytes, "\x89PNG", 4)) return &frames_png;
    if (size >= 12 && !memcmp(bytes + 8, "WEBP", 4)) return &frames_webp;
    return NULL;
}

static Status open_file(const uint8_t *bytes, size_t size, const DecodeOptions *options, Frames *frames) {
    if (options) frames->options = *options;
    frames->kind = find_kind(bytes, size);
    if (!frames->kind)
        return status_fail(STATUS_BAD_ARGUMENT, "Expected an animated GIF, PNG or WebP file but found another kind.");
    FramesInfo *info = &frames->info;
    Status status = frames->kind->open(bytes, size, &frames->options, info, &frames->reader);
    if (!status) icc_settle(&info->meta.icc, info->has_grey_samples, &info->warnings);
    return status;
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

// Frames are composed in the file's orientation, and then rotated.
static Status create_canvas(Frames *frames) {
    FramesInfo *info = &frames->info;
    Image *canvas = &frames->canvas;
    Status status = image_create(info->width, info->height, 4, canvas);
    if (status) return status;
    memset(canvas->pixels, 0, image_row_bytes(canvas) * (size_t)canvas->height);
    frames->orientation = exif_take_orientation(&info->meta.exif);
    if (frames->orientation == 1) return STATUS_OK;
    exif_set_xmp_upright(&info->meta.xmp);
    status = orient_create(canvas, frames->orientation, &frames->turned);
    info->width = frames->turned.width;
    info->height = frames->turned.height;
    return status;
}

Status frames_open(const uint8_t *bytes, size_t size, const DecodeOptions *options, Frames **out) {
    Frames *frames = calloc(1, sizeof *frames);
    if (!frames) return status_fail(STATUS_NO_MEMORY, "Not enough memory for the animation.");
    Status status = open_file(bytes, size, options, frames);
    if (!status) status = create_canvas(frames);
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
    image_free(&frames->turned);
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

static void replace_row(const Image *image, const uint8_t *from, uint8_t *to, int n) {
    if (image->channels == 4) {
        memcpy(to, from, (size_t)n * 4);
        return;
    }
    for (int x = 0; x < n; x++, from += 3, to += 4) {
        memcpy(to, from, 3);
        to[3] = 255;
    }
}

static void lay_row_over(const FramePatch *patch, const uint8_t *from, uint8_t *to, int n) {
    for (int x = 0; x < n; x++, from += 4, to += 4) {
        if (from[3] == 255)
            memcpy(to, from, 4);
        else if (from[3] > 0)
            patch->lay_over ? patch->lay_over(from, to) : lay_over(from, to);
    }
}

static uint8_t *pixel_at(const Image *image, int y, int x) {
    return image->pixels + (size_t)y * image_row_bytes(image) + (size_t)x * image_pixel_bytes(image);
}

static bool is_row_of(const Place *place, int y) { return y >= place->y && y < place->y + place->height; }

static int between(int value, int low, int high) { return value < low ? low : value > high ? high : value; }

// Pixels over a cleared area are copied: libwebp does not blend there, and its arithmetic would change them.
static void place_row(const Frames *frames, const FramePatch *patch, int y, int n) {
    const Place *cleared = &frames->cleared;
    const uint8_t *from = pixel_at(&patch->image, y, 0);
    uint8_t *to = pixel_at(&frames->canvas, patch->y + y, patch->x);
    const bool is_over = patch->is_over && patch->image.channels == 4;
    const bool has_cleared = patch->lay_over && is_row_of(cleared, patch->y + y);
    const int first = !is_over ? 0 : has_cleared ? between(cleared->x - patch->x, 0, n) : n;
    const int end = !is_over ? n : has_cleared ? between(cleared->x + cleared->width - patch->x, first, n) : n;
    lay_row_over(patch, from, to, first);
    replace_row(&patch->image, from + (size_t)first * (size_t)patch->image.channels, to + first * 4, end - first);
    lay_row_over(patch, from + end * 4, to + end * 4, n - end);
}

static Place place_of(const Image *canvas, const FramePatch *patch) {
    return (Place){patch->x, patch->y, frame_clipped(patch->x, patch->image.width, canvas->width),
                   frame_clipped(patch->y, patch->image.height, canvas->height)};
}

static void clear(const Image *canvas, const Place *place) {
    for (int y = 0; y < place->height; y++)
        memset(pixel_at(canvas, place->y + y, place->x), 0, (size_t)place->width * 4);
}

static Status keep_before(Frames *frames, const Place *place) {
    if (place->width == 0 || place->height == 0) return STATUS_OK;
    Image *before = &frames->before;
    Status status = image_create(place->width, place->height, 4, before);
    for (int y = 0; !status && y < place->height; y++)
        memcpy(pixel_at(before, y, 0), pixel_at(&frames->canvas, place->y + y, place->x), image_row_bytes(before));
    return status;
}

static void take_back(Frames *frames) {
    const Place *place = &frames->last;
    Image *before = &frames->before;
    for (int y = 0; before->pixels && y < before->height; y++)
        memcpy(pixel_at(&frames->canvas, place->y + y, place->x), pixel_at(before, y, 0), image_row_bytes(before));
    image_free(before);
}

// Disposes of the last frame, before the next one is drawn.
static void dispose(Frames *frames) {
    frames->cleared = (Place){0};
    if (frames->disposal == FRAME_CLEAR) {
        clear(&frames->canvas, &frames->last);
        frames->cleared = frames->last;
    }
    if (frames->disposal == FRAME_RESTORE) take_back(frames);
}

static FramesRows rows_of(const Place *place) { return (FramesRows){place->y, place->width > 0 ? place->height : 0}; }

static FramesRows both(FramesRows a, FramesRows b) {
    if (a.n == 0) return b;
    if (b.n == 0) return a;
    const int top = a.top < b.top ? a.top : b.top, a_end = a.top + a.n, b_end = b.top + b.n;
    return (FramesRows){top, (a_end > b_end ? a_end : b_end) - top};
}

static Status put_on(Frames *frames, const FramePatch *patch) {
    const Place place = place_of(&frames->canvas, patch);
    const FramesRows before = frames->disposal == FRAME_KEEP ? (FramesRows){0} : rows_of(&frames->last);
    frames->changed = both(before, rows_of(&place));
    dispose(frames);
    Status status = patch->disposal == FRAME_RESTORE ? keep_before(frames, &place) : STATUS_OK;
    if (status) return status;
    for (int y = 0; y < place.height; y++) place_row(frames, patch, y, place.width);
    frames->last = place;
    frames->disposal = patch->disposal;
    return STATUS_OK;
}

static Image *seen(Frames *frames) { return frames->turned.pixels ? &frames->turned : &frames->canvas; }

Status frames_next(Frames *frames, const Image **canvas, FrameDelay *delay) {
    *canvas = NULL;
    if (frames->n_read == frames->info.n_frames) return STATUS_OK;
    FramePatch patch = {0};
    Status status = frames->kind->next(frames->reader, &patch);
    assert(patch.x >= 0 && patch.y >= 0);
    if (!status) status = put_on(frames, &patch);
    image_free(&patch.image);
    if (status) return status;
    if (frames->turned.pixels) orient_copy(&frames->canvas, frames->orientation, &frames->turned);
    if (frames->turned.pixels || frames->n_read == 0) frames->changed = (FramesRows){0, frames->info.height};
    frames->n_read++;
    *canvas = seen(frames);
    *delay = patch.delay;
    return STATUS_OK;
}

FramesRows frames_changed(const Frames *frames) { return frames->changed; }

// ---- stills

Status frames_copy(const Image *canvas, int channels, Image *out) {
    const size_t n = (size_t)canvas->width * (size_t)canvas->height, pixel_bytes = (size_t)channels;
    Status status = image_create(canvas->width, canvas->height, channels, out);
    if (status) return status;
    for (size_t i = 0; i < n; i++) memcpy(out->pixels + i * pixel_bytes, canvas->pixels + i * 4, pixel_bytes);
    return STATUS_OK;
}

// In place: writes never overtake reads.
static Status drop_alpha(Image *image) {
    const size_t n = (size_t)image->width * (size_t)image->height;
    for (size_t i = 1; i < n; i++) memmove(image->pixels + i * 3, image->pixels + i * 4, 3);
    image->channels = 3;
    uint8_t *smaller = realloc(image->pixels, n * 3);
    if (!smaller) return status_fail(STATUS_NO_MEMORY, "Not enough memory for the animation.");
    image->pixels = smaller;
    return STATUS_OK;
}

// Moves the current frame out of the animation, with the file's metadata.
static Status take(Frames *frames, Image *out) {
    FramesInfo *info = &frames->info;
    Image *image = seen(frames);
    Status status = image_is_opaque(image) ? drop_alpha(image) : STATUS_OK;
    if (status) return status;
    *out = *image;
    *image = (Image){0};
    out->meta = info->meta;
    out->warnings = info->warnings;
    info->meta = (Metadata){0};
    info->warnings = (Bytes){0};
    return STATUS_OK;
}

Status frames_only(const char *what, const uint8_t *bytes, size_t size, const DecodeOptions *options, Image *out) {
    Frames *frames = NULL;
    const Image *canvas = NULL;
    FrameDelay delay;
    Status status = frames_open(bytes, size, options, &frames);
    if (!status && frames->info.n_frames > 1) status = decode_animated(what);
    if (!status) status = frames_next(frames, &canvas, &delay);
    if (!status) status = take(frames, out);
    frames_close(frames);
    return status;
}
