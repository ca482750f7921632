// Two passes with fixed-point weights. Computes only the samples that the wanted rectangle needs.
#include "image/resize_pillow.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/checked.h"
#include "core/ints.h"
#include "core/parallel.h"

enum { PRECISION = 32 - 8 - 2, CHANNELS = 3, WHITE = 255 };

// One side of the picture, with or without white margins, and its length in the result.
typedef struct Side {
    int n;      // samples of the picture
    int before; // white ones before them
    int in;     // all of these, and white ones after them
    int out;
} Side;

// For each wanted sample of one side: the samples of the picture that it depends on, and their weights.
typedef struct Taps {
    int n, capacity; // wanted samples; room for weights of each
    int *first;      // owned, as are all four
    int *n_taps;
    int32_t *start;   // of the sum: half a step, and the white samples
    int32_t *weights; // [n][capacity], 1 << PRECISION is one
} Taps;

static double bilinear(double x) { return fabs(x) < 1 ? 1 - fabs(x) : 0; }

static double bicubic(double x) {
    const double a = -0.5;
    x = fabs(x);
    if (x < 1) return ((a + 2) * x - (a + 3)) * x * x + 1;
    return x < 2 ? (((x - 5) * x + 8) * x - 4) * a : 0;
}

static void taps_free(Taps *taps) {
    free(taps->first);
    free(taps->n_taps);
    free(taps->start);
    free(taps->weights);
}

static int clamp_to(int value, int n) { return value < 0 ? 0 : min(value, n); }

// Weights of one wanted sample, whose place in the side is `centre`; `exact` is scratch for them before they are
// rounded.
static void fill_taps(Taps *taps, int i, Side side, double centre, double scale, double support,
                      ResizePillowFilter filter, double *exact) {
    const double low = centre - support + 0.5, high = centre + support + 0.5;
    const int begin = low < 0 ? 0 : (int)low, end = high > side.in ? side.in : (int)high;
    int32_t *weights = taps->weights + (size_t)i * (size_t)taps->capacity;
    double sum = 0;
    for (int x = begin; x < end; x++) {
        const double at = (x - centre + 0.5) * (1 / scale);
        exact[x - begin] = filter == RESIZE_PILLOW_BICUBIC ? bicubic(at) : bilinear(at);
        sum += exact[x - begin];
    }
    taps->first[i] = clamp_to(begin - side.before, side.n);
    taps->n_taps[i] = clamp_to(end - side.before, side.n) - taps->first[i];
    taps->start[i] = 1 << (PRECISION - 1);
    for (int x = begin; x < end; x++) {
        const double exact_weight = (sum != 0 ? exact[x - begin] / sum : exact[x - begin]) * (1 << PRECISION);
        const int32_t weight = (int32_t)(exact_weight < 0 ? exact_weight - 0.5 : exact_weight + 0.5);
        if (x < side.before || x >= side.before + side.n)
            taps->start[i] += weight * WHITE;
        else
            *weights++ = weight;
    }
}

static Status no_memory(Side side) {
    return status_fail(STATUS_NO_MEMORY, "Not enough memory to resize a picture of %d pixels to %d.", side.n, side.out);
}

// Plans `n` samples of a side of the result, from `begin` on.
static Status plan_taps(Taps *taps, Side side, int begin, int n, ResizePillowFilter filter) {
    const double factor = (double)side.in / side.out, scale = factor < 1 ? 1 : factor;
    const double support = (filter == RESIZE_PILLOW_BICUBIC ? 2 : 1) * scale;
    size_t count;
    taps->n = n;
    taps->capacity = (int)ceil(support) * 2 + 1;
    if (!checked_mul((size_t)n, (size_t)taps->capacity, &count) || !checked_mul(count, sizeof *taps->weights, &count))
        return no_memory(side);
    taps->first = calloc((size_t)n, sizeof *taps->first);
    taps->n_taps = calloc((size_t)n, sizeof *taps->n_taps);
    taps->start = calloc((size_t)n, sizeof *taps->start);
    taps->weights = malloc(count);
    double *exact = malloc((size_t)taps->capacity * sizeof *exact);
    const bool is_complete = taps->first && taps->n_taps && taps->start && taps->weights && exact;
    for (int i = 0; i < n && is_complete; i++)
        fill_taps(taps, i, side, (begin + i + 0.5) * factor, scale, support, filter, exact);
    free(exact);
    return is_complete ? STATUS_OK : no_memory(side);
}

static uint8_t clamp(int32_t sum) {
    const int32_t value = sum >> PRECISION;
    return (uint8_t)(value < 0 ? 0 : value > 255 ? 255 : value);
}

// One pass, along the rows of `in` or across them.
typedef struct Pass {
    const Taps *taps;
    const uint8_t *in;
    size_t in_stride; // bytes from row to row
    int first;        // column or row of the picture with which `in` begins
    uint8_t *out;     // rows without gaps
    size_t row_bytes; // of `out`
} Pass;

static void resize_row(void *context, int y) {
    const Pass *pass = context;
    const Taps *taps = pass->taps;
    const uint8_t *in = pass->in + (size_t)y * pass->in_stride;
    uint8_t *out = pass->out + (size_t)y * pass->row_bytes;
    for (int x = 0; x < taps->n; x++, out += CHANNELS) {
        const uint8_t *from = in + (size_t)(taps->first[x] - pass->first) * CHANNELS;
        const int32_t *weights = taps->weights + (size_t)x * (size_t)taps->capacity;
        int32_t r = taps->start[x], g = r, b = r;
        for (int k = 0; k < taps->n_taps[x]; k++, from += CHANNELS) {
            r += weights[k] * from[0];
            g += weights[k] * from[1];
            b += weights[k] * from[2];
        }
        out[0] = clamp(r);
        out[1] = clamp(g);
        out[2] = clamp(b);
    }
}

enum { BLOCK = 256 }; // samples of a row whose sums are kept at once

static void resize_columns(void *context, int y) {
    const Pass *pass = context;
    const Taps *taps = pass->taps;
    const uint8_t *in = pass->in + (size_t)(taps->first[y] - pass->first) * pass->in_stride;
    const int32_t *weights = taps->weights + (size_t)y * (size_t)taps->capacity;
    uint8_t *out = pass->out + (size_t)y * pass->row_bytes;
    for (size_t begin = 0; begin < pass->row_bytes; begin += BLOCK) {
        const size_t n = pass->row_bytes - begin < BLOCK ? pass->row_bytes - begin : BLOCK;
        int32_t sums[BLOCK];
        for (size_t x = 0; x < n; x++) sums[x] = taps->start[y];
        for (int k = 0; k < taps->n_taps[y]; k++) {
            const uint8_t *from = in + (size_t)k * pass->in_stride + begin;
            const int32_t weight = weights[k];
            for (size_t x = 0; x < n; x++) sums[x] += weight * from[x];
        }
        for (size_t x = 0; x < n; x++) out[begin + x] = clamp(sums[x]);
    }
}

// One past the last column or row of the picture that is read.
static int end_of(const Taps *taps) { return taps->first[taps->n - 1] + taps->n_taps[taps->n - 1]; }

static void run_rows_first(const Image *image, const Taps *columns, const Taps *rows, uint8_t *between, uint8_t *out) {
    const size_t row_bytes = (size_t)columns->n * CHANNELS, stride = image_row_bytes(image);
    const int first = rows->first[0];
    const uint8_t *in = image->pixels + (size_t)first * stride;
    parallel_for(resize_row, &(Pass){columns, in, stride, 0, between, row_bytes}, end_of(rows) - first);
    parallel_for(resize_columns, &(Pass){rows, between, row_bytes, first, out, row_bytes}, rows->n);
}

static void run_columns_first(const Image *image, const Taps *columns, const Taps *rows, uint8_t *between,
                              uint8_t *out) {
    const int first = columns->first[0];
    const size_t between_bytes = (size_t)(end_of(columns) - first) * CHANNELS, stride = image_row_bytes(image);
    const uint8_t *in = image->pixels + (size_t)first * CHANNELS;
    parallel_for(resize_columns, &(Pass){rows, in, stride, 0, between, between_bytes}, rows->n);
    parallel_for(resize_row, &(Pass){columns, between, between_bytes, first, out, (size_t)columns->n * CHANNELS},
                 rows->n);
}

// Pillow 13 resizes the height first if it shrinks by more than twice the factor of the width; earlier versions never
// do.
static bool is_columns_first(Side width, Side height) {
    const int less_height = height.in - height.out, less_width = width.in - width.out;
    return less_height > 0 && less_height > 2 * less_width;
}

static Status run(const Image *image, bool columns_first, const Taps *columns, const Taps *rows, uint8_t *out) {
    const int width = columns_first ? end_of(columns) - columns->first[0] : columns->n;
    const int height = columns_first ? rows->n : end_of(rows) - rows->first[0];
    size_t size;
    uint8_t *between = checked_mul((size_t)height, (size_t)width * CHANNELS, &size) ? malloc(size) : NULL;
    if (!between)
        return status_fail(STATUS_NO_MEMORY, "Not enough memory to resize a picture of %d rows.", image->height);
    (columns_first ? run_columns_first : run_rows_first)(image, columns, rows, between, out);
    free(between);
    return STATUS_OK;
}

static Status resize(const Image *image, ResizePillowFilter filter, Side width, Side height, ResizePillowTarget target,
                     uint8_t *out) {
    assert(image->channels == CHANNELS && image->bits == 8);
    Taps columns = {0}, rows = {0};
    Status status = plan_taps(&columns, width, target.x, target.crop_width, filter);
    if (!status) status = plan_taps(&rows, height, target.y, target.crop_height, filter);
    if (!status) status = run(image, is_columns_first(width, height), &columns, &rows, out);
    taps_free(&columns);
    taps_free(&rows);
    return status;
}

Status resize_pillow(const Image *image, ResizePillowFilter filter, ResizePillowTarget target, uint8_t *out) {
    assert(target.x >= 0 && target.y >= 0 && target.crop_width > 0 && target.crop_height > 0);
    assert(target.x <= target.width - target.crop_width && target.y <= target.height - target.crop_height);
    const Side width = {.n = image->width, .in = image->width, .out = target.width};
    const Side height = {.n = image->height, .in = image->height, .out = target.height};
    return resize(image, filter, width, height, target, out);
}

Status resize_pillow_white_square(const Image *image, ResizePillowFilter filter, int side, uint8_t *out) {
    const int longer = image->width > image->height ? image->width : image->height;
    const Side width = {image->width, (longer - image->width) / 2, longer, side};
    const Side height = {image->height, (longer - image->height) / 2, longer, side};
    return resize(image, filter, width, height, (ResizePillowTarget){side, side, 0, 0, side, side}, out);
}

// Python's round(n / 2): halves go to the even number.
static int round_half(int n) { return n / 2 + (n % 2 && n / 2 % 2); }

ResizePillowTarget resize_pillow_centre(int width, int height, int side) {
    const int shorter = width < height ? width : height, longer = width < height ? height : width;
    const int enlarged = (int)((double)side * longer / shorter);
    ResizePillowTarget target = {side, side, 0, 0, side, side};
    if (width < height)
        target.height = enlarged;
    else
        target.width = enlarged;
    target.x = round_half(target.width - side);
    target.y = round_half(target.height - side);
    return target;
}
