// TensorFlow's kernels ResizeBilinear (half_pixel_centers) and ResizeArea, image_ops_impl.py for sizes.
#include "image/resize_tf.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>

#include "core/checked.h"
#include "core/ints.h"
#include "core/parallel.h"

enum { CHANNELS = 3 };

typedef struct Work {
    const Image *image;
    int width, height; // to be
    int in_width, in_height;
    const float *in; // of pad_row: [in_height][in_width][3]
    float *out;
} Work;

static int clamp(int i, int n) { return i < 0 ? 0 : min(i, n - 1); }

static const uint8_t *row_of(const Image *image, int y) { return image->pixels + (size_t)y * image_row_bytes(image); }
static float *out_row(const Work *work, int y) { return work->out + (size_t)y * (size_t)work->width * CHANNELS; }

typedef struct Lerp {
    int lower, upper;
    float part; // of the upper one
} Lerp;

static Lerp lerp_at(int i, int in, int out) {
    const float scale = (float)in / (float)out, at = ((float)i + 0.5f) * scale - 0.5f, below = floorf(at);
    return (Lerp){clamp((int)below, in), clamp((int)ceilf(at), in), at - below};
}

static void stretch_row(void *context, int y) {
    const Work *work = context;
    const Image *image = work->image;
    const Lerp vertical = lerp_at(y, image->height, work->height);
    const uint8_t *top = row_of(image, vertical.lower), *bottom = row_of(image, vertical.upper);
    float *out = out_row(work, y);
    for (int x = 0; x < work->width; x++, out += CHANNELS) {
        const Lerp lerp = lerp_at(x, image->width, work->width);
        const size_t left = (size_t)lerp.lower * CHANNELS, right = (size_t)lerp.upper * CHANNELS;
        for (size_t c = 0; c < CHANNELS; c++) {
            const float above = (float)top[left + c] + ((float)top[right + c] - (float)top[left + c]) * lerp.part;
            const float below =
                (float)bottom[left + c] + ((float)bottom[right + c] - (float)bottom[left + c]) * lerp.part;
            out[c] = (above + (below - above) * vertical.part) / 255;
        }
    }
}

void resize_tf_stretch(const Image *image, int width, int height, float *out) {
    assert(image->channels == CHANNELS && image->bits == 8 && width > 0 && height > 0);
    Work work = {.image = image, .width = width, .height = height, .out = out};
    parallel_for(stretch_row, &work, height);
}

// The samples of a side that one sample of the result covers.
typedef struct Span {
    int begin, end;
    float from, to, scale; // where it lies, exactly, and how long it is
} Span;

static Span span_at(int i, int in, int out) {
    const float scale = (float)in / (float)out, from = (float)i * scale, to = (float)(i + 1) * scale;
    return (Span){(int)floorf(from), (int)ceilf(to), from, to, scale};
}

// How much of sample `i` the span covers.
static float part_of(const Span *span, int i) {
    const float begin = (float)i, end = (float)(i + 1);
    if (begin < span->from) return end > span->to ? span->scale : end - span->from;
    return end > span->to ? span->to - begin : 1;
}

static void area_row(void *context, int y) {
    const Work *work = context;
    const Image *image = work->image;
    const Span rows = span_at(y, image->height, work->height);
    float *out = out_row(work, y);
    for (int x = 0; x < work->width; x++, out += CHANNELS) {
        const Span columns = span_at(x, image->width, work->width);
        const float area = 1 / (rows.scale * columns.scale);
        float sum[CHANNELS] = {0};
        for (int j = rows.begin; j < rows.end; j++) {
            const uint8_t *row = row_of(image, clamp(j, image->height));
            float line[CHANNELS] = {0};
            for (int i = columns.begin; i < columns.end; i++) {
                const uint8_t *pixel = row + (size_t)clamp(i, image->width) * CHANNELS;
                const float part = i == columns.begin || i == columns.end - 1 ? part_of(&columns, i) : 1;
                for (int c = 0; c < CHANNELS; c++) line[c] += (float)pixel[c] * part;
            }
            const float weight = part_of(&rows, j) * area;
            for (int c = 0; c < CHANNELS; c++) sum[c] += line[c] * weight;
        }
        for (int c = 0; c < CHANNELS; c++) out[c] = sum[c];
    }
}

// Twice the position of a sample of the result in the input, which is centred in the result.
static int twice_at(int i, int in, int out) { return 2 * i - (out - in); }

static void pad_row(void *context, int y) {
    const Work *work = context;
    const int at_y = twice_at(y, work->in_height, work->height);
    const size_t row = (size_t)work->in_width * CHANNELS;
    const float *top = work->in + (size_t)clamp((at_y - (at_y & 1)) / 2, work->in_height) * row;
    const float *bottom = work->in + (size_t)clamp((at_y + (at_y & 1)) / 2, work->in_height) * row;
    float *out = out_row(work, y);
    for (int x = 0; x < work->width; x++, out += CHANNELS) {
        const int at_x = twice_at(x, work->in_width, work->width);
        const size_t left = (size_t)clamp((at_x - (at_x & 1)) / 2, work->in_width) * CHANNELS;
        const size_t right = (size_t)clamp((at_x + (at_x & 1)) / 2, work->in_width) * CHANNELS;
        for (size_t c = 0; c < CHANNELS; c++) {
            out[c] = (top[left + c] + top[right + c] + bottom[left + c] + bottom[right + c]) / 4 / 255;
        }
    }
}

Status resize_tf_fit(const Image *image, int width, int height, float *out) {
    assert(image->channels == CHANNELS && image->bits == 8 && width > 0 && height > 0);
    const float scale = fminf((float)height / (float)image->height, (float)width / (float)image->width);
    // TensorFlow refuses a side that is rounded to zero; here it is one pixel
    const int fit_width = clamp((int)rintf(scale * (float)image->width), width + 1);
    const int fit_height = clamp((int)rintf(scale * (float)image->height), height + 1);
    Work fit = {.image = image, .width = fit_width > 0 ? fit_width : 1, .height = fit_height > 0 ? fit_height : 1};
    size_t size;
    const bool is_small = checked_mul((size_t)fit.width * CHANNELS * sizeof *out, (size_t)fit.height, &size);
    fit.out = is_small ? malloc(size) : NULL;
    if (!fit.out)
        return status_fail(STATUS_NO_MEMORY, "Not enough memory to resize a picture to %d x %d.", width, height);
    parallel_for(area_row, &fit, fit.height);
    Work pad = {
        .width = width, .height = height, .in_width = fit.width, .in_height = fit.height, .in = fit.out, .out = out};
    parallel_for(pad_row, &pad, height);
    free(fit.out);
    return STATUS_OK;
}
