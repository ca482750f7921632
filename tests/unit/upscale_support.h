// Pictures and the tile loop, for the tests that run it with the published weights.
#ifndef TESTS_UNIT_UPSCALE_SUPPORT_H
#define TESTS_UNIT_UPSCALE_SUPPORT_H

#include "pipeline/upscale.h"
#include "weights.h"
#include "weights/ncnn.h"

static inline Cugan *load_model(const char *name) {
    File param = read_weights_or_skip(name, "param"), bin = read_weights_or_skip(name, "bin");
    NcnnModel model;
    Cugan *cugan;
    assert_int_equal(ncnn_open(param.data, param.size, (const uint8_t *)bin.data, bin.size, &model), STATUS_OK);
    assert_int_equal(cugan_create(&model, false, &cugan), STATUS_OK);
    ncnn_close(&model);
    free(param.data);
    free(bin.data);
    return cugan;
}

static inline Cugan *load(void) { return load_model("up2x-conservative"); }

static inline Image make_image(int width, int height, int channels, uint8_t (*sample)(int y, int x, int c)) {
    Image image;
    assert_int_equal(image_create(width, height, channels, &image), STATUS_OK);
    for (int y = 0; y < height; y++) {
        for (int x = 0; x < width; x++) {
            for (int c = 0; c < channels; c++) image.pixels[(y * width + x) * channels + c] = sample(y, x, c);
        }
    }
    return image;
}

static inline uint8_t pattern(int y, int x, int c) { return (uint8_t)(c == 3 ? x * 40 : (y * 31 + x * 17 + c * 70) % 256); }
static inline uint8_t flat(int y, int x, int c) { return (uint8_t)(y * 0 + x * 0 + (c == 0 ? 200 : c == 1 ? 120 : 30)); }

// What a host does for a task that keeps maps outside: `file` stands for its file.
static inline void fetch(const Upscale *task, const uint8_t *file) {
    const KeptPart part = upscale_to_fetch(task);
    assert_true(part.offset + part.size <= upscale_outside(task));
    if (part.size) memcpy(part.bytes, file + part.offset, part.size);
}

static inline void put(const Upscale *task, uint8_t *file) {
    const KeptPart part = upscale_to_put(task);
    assert_true(part.offset + part.size <= upscale_outside(task));
    if (!part.size) return;
    memcpy(file + part.offset, part.bytes, part.size);
    memset(part.bytes, 0xff, part.size); // not a number: nothing of it may be used again
}

static inline void take_output(Upscale *task, Bytes *all) {
    const Bytes *output;
    do {
        assert_int_equal(upscale_output(task, &output), STATUS_OK);
        assert_int_equal(bytes_append(all, output->data, output->size), STATUS_OK);
    } while (output->size);
}

// Runs to the end, collecting the output as the host does, and checks that the work and the tiles add up.
static inline Bytes run_options(Cugan *cugan, const Image *image, UpscaleOptions options, const char *plan) {
    Upscale *task;
    Bytes all = {0};
    long long covered = 0, done = 0;
    assert_int_equal(upscale_begin(cugan, image, options, &task), STATUS_OK);
    assert_int_equal(upscale_width(task), image->width * cugan_geometry(cugan).scale);
    assert_int_equal(upscale_height(task), image->height * cugan_geometry(cugan).scale);
    if (plan) assert_string_equal(upscale_plan(task), plan);
    assert_int_equal(upscale_done(task), 0);
    uint8_t *file = malloc(upscale_outside(task) + 1);
    assert_non_null(file);
    while (upscale_done(task) < upscale_total(task)) {
        fetch(task, file);
        assert_int_equal(upscale_step(task), STATUS_OK);
        put(task, file);
        assert_true(upscale_done(task) > done);
        done = upscale_done(task);
        const UpscaleTile tile = upscale_tile(task);
        covered += (long long)tile.width * tile.height;
        take_output(task, &all);
    }
    free(file);
    assert_int_equal(upscale_step(task), STATUS_BAD_ARGUMENT);
    assert_int_equal(covered, (long long)upscale_width(task) * upscale_height(task));
    upscale_end(task);
    return all;
}

static inline Bytes run(Cugan *cugan, const Image *image, int tile, UpscaleFormat format) {
    return run_options(cugan, image, (UpscaleOptions){.tile = tile, .strength = 1, .format = format}, NULL);
}

#endif
