// The task: what it is begun with, what it takes, what it tells. What a step does: upscale_step.c.
#include "pipeline/upscale.h"

#include <stdlib.h>

#include "pipeline/upscale_file.h"
#include "pipeline/upscale_parts.h"
#include "pipeline/upscale_step.h"

static Status check_options(const UpscaleOptions *options) {
    if (options->tile && (options->tile < UPSCALE_MIN_TILE || options->tile > UPSCALE_MAX_TILE)) {
        return status_fail(STATUS_BAD_ARGUMENT, "Expected a tile of %d to %d pixels but received %d.", UPSCALE_MIN_TILE,
                           UPSCALE_MAX_TILE, options->tile);
    }
    if (!(options->strength >= 0.5f && options->strength <= 1.5f)) {
        return status_fail(STATUS_BAD_ARGUMENT, "Expected a strength of 0.5 to 1.5 but received %g.",
                           (double)options->strength);
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

// Before any work, and before a plan is told: whether the format has such pictures at all.
static Status check_file(const UpscaleOptions *options, const Image *image, int scale) {
    if (options->format == UPSCALE_PIXELS) return STATUS_OK;
    const EncodePicture picture = upscale_file_picture(options, image, &image->meta, scale);
    return encode_check(&picture);
}

// Where maps are kept in memory, tiles are never quite the same: what a tile reads of its neighbours differs by
// rounding.
static Status find_repeats(Upscale *task) {
    const UpscalePlan *plan = &task->plan;
    if ((plan->schedule == SCHEDULE_KEEP && !plan->kept.is_outside) || task->options.all_tiles) return STATUS_OK;
    return repeats_find(task->image, &task->plan.grid, task->geometry.halo, &task->repeats);
}

static ScheduleShape schedule_shape(const Upscale *task) {
    const UpscalePlan *plan = &task->plan;
    const UpscaleOptions *options = &task->options;
    const int halo = task->geometry.halo;
    const TileGrid *grid = &plan->grid;
    const double halos = 2.0 * halo;
    const double patch = plan->patches.side + halos, tile = grid->side + halos;
    return (ScheduleShape){
        .kind = plan->schedule,
        .n_tiles = grid->columns * grid->rows,
        .n_views = options->tta ? VIEW_N : 1,
        .n_repeats = task->repeats.n,
        .skips_always = !options->tta && (plan->schedule == SCHEDULE_KEEP || plan->schedule == SCHEDULE_AGAIN),
        .n_patches = patches_n(&plan->patches),
        .patch_permille = (int)(1000 * patch * patch / (tile * tile)) + 1,
    };
}

Status upscale_prepare(Cugan *cugan, const Image *image, UpscaleOptions options, Upscale **out) {
    Status status = check_options(&options);
    if (!status) status = check_file(&options, image, cugan_geometry(cugan).scale);
    if (status) return status;
    Upscale *task = calloc(1, sizeof *task);
    if (!task) return status_fail(STATUS_NO_MEMORY, "Not enough memory to begin.");
    task->cugan = cugan;
    task->image = image;
    task->options = options;
    task->geometry = cugan_geometry(cugan);
    status = upscale_plan_make(cugan, image, &options, &task->plan);
    if (status) {
        upscale_end(task);
        return status;
    }
    status = find_repeats(task);
    if (status) {
        upscale_end(task);
        return status;
    }
    task->schedule = schedule_begin(schedule_shape(task));
    *out = task;
    return STATUS_OK;
}

static Status take_memory(Upscale *task) {
    UpscalePlan *plan = &task->plan;
    Status status = arena_create(plan->scratch_bytes, &task->arena);
    const bool keeps_maps = plan->schedule == SCHEDULE_KEEP || plan->schedule == SCHEDULE_TWICE;
    if (!status && keeps_maps) status = kept_maps_create(&plan->kept, &task->maps);
    if (!status && plan->schedule == SCHEDULE_SAMPLE) status = patches_take(&plan->patches);
    if (status) return status;
    if (plan->average_bytes) task->average = malloc(plan->average_bytes);
    if (task->repeats.n) task->repeated = malloc(plan->output_bytes);
    if ((plan->average_bytes && !task->average) || (task->repeats.n && !task->repeated))
        return status_fail(STATUS_NO_MEMORY, "Not enough memory for a tile's output.");
    return output_band_create(&task->options, task->image, task->geometry.scale, plan->band_bytes, &task->band);
}

Status upscale_begin(Cugan *cugan, const Image *image, UpscaleOptions options, Upscale **out) {
    Upscale *task;
    Status status = upscale_prepare(cugan, image, options, &task);
    if (status) return status;
    status = take_memory(task);
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
    patches_free(&task->plan.patches);
    kept_maps_free(&task->maps);
    arena_free(&task->arena);
    free(task);
}

int upscale_width(const Upscale *task) { return task->image->width * task->geometry.scale; }
int upscale_height(const Upscale *task) { return task->image->height * task->geometry.scale; }
int upscale_channels(const Upscale *task) { return task->image->channels; }
int upscale_tile_side(const Upscale *task) { return task->plan.grid.side; }
uint64_t upscale_memory(const Upscale *task) {
    const UpscalePlan *plan = &task->plan;
    const uint64_t repeated_bytes = task->repeats.n ? plan->output_bytes : 0;
    const uint64_t compared_bytes = consistency_bytes(task->image, task->geometry.scale, task->options.guard);
    // from the left in 64 bits: in 32 the sum of the parts of a large tile wraps around
    return repeated_bytes + compared_bytes + plan->scratch_bytes + plan->band_bytes + plan->average_bytes +
           plan->kept_bytes;
}
const char *upscale_plan(const Upscale *task) { return task->plan.name; }
long long upscale_total(const Upscale *task) { return task->schedule.total; }
long long upscale_done(const Upscale *task) { return task->schedule.done; }
uint64_t upscale_outside(const Upscale *task) { return task->plan.outside_bytes; }

double upscale_cost(const Upscale *task) {
    const TileGrid *grid = &task->plan.grid;
    const double halos = 2.0 * task->geometry.halo;
    double widths = 0, heights = 0;
    for (int i = 0; i < grid->columns; i++) widths += tile_rect(grid, i, 0).padded_width + halos;
    for (int i = 0; i < grid->rows; i++) heights += tile_rect(grid, 0, i).padded_height + halos;
    const double times = (double)task->schedule.total / (1000.0 * grid->columns * grid->rows);
    return widths * heights * times;
}

UpscaleWork upscale_work(const Upscale *task) {
    const Schedule *schedule = &task->schedule;
    const TileGrid *grid = &task->plan.grid;
    // as many tiles as patches stand for
    const long long tile = (long long)schedule->tile * schedule->shape.n_tiles / schedule_n_tiles(schedule);
    return (UpscaleWork){schedule->pass, schedule_n_passes(schedule), (int)tile, grid->columns, grid->rows};
}

// ---- steps

Status upscale_step(Upscale *task) { return upscale_step_run(task); }

bool upscale_awaits_fetch(const Upscale *task) { return kept_flow_awaits_fetch(&task->flow); }
bool upscale_awaits_put(const Upscale *task) { return kept_flow_awaits_put(&task->flow); }
KeptPart upscale_to_fetch(const Upscale *task) { return task->flow.fetch; }
KeptPart upscale_to_put(const Upscale *task) { return task->flow.put; }

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
