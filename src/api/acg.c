// The exported ABI over the pipeline. Turns Status into NULL or a number, and nothing else.
#include "api/acg.h"

#include <stdlib.h>
#include <string.h>

#include "core/parallel.h"
#include "core/status.h"
#include "image/bleed.h"
#include "image/image.h"
#include "nets/cugan.h"
#include "pipeline/upscale.h"
#include "weights/ncnn.h"

#ifdef __EMSCRIPTEN__
#include <emscripten.h>
#include <malloc.h>
#define EXPORT EMSCRIPTEN_KEEPALIVE
#else
#define EXPORT
#endif

struct AcgImage {
    Image image;
};

struct AcgUpscale {
    Upscale *task;
    AcgTile tile;
    AcgWork work;
};

EXPORT int acg_init(int n_threads) { return (int)parallel_start(n_threads); }
EXPORT int acg_status(void) { return (int)status_last(); }
EXPORT const char *acg_message(void) { return status_message(); }

EXPORT void *acg_alloc(size_t size) {
    void *memory = malloc(size ? size : 1);
    if (!memory && status_fail(STATUS_NO_MEMORY, "Not enough memory for %zu bytes.", size)) return NULL;
    return memory;
}

EXPORT void acg_free(void *memory) { free(memory); }

EXPORT double acg_memory_used(void) {
#ifdef __EMSCRIPTEN__
    extern const char __heap_base; // stack and static data lie below, what malloc gives above
    return (double)(uintptr_t)&__heap_base + (double)(size_t)mallinfo().uordblks;
#else
    return 0;
#endif
}

// ---- pictures

// The picture that has been made in `image`, ready for a network; NULL, and all freed, if `status` tells of a failure.
static AcgImage *prepared(AcgImage *image, Status status) {
    if (!status) status = bleed_colours(&image->image);
    if (!status) return image;
    acg_image_free(image);
    return NULL;
}

EXPORT AcgImage *acg_image_decode(const uint8_t *bytes, size_t size, int deep) {
    AcgImage *image = acg_alloc(sizeof *image);
    if (!image) return NULL;
    *image = (AcgImage){0};
    Status status = deep ? image_decode_deep(bytes, size, &image->image) : image_decode(bytes, size, &image->image);
    return prepared(image, status);
}

EXPORT AcgImage *acg_image_from_pixels(const uint8_t *pixels, int width, int height, int channels) {
    AcgImage *image = acg_alloc(sizeof *image);
    if (!image) return NULL;
    *image = (AcgImage){0};
    Status status = image_create(width, height, channels, &image->image);
    if (!status) memcpy(image->image.pixels, pixels, (size_t)width * (size_t)height * (size_t)channels);
    return prepared(image, status);
}

EXPORT int acg_image_width(const AcgImage *image) { return image->image.width; }
EXPORT int acg_image_height(const AcgImage *image) { return image->image.height; }
EXPORT int acg_image_channels(const AcgImage *image) { return image->image.channels; }

EXPORT void acg_image_free(AcgImage *image) {
    if (!image) return;
    image_free(&image->image);
    free(image);
}

// ---- networks

EXPORT AcgCugan *acg_cugan_open(const char *param, size_t param_size, const uint8_t *bin, size_t bin_size, float black,
                                float white) {
    NcnnModel model;
    Cugan *cugan = NULL;
    if (ncnn_open(param, param_size, bin, bin_size, &model)) return NULL;
    if (cugan_create(&model, false, &cugan)) cugan = NULL;
    ncnn_close(&model);
    if (cugan) cugan_set_levels(cugan, (CuganLevels){black, white});
    return (AcgCugan *)cugan;
}

EXPORT int acg_cugan_scale(const AcgCugan *cugan) { return cugan_geometry((const Cugan *)cugan).scale; }
EXPORT void acg_cugan_close(AcgCugan *cugan) { cugan_free((Cugan *)cugan); }

// ---- enlarging

typedef Status (*BeginTask)(Cugan *cugan, const Image *image, UpscaleOptions options, Upscale **out);

static AcgUpscale *begin_task(BeginTask begin, AcgCugan *cugan, const AcgImage *image, int tile, float strength,
                              int format, int quality, int sync, double memory) {
    const UpscaleOptions options = {
        .tile = tile,
        .strength = strength,
        .format = (UpscaleFormat)format,
        .quality = quality,
        .sync = (UpscaleSync)sync,
        .memory = (size_t)memory,
    };
    AcgUpscale *task = acg_alloc(sizeof *task);
    if (!task) return NULL;
    *task = (AcgUpscale){0};
    if (begin((Cugan *)cugan, &image->image, options, &task->task)) {
        free(task);
        return NULL;
    }
    return task;
}

EXPORT AcgUpscale *acg_upscale_begin(AcgCugan *cugan, const AcgImage *image, int tile, float strength, int format,
                                     int quality, int sync, double memory) {
    return begin_task(upscale_begin, cugan, image, tile, strength, format, quality, sync, memory);
}

EXPORT AcgUpscale *acg_upscale_prepare(AcgCugan *cugan, const AcgImage *image, int tile, float strength, int format,
                                       int quality, int sync, double memory) {
    return begin_task(upscale_prepare, cugan, image, tile, strength, format, quality, sync, memory);
}

EXPORT int acg_upscale_width(const AcgUpscale *task) { return upscale_width(task->task); }
EXPORT int acg_upscale_height(const AcgUpscale *task) { return upscale_height(task->task); }
EXPORT int acg_upscale_channels(const AcgUpscale *task) { return upscale_channels(task->task); }
EXPORT int acg_upscale_tile_side(const AcgUpscale *task) { return upscale_tile_side(task->task); }
EXPORT const char *acg_upscale_plan(const AcgUpscale *task) { return upscale_plan(task->task); }
EXPORT int acg_upscale_total(const AcgUpscale *task) { return (int)upscale_total(task->task); }
EXPORT int acg_upscale_done(const AcgUpscale *task) { return (int)upscale_done(task->task); }
EXPORT double acg_upscale_cost(const AcgUpscale *task) { return upscale_cost(task->task); }
EXPORT double acg_upscale_memory(const AcgUpscale *task) { return (double)upscale_memory(task->task); }

EXPORT int acg_upscale_step(AcgUpscale *task) {
    const Status status = upscale_step(task->task);
    const UpscaleTile tile = upscale_tile(task->task);
    task->tile = (AcgTile){
        .x = tile.x,
        .y = tile.y,
        .width = tile.width,
        .height = tile.height,
        .stride_bytes = (int32_t)tile.stride_bytes,
        .channels = upscale_channels(task->task),
        .bits = tile.bits,
        .pixels = tile.pixels,
    };
    return (int)status;
}

EXPORT const AcgWork *acg_upscale_work(AcgUpscale *task) {
    const UpscaleWork work = upscale_work(task->task);
    task->work = (AcgWork){work.pass, work.n_passes, work.tile, work.columns, work.rows};
    return &task->work;
}

EXPORT const AcgTile *acg_upscale_tile(const AcgUpscale *task) { return &task->tile; }
EXPORT const uint8_t *acg_upscale_output(const AcgUpscale *task) { return upscale_output(task->task)->data; }
EXPORT size_t acg_upscale_output_size(const AcgUpscale *task) { return upscale_output(task->task)->size; }
EXPORT void acg_upscale_output_clear(AcgUpscale *task) { bytes_clear(upscale_output(task->task)); }

EXPORT void acg_upscale_end(AcgUpscale *task) {
    if (!task) return;
    upscale_end(task->task);
    free(task);
}
