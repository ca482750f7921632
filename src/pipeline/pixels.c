// Samples to floats and back, row by row on all threads.
#include "pipeline/pixels.h"

#include "core/parallel.h"
#include "pipeline/tile.h"

Status pixels_check_levels(PixelLevels levels) {
    if (levels.black >= -1 && levels.black < levels.white && levels.white <= 2) return STATUS_OK;
    return status_fail(STATUS_BAD_ARGUMENT, "Expected black and white of about 0 and 1 but received %g and %g.",
                       (double)levels.black, (double)levels.white);
}

typedef struct Fill {
    const PixelInput *input;
    int x, y;
    Tensor to;
} Fill;

static float sample_at(const uint8_t *pixel, int bits, int c) {
    return bits == 8 ? (float)pixel[c] / 255 : (float)((const uint16_t *)(const void *)pixel)[c] / 65535;
}

static const uint8_t *image_at(const Image *image, int y, int x) {
    return image->pixels + (size_t)y * image_row_bytes(image) + (size_t)x * image_pixel_bytes(image);
}

static void fill_row(void *context, int row) {
    const Fill *fill = context;
    const PixelInput *input = fill->input;
    const Image *image = input->image;
    const float black = input->levels.black, range = input->levels.white - black;
    float *to = tensor_at(fill->to, row, 0);
    for (int column = 0; column < fill->to.w; column++, to += 3) {
        int x, y;
        view_to_picture(input->view, fill->x + column, fill->y + row, &x, &y);
        const int from_y = tile_edge(input->edge, y, image->height), from_x = tile_edge(input->edge, x, image->width);
        const bool is_zero = from_y < 0 || from_x < 0;
        const uint8_t *pixel = is_zero ? NULL : image_at(image, from_y, from_x);
        for (int c = 0; c < 3; c++) to[c] = is_zero ? 0 : sample_at(pixel, image->bits, c) * range + black;
    }
}

void pixels_to_tensor(const PixelInput *input, int x, int y, Tensor to) {
    Fill fill = {input, x, y, to};
    parallel_for(fill_row, &fill, to.h);
}

typedef struct Store {
    Tensor from;
    PixelLevels levels;
    int width;
    PixelFormat format;
    uint8_t *to;
    size_t stride_bytes;
} Store;

// v from 0 to 1 as a whole number from 0 to `most`: adds 1/2, then cuts the fraction off.
static int to_level(float v, int most) {
    const float level = v * (float)most + 0.5f;
    return !(level > 0) ? 0 : level > (float)most ? most : (int)level; // NaN is black
}

// The three colours from 0 to 1. For a grey picture the network's three outputs are three estimates of one value, so
// their mean is used.
static void to_colours(const Store *store, const float *from, float colours[3]) {
    const float black = store->levels.black, range = store->levels.white - black;
    const float mean = (from[0] + from[1] + from[2]) / 3;
    for (int c = 0; c < 3; c++) colours[c] = ((store->format.is_grey ? mean : from[c]) - black) / range;
}

static void store_row_8(const Store *store, const float *from, uint8_t *to) {
    float colours[3];
    for (int x = 0; x < store->width; x++, from += 3, to += store->format.channels) {
        to_colours(store, from, colours);
        for (int c = 0; c < 3; c++) to[c] = (uint8_t)to_level(colours[c], 255);
    }
}

static void store_row_16(const Store *store, const float *from, uint16_t *to) {
    float colours[3];
    for (int x = 0; x < store->width; x++, from += 3, to += store->format.channels) {
        to_colours(store, from, colours);
        for (int c = 0; c < 3; c++) to[c] = (uint16_t)to_level(colours[c], 65535);
    }
}

static void store_row(void *context, int row) {
    const Store *store = context;
    const float *from = tensor_at(store->from, row, 0);
    uint8_t *to = store->to + (size_t)row * store->stride_bytes;
    if (store->format.bits == 8) {
        store_row_8(store, from, to);
    } else {
        store_row_16(store, from, (uint16_t *)(void *)to);
    }
}

void pixels_from_tensor(Tensor from, PixelLevels levels, int width, int height, PixelFormat format, uint8_t *to,
                        size_t stride_bytes) {
    Store store = {from, levels, width, format, to, stride_bytes};
    parallel_for(store_row, &store, height);
}
