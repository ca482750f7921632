// The task: its options, its memory, and the questions about it. Its steps are in upscale_step.c.
#include "pipeline/upscale.h"

#include <stdlib.h>

#include "pipeline/target.h"
#include "pipeline/upscale_file.h"
#include "pipeline/upscale_parts.h"

static Status check_options(const UpscaleOptions *options, const UpscalerGeometry *geometry) {
    const float strength = options->strength;
    if (!(strength >= 0.5f && strength <= 1.5f))
        return status_fail(STATUS_BAD_ARGUMENT, "Expected a strength of 0.5 to 1.5 but received %g.", (double)strength);
    if (geometry->n_stages == 1 && strength != 1) {
        return status_fail(STATUS_BAD_ARGUMENT,
                           "Expected a strength of 1, the only one of this network, but received %g.",
                           (double)strength);
    }
    if (options->tile && (options->tile < UPSCALE_MIN_TILE || options->tile > UPSCALE_MAX_TILE)) {
        return status_fail(STATUS_BAD_ARGUMENT, "Expected a tile of %d to %d pixels but received %d.", UPSCALE_MIN_TILE,
                           UPSCALE_MAX_TILE, options->tile);
    }
    if ((unsigned)options->sync > UPSCALE_FAST) {
        return status_fail(STATUS_BAD_ARGUMENT, "Expected a known way to share means but received %d.",
                           (int)options->sync);
    }
    if ((unsigned)options->format > UPSCALE_WEBP) {
        return status_fail(STATUS_BAD_ARGUMENT, "Expected a known output format but received %d.",
                           (int)options->format);
    }
    const bool has_quality = options->format == UPSCALE_JPEG || options->format == UPSCALE_WEBP;
    if (has_quality && (options->quality < 1 || options->quality > 100)) {
        return status_fail(STATUS_BAD_ARGUMENT, "Expected a quality of 1 to 100 but received %d.", options->quality);
    }
    return STATUS_OK;
}

// Checks that the picture is not empty, and that the output may have the wanted size in its format.
static Status check_sizes(const UpscaleOptions *options, const Image *image, int scale) {
    if (image->width < 1 || image->height < 1) {
        return status_fail(STATUS_BAD_ARGUMENT, "Expected a picture of at least 1 x 1 pixels but received %d x %d.",
                           image->width, image->height);
    }
    Status status = target_check(options, target_enlarged(image->width, image->height, scale));
    if (status || options->format == UPSCALE_PIXELS) return status;
    const EncodePicture picture = upscale_file_picture(options, image, &image->meta, scale);
    return encode_check(&picture);
}

// Makes all decisions. Allocates hardly any memory.
static Status plan_task(Upscale *task) {
    UpscalePlan *plan = &task->plan;
    Status status = upscale_plan_make(task->upscaler, task->image, &task->options, plan);
    if (!status && plan->seeks_repeats && !task->options.all_tiles)
        status = repeats_find(task->image, &plan->grid, task->geometry, &task->repeats);
    task->total = schedule_total(&plan->schedule, task->repeats.n);
    task->step = schedule_first(&plan->schedule);
    return status;
}

Status upscale_begin_pass(Upscale *task) {
    task->means = (Means){0};
    if (schedule_is_done(&task->plan.schedule, task->step)) return STATUS_OK;
    const Pass *pass = &task->plan.schedule.passes[task->step.pass];
    if (pass->first_stage > 0) return STATUS_OK;
    const MapLayout layout = map_layout_make(task->geometry, &pass->grid, pass->storage, task->plan.format);
    map_store_free(&task->store);
    return map_store_create(&layout, &task->store);
}

static Status take_outputs(Upscale *task) {
    const UpscalePlan *plan = &task->plan;
    if (plan->average_bytes) task->average = malloc(plan->average_bytes);
    if (task->repeats.n) task->repeated = malloc(plan->output_bytes);
    if ((plan->average_bytes && !task->average) || (task->repeats.n && !task->repeated))
        return status_fail(STATUS_NO_MEMORY, "Not enough memory for a tile's output.");
    return output_band_create(&task->options, task->image, task->geometry->scale, plan->band_bytes, &task->band);
}

static Status take_memory(Upscale *task) {
    Status status = arena_create(task->plan.scratch_bytes, &task->arena);
    if (!status) status = upscale_begin_pass(task);
    return status ? status : take_outputs(task);
}

Status upscale_begin(Upscaler *upscaler, const Image *image, UpscaleOptions options, Upscale **out) {
    const UpscalerGeometry *geometry = &upscaler->geometry;
    Status status = check_options(&options, geometry);
    if (!status) status = check_sizes(&options, image, geometry->scale);
    if (status) return status;
    Upscale *task = calloc(1, sizeof *task);
    if (!task) return status_fail(STATUS_NO_MEMORY, "Not enough memory to begin.");
    task->upscaler = upscaler;
    task->image = image;
    task->options = options;
    if (!options.levels.black && !options.levels.white) task->options.levels.white = 1;
    task->geometry = geometry;
    status = plan_task(task);
    if (!status && !options.is_plan) status = take_memory(task);
    if (status) {
        upscale_end(task);
        return status;
    }
    *out = task;
    return STATUS_OK;
}

void upscale_end(Upscale *task) {
    if (!task) return;
    output_band_free(&task->band);
    free(task->average);
    free(task->repeated);
    repeats_free(&task->repeats);
    map_store_free(&task->store);
    arena_free(&task->arena);
    free(task);
}

static TargetSize enlarged_size(const Upscale *task) {
    return target_enlarged(task->image->width, task->image->height, task->geometry->scale);
}

int upscale_width(const Upscale *task) { return target_size(&task->options, enlarged_size(task)).width; }
int upscale_height(const Upscale *task) { return target_size(&task->options, enlarged_size(task)).height; }
int upscale_channels(const Upscale *task) { return task->image->channels; }
int upscale_tile_side(const Upscale *task) { return task->plan.grid.side; }
static uint64_t resizing_bytes(const Upscale *task) {
    const TargetSize enlarged = enlarged_size(task);
    if (!target_is_resized(&task->options, enlarged)) return 0;
    return lanczos_bytes(target_shape(&task->options, task->image, enlarged));
}

uint64_t upscale_memory(const Upscale *task) {
    const UpscalePlan *plan = &task->plan;
    const uint64_t repeated_bytes = task->repeats.n ? plan->output_bytes : 0;
    const uint64_t compared_bytes = consistency_bytes(task->image, task->geometry->scale, task->options.guard);
    // 64 bits from the left on: in 32 bits the sum of a large tile's parts would wrap around
    return resizing_bytes(task) + repeated_bytes + compared_bytes + plan->scratch_bytes + plan->band_bytes +
           plan->average_bytes + plan->kept_bytes;
}
const char *upscale_plan(const Upscale *task) { return task->plan.name; }
long long upscale_total(const Upscale *task) { return task->total; }
long long upscale_done(const Upscale *task) { return task->done; }
uint64_t upscale_spilled(const Upscale *task) { return task->plan.spilled_bytes; }

double upscale_cost(const Upscale *task) {
    const TileGrid *grid = &task->plan.grid;
    const double halos = 2.0 * task->geometry->halo;
    double widths = 0, heights = 0;
    for (int i = 0; i < grid->columns; i++) widths += tile_rect(grid, i, 0).padded_width + halos;
    for (int i = 0; i < grid->rows; i++) heights += tile_rect(grid, 0, i).padded_height + halos;
    const double times = (double)task->total / (1000.0 * grid->columns * grid->rows);
    return widths * heights * times;
}

UpscaleWork upscale_work(const Upscale *task) {
    const Schedule *schedule = &task->plan.schedule;
    const TileGrid *grid = &task->plan.grid;
    UpscaleWork work = {task->step.pass, schedule->n_passes, 0, grid->columns, grid->rows};
    if (schedule_is_done(schedule, task->step)) return work;
    // for patches: the same part of the picture's tiles
    const int n = tile_count(&schedule->passes[task->step.pass].grid);
    work.tile = (int)((long long)task->step.tile * tile_count(grid) / n);
    return work;
}

bool upscale_awaits_read(const Upscale *task) { return task->phase == PHASE_LOAD; }
bool upscale_awaits_write(const Upscale *task) { return task->phase == PHASE_SAVE || task->phase == PHASE_READ; }
MapTransfer upscale_to_read(const Upscale *task) { return task->store.to_read; }
MapTransfer upscale_to_write(const Upscale *task) { return task->store.to_write; }

UpscaleTile upscale_tile(const Upscale *task) {
    return task->finished.width ? output_band_tile(&task->band, task->finished) : (UpscaleTile){0};
}

ConsistencyCount upscale_consistency(const Upscale *task) {
    return task->band.consistency ? consistency_count(task->band.consistency) : (ConsistencyCount){0};
}

Status upscale_output(Upscale *task, const Bytes **out) {
    if (!task->band.pixels) return status_fail(STATUS_BAD_ARGUMENT, "The picture was only planned, not begun.");
    return output_band_take(&task->band, out);
}
