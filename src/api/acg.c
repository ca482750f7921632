// The C interface of upscaling. It only converts a Status to NULL or a number, and options and results to flat structs.
#include "api/acg.h"

#include <stdbool.h>
#include <stdlib.h>

#include "api/acg_export.h"
#include "api/acg_image_parts.h"
#include "api/acg_model_parts.h"
#include "core/host.h"
#include "core/parallel.h"
#include "core/status.h"
#include "core/warnings.h"
#include "pipeline/animation.h"
#include "pipeline/target.h"
#include "pipeline/upscale.h"
#include "pipeline/upscale_file.h"

#ifdef __EMSCRIPTEN__
#include <malloc.h>
#endif

struct AcgUpscale {
    AcgModel *model;      // is_busy while the task exists
    Upscale *task;        // of an animation: the task of the frame under way
    Animation *animation; // NULL: a still picture
    AcgTile tile;
    AcgWork work;
    AcgPart part;
    Image *to_convert; // a still picture that is not sRGB yet
    AcgPixels pixels;
    const Bytes *output;
    Bytes file_warnings; // known from the beginning
    Bytes warnings;      // terminated: the result of acg_upscale_warnings
    bool guard, has_failed;
};

EXPORT int acg_init(int n_threads) { return (int)parallel_start(n_threads); }
EXPORT void acg_host(int slow_splats) { host_set_slow_splats(slow_splats != 0); }
EXPORT int acg_status(void) { return (int)status_last(); }
EXPORT const char *acg_message(void) { return status_message(); }
EXPORT const char *acg_facts(void) { return status_facts(); }

EXPORT void *acg_alloc(size_t size) {
    void *memory = malloc(size ? size : 1);
    if (!memory && status_fail(STATUS_NO_MEMORY, "Not enough memory for %zu bytes.", size)) return NULL;
    return memory;
}

EXPORT void acg_free(void *memory) { free(memory); }

EXPORT double acg_memory_used(void) {
#ifdef __EMSCRIPTEN__
    extern const char __heap_base; // stack and static data are below, the memory of malloc is above
    return (double)(uintptr_t)&__heap_base + (double)(size_t)mallinfo().uordblks;
#else
    return 0;
#endif
}

// ---- enlarging

// Converts a number of bytes from JavaScript.
static Status to_bytes(double number, const char *what, uint64_t *bytes) {
    const bool is_number = number >= 0; // NaN is not
    *bytes = !is_number ? 0 : number < 0x1p63 ? (uint64_t)number : UINT64_MAX;
    if (is_number) return STATUS_OK;
    return status_fail(STATUS_BAD_ARGUMENT, "Expected a number of bytes from 0 for %s but received %g.", what, number);
}

static Status read_options(const AcgUpscaleOptions *from, UpscaleOptions *options) {
    uint64_t memory, spill;
    Status status = to_bytes(from->memory, "memory", &memory);
    if (!status) status = to_bytes(from->spill, "spill", &spill);
    if (status) return status;
    *options = (UpscaleOptions){
        .tile = from->tile,
        .strength = from->strength,
        .format = (UpscaleFormat)from->format,
        .quality = from->quality,
        .sync = (UpscaleSync)from->sync,
        .tta = from->tta != 0,
        .guard = from->guard != 0,
        .width = from->width,
        .height = from->height,
        .fit = (UpscaleFit)from->fit,
        .is_srgb = from->srgb != 0,
        .memory = memory < SIZE_MAX ? (size_t)memory : SIZE_MAX,
        .spill = spill,
    };
    return STATUS_OK;
}

// Whether this network can enlarge this picture now.
static Status check(const AcgModel *model, const AcgImage *image) {
    if (!acg_model_is(model, NETWORK_TO_ENLARGE))
        return status_fail(STATUS_BAD_ARGUMENT, "Expected a network that enlarges and is loaded but received another.");
    if (model->is_busy)
        return status_fail(STATUS_BAD_ARGUMENT, "Expected a network that has no other task but received a busy one.");
    if (image->picture.is_rgb)
        return status_fail(STATUS_BAD_ARGUMENT, "Expected a picture to enlarge but received one to look at.");
    if (picture_left(&image->picture))
        return status_fail(STATUS_BAD_ARGUMENT,
                           "Expected a picture that is ready but received one that needs more steps.");
    return STATUS_OK;
}

static Status begin(Upscaler *upscaler, const Picture *picture, const UpscaleOptions *options, AcgUpscale *task) {
    if (!picture->frames) return upscale_begin(upscaler, &picture->image, *options, &task->task);
    const Status status =
        animation_begin(upscaler, picture->file.data, picture->file.size, picture->frames, *options, &task->animation);
    if (!status) task->task = animation_upscale(task->animation);
    return status;
}

static AcgUpscale *begin_task(AcgModel *model, AcgImage *image, const AcgUpscaleOptions *from, bool is_plan) {
    UpscaleOptions options;
    if (check(model, image) || read_options(from, &options)) return NULL;
    options.is_plan = is_plan;
    options.keeps_metadata = image->keeps_metadata;
    options.levels = model->levels;
    AcgUpscale *task = acg_alloc(sizeof *task);
    if (!task) return NULL;
    *task = (AcgUpscale){.model = model, .guard = options.guard};
    Upscaler *upscaler = model_net(model->model).self;
    if (begin(upscaler, &image->picture, &options, task)) {
        free(task);
        return NULL;
    }
    model->is_busy = true;
    if (options.is_srgb && !task->animation) task->to_convert = &image->picture.image;
    upscale_file_warn(&options, picture_metadata(&image->picture), picture_is_grey(&image->picture),
                      &task->file_warnings);
    const TargetSize enlarged =
        target_enlarged(picture_width(&image->picture), picture_height(&image->picture), upscaler->geometry.scale);
    target_warn(&options, enlarged, &task->file_warnings);
    return task;
}

EXPORT AcgUpscale *acg_upscale_begin(AcgModel *model, AcgImage *image, const AcgUpscaleOptions *options) {
    return begin_task(model, image, options, false);
}

EXPORT AcgUpscale *acg_upscale_prepare(AcgModel *model, AcgImage *image, const AcgUpscaleOptions *options) {
    return begin_task(model, image, options, true);
}

EXPORT int acg_upscale_width(const AcgUpscale *task) { return upscale_width(task->task); }
EXPORT int acg_upscale_height(const AcgUpscale *task) { return upscale_height(task->task); }
EXPORT int acg_upscale_channels(const AcgUpscale *task) { return upscale_channels(task->task); }
EXPORT int acg_upscale_tile_side(const AcgUpscale *task) { return upscale_tile_side(task->task); }
EXPORT const char *acg_upscale_plan(const AcgUpscale *task) { return upscale_plan(task->task); }
EXPORT double acg_upscale_total(const AcgUpscale *task) {
    return (double)(task->animation ? animation_total(task->animation) : upscale_total(task->task));
}
EXPORT double acg_upscale_done(const AcgUpscale *task) {
    return (double)(task->animation ? animation_done(task->animation) : upscale_done(task->task));
}
EXPORT double acg_upscale_cost(const AcgUpscale *task) { return upscale_cost(task->task) * acg_upscale_frames(task); }
EXPORT double acg_upscale_memory(const AcgUpscale *task) {
    return (double)(task->animation ? animation_memory(task->animation) : upscale_memory(task->task));
}
EXPORT double acg_upscale_spilled(const AcgUpscale *task) { return (double)upscale_spilled(task->task); }
EXPORT int acg_upscale_frames(const AcgUpscale *task) {
    return task->animation ? animation_n_frames(task->animation) : 1;
}
EXPORT int acg_upscale_frame(const AcgUpscale *task) { return task->animation ? animation_frame(task->animation) : 0; }

static const AcgPart *keep_part(AcgUpscale *task, MapTransfer part) {
    task->part = (AcgPart){.offset = (double)part.offset, .bytes = part.bytes, .size = part.size};
    return &task->part;
}

EXPORT const AcgPart *acg_upscale_to_read(AcgUpscale *task) { return keep_part(task, upscale_to_read(task->task)); }
EXPORT const AcgPart *acg_upscale_to_write(AcgUpscale *task) { return keep_part(task, upscale_to_write(task->task)); }

EXPORT int acg_upscale_awaits(const AcgUpscale *task) {
    return (upscale_awaits_read(task->task) ? ACG_AWAITS_READ : 0) |
           (upscale_awaits_write(task->task) ? ACG_AWAITS_WRITE : 0);
}

EXPORT const AcgPixels *acg_upscale_to_convert(AcgUpscale *task) {
    const Image *image = task->animation ? animation_to_convert(task->animation) : task->to_convert;
    task->to_convert = NULL;
    task->pixels = (AcgPixels){0};
    if (!image) return &task->pixels;
    const size_t n = (size_t)image->width * (size_t)image->height;
    task->pixels = (AcgPixels){image->pixels, n, image->channels, image->bits};
    return &task->pixels;
}

static Status step_animation(AcgUpscale *task, UpscaleTile *tile) {
    const Status status = animation_step(task->animation);
    task->task = animation_upscale(task->animation);
    if (!status) *tile = animation_tile(task->animation);
    return status;
}

static Status step_still(AcgUpscale *task, UpscaleTile *tile) {
    const Status status = upscale_step(task->task);
    *tile = upscale_tile(task->task);
    return status;
}

EXPORT int acg_upscale_step(AcgUpscale *task) {
    UpscaleTile tile = {0};
    if (task->has_failed)
        return (int)status_fail(STATUS_BAD_ARGUMENT, "Expected a task that is under way but received one that failed.");
    const Status status = task->animation ? step_animation(task, &tile) : step_still(task, &tile);
    task->has_failed = status != STATUS_OK;
    if (status) return (int)status;
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
    return (int)STATUS_OK;
}

EXPORT const AcgWork *acg_upscale_work(AcgUpscale *task) {
    const UpscaleWork work = upscale_work(task->task);
    task->work = (AcgWork){work.pass, work.n_passes, work.tile, work.columns, work.rows};
    return &task->work;
}

EXPORT const AcgTile *acg_upscale_tile(const AcgUpscale *task) { return &task->tile; }

EXPORT int acg_upscale_next_output(AcgUpscale *task) {
    if (!task->animation) return (int)upscale_output(task->task, &task->output);
    task->output = animation_output(task->animation);
    return (int)STATUS_OK;
}

EXPORT const uint8_t *acg_upscale_output(const AcgUpscale *task) { return task->output ? task->output->data : NULL; }
EXPORT size_t acg_upscale_output_size(const AcgUpscale *task) { return task->output ? task->output->size : 0; }

EXPORT const char *acg_upscale_warnings(AcgUpscale *task) {
    const ConsistencyCount count =
        task->animation ? animation_consistency(task->animation) : upscale_consistency(task->task);
    bytes_clear(&task->warnings);
    warnings_join(&task->warnings, &task->file_warnings);
    consistency_warn(count, task->guard, &task->warnings);
    return bytes_append(&task->warnings, "", 1) ? "" : (const char *)task->warnings.data;
}

EXPORT void acg_upscale_end(AcgUpscale *task) {
    if (!task) return;
    if (task->animation)
        animation_end(task->animation);
    else
        upscale_end(task->task);
    task->model->is_busy = false;
    bytes_free(&task->file_warnings);
    bytes_free(&task->warnings);
    free(task);
}
