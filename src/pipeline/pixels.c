// Bytes to floats and back, row by row on all threads.
#include "pipeline/pixels.h"

#include "core/parallel.h"
#include "pipeline/tile.h"

typedef struct Fill {
    const Image *image;
    CuganLevels levels;
    int x, y;
    Tensor to;
} Fill;

static const uint8_t *pixel_at(const Image *image, int y, int x) {
    return image->pixels + ((size_t)y * (size_t)image->width + (size_t)x) * (size_t)image->channels;
}

static void fill_row(void *context, int row) {
    const Fill *fill = context;
    const int y = tile_reflect(fill->y + row, fill->image->height);
    const float range = fill->levels.white - fill->levels.black;
    float *to = tensor_at(fill->to, row, 0);
    for (int column = 0; column < fill->to.w; column++, to += 3) {
        const uint8_t *pixel = pixel_at(fill->image, y, tile_reflect(fill->x + column, fill->image->width));
        for (int c = 0; c < 3; c++) to[c] = (float)pixel[c] / 255 * range + fill->levels.black;
    }
}

void pixels_to_tensor(const Image *image, CuganLevels levels, int x, int y, Tensor to) {
    Fill fill = {image, levels, x, y, to};
    parallel_for(fill_row, &fill, to.h);
}

typedef struct Store {
    Tensor from;
    CuganLevels levels;
    int width, channels;
    uint8_t *to;
    size_t stride_bytes;
} Store;

static uint8_t to_byte(float sample) {
    const float v = sample * 255 + 0.5f;
    return (uint8_t)(v < 0 ? 0 : v > 255 ? 255 : v); // the conversion cuts the fraction off
}

static void store_row(void *context, int row) {
    const Store *store = context;
    const float *from = tensor_at(store->from, row, 0), black = store->levels.black,
                range = store->levels.white - black;
    uint8_t *to = store->to + (size_t)row * store->stride_bytes;
    for (int x = 0; x < store->width; x++, from += 3, to += store->channels) {
        for (int c = 0; c < 3; c++) to[c] = to_byte((from[c] - black) / range);
    }
}

void pixels_from_tensor(Tensor from, CuganLevels levels, int width, int height, int channels, uint8_t *to,
                        size_t stride_bytes) {
    Store store = {from, levels, width, channels, to, stride_bytes};
    parallel_for(store_row, &store, height);
}
