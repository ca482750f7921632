// The tile loop. Tiles go row by row of the grid, through as many passes as the schedule has; in the last one, their
// output goes into a band.
//
// What the network sees is one view of the picture or eight (view.h); `rect` is a tile as it lies there.
#include "pipeline/upscale.h"

#include <stdlib.h>
#include <string.h>

#include "core/arena.h"
#include "pipeline/kept_maps.h"
#include "pipeline/means.h"
#include "pipeline/output_band.h"
#include "pipeline/patches.h"
#include "pipeline/pixels.h"
#include "pipeline/repeats.h"
#include "pipeline/schedule.h"
#include "pipeline/tile.h"
#include "pipeline/upscale_plan.h"
#include "pipeline/view.h"

struct Upscale {
    Cugan *cugan;
    const Image *image;
    UpscaleOptions options;
    CuganGeometry geometry;
    Arena arena;
    UpscalePlan plan;
    Schedule schedule;
    OutputBand band;
    Repeats repeats;
    float *repeated;      // the output of those tiles
    Means repeated_means; // of one of them, in the present pass
    float *average;       // of the views of a tile, as large as a tile's output; NULL: one view
    KeptMaps maps;        // of SCHEDULE_KEEP and SCHEDULE_TWICE
    CuganTile tile;       // the one under way
    Means means;          // over the tiles of this pass, at the barrier at its end
    float factors[VIEW_N][CUGAN_N_BARRIERS][CUGAN_MAX_CHANNELS];
    KeptPart put;      // of the last step
    TileRect finished; // the tile that the last step finished; width 0: none
};

static TileRect rect_of(const TileGrid *grid, int index) {
    return tile_rect(grid, index % grid->columns, index / grid->columns);
}

static bool is_sampling(const Upscale *task) {
    return task->plan.schedule == SCHEDULE_SAMPLE && !schedule_is_last(&task->schedule);
}

static bool keeps_maps(const Upscale *task) {
    const ScheduleKind kind = task->plan.schedule;
    return kind == SCHEDULE_KEEP || (kind == SCHEDULE_TWICE && !schedule_is_last(&task->schedule));
}

static View view_now(const Upscale *task) { return view_of(&task->plan.grid, task->schedule.view); }

// The grid of the tiles that wait for each other: one view's own, or the picture's.
static TileGrid grid_now(const Upscale *task) {
    return task->schedule.view ? view_grid(view_now(task), &task->plan.grid) : task->plan.grid;
}

// The tile under way, as it lies in the view.
static TileRect rect_now(const Upscale *task) {
    const Schedule *schedule = &task->schedule;
    const TileGrid *grid = &task->plan.grid, own_grid = grid_now(task);
    if (is_sampling(task)) return view_rect(view_now(task), patches_rect(&task->plan.patches, grid, schedule->tile));
    if (!schedule_is_last(schedule)) return rect_of(&own_grid, schedule->tile);
    return schedule->shape.n_views == 1 ? rect_of(grid, schedule->tile)
                                        : view_rect(view_now(task), rect_of(grid, schedule->tile));
}

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

// Where maps are kept in memory, tiles are never quite the same: what a tile reads of its neighbours differs by
// rounding.
static Status find_repeats(Upscale *task) {
    const UpscalePlan *plan = &task->plan;
    if ((plan->schedule == SCHEDULE_KEEP && !plan->kept.is_outside) || task->options.all_tiles) return STATUS_OK;
    return repeats_find(task->image, &task->plan.grid, task->geometry.halo, &task->repeats);
}

// Bytes of the largest tile's output, in floats.
static size_t output_bytes(const Upscale *task) {
    const TileRect rect = rect_of(&task->plan.grid, 0);
    const size_t scale = (size_t)task->geometry.scale;
    return (size_t)rect.padded_height * scale * (size_t)rect.padded_width * scale * 3 * sizeof(float);
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
    if (!status && keeps_maps(task)) status = kept_maps_create(&plan->kept, &task->maps);
    if (!status && plan->schedule == SCHEDULE_SAMPLE) status = patches_take(&plan->patches);
    if (status) return status;
    if (plan->average_bytes) task->average = malloc(plan->average_bytes);
    if (task->repeats.n) task->repeated = malloc(output_bytes(task));
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
size_t upscale_memory(const Upscale *task) {
    const UpscalePlan *plan = &task->plan;
    const size_t repeated_bytes = task->repeats.n ? output_bytes(task) : 0;
    return plan->scratch_bytes + plan->band_bytes + plan->average_bytes + plan->kept_bytes + repeated_bytes;
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

// ---- means and factors

static void set_factors(Upscale *task, int barrier) {
    means_to_factors(&task->means, task->cugan, barrier, task->options.strength,
                     task->factors[task->schedule.view][barrier]);
}

static void use_own_means(Upscale *task, int barrier) {
    task->means = (Means){0};
    means_add(&task->means, &task->tile, task->tile.body.h, task->tile.body.w);
    set_factors(task, barrier);
}

// After the last tile's, or patch's, the factors are known.
static void join_means(Upscale *task, const Means *own, int barrier) {
    if (task->schedule.tile == 0) task->means = (Means){0};
    means_join(&task->means, own);
    if (task->schedule.tile == schedule_n_tiles(&task->schedule) - 1) set_factors(task, barrier);
}

// Adds the tile's own part to the picture's means, or all of a patch.
static void add_to_means(Upscale *task, TileRect rect, int barrier) {
    const TileGrid grid = grid_now(task);
    int rows = task->tile.body.h, columns = task->tile.body.w;
    if (!is_sampling(task)) {
        rows = kept_maps_own(task->cugan, barrier, rect.y, rect.height, rect.padded_height, grid.height);
        columns = kept_maps_own(task->cugan, barrier, rect.x, rect.width, rect.padded_width, grid.width);
    }
    Means own = {0};
    means_add(&own, &task->tile, rows, columns);
    if (task->schedule.tile == task->repeats.first) task->repeated_means = own;
    join_means(task, &own, barrier);
}

// ---- the steps

// Maps are kept of one view at a time.
static Status begin_view(Upscale *task) {
    kept_maps_free(&task->maps);
    if (schedule_is_last(&task->schedule)) return STATUS_OK;
    KeptPlan plan = task->plan.kept;
    plan.grid = grid_now(task);
    return kept_maps_create(&plan, &task->maps);
}

static Status begin_tile(Upscale *task, TileRect rect, int stage) {
    size_t scratch;
    const int halo = task->geometry.halo;
    const View view = view_now(task);
    const float *skip_factors = task->factors[view.index][1];
    Status status = cugan_plan(task->cugan, rect.padded_height, rect.padded_width, &scratch);
    if (status) return status;
    task->tile = cugan_begin(task->cugan, &task->arena, stage);
    if (task->tile.input.data)
        pixels_to_tensor(task->image, cugan_levels(task->cugan), view, rect.x - halo, rect.y - halo, task->tile.input);
    if (stage > 0 && is_sampling(task)) {
        patches_load(&task->plan.patches, task->schedule.tile, stage, skip_factors, &task->tile);
    } else if (stage > 0) {
        kept_maps_load(&task->maps, task->schedule.tile, stage, skip_factors, &task->tile);
    }
    return STATUS_OK;
}

// After a stage that has a barrier behind it.
static void pass_barrier(Upscale *task, TileRect rect, int stage) {
    const Schedule *schedule = &task->schedule;
    if (task->plan.schedule == SCHEDULE_ALONE) {
        use_own_means(task, stage);
    } else if (stage == schedule_last_stage(schedule)) {
        add_to_means(task, rect, stage);
        if (is_sampling(task)) patches_save(&task->plan.patches, schedule->tile, stage, &task->tile);
        if (!keeps_maps(task)) return;
        kept_maps_save(&task->maps, schedule->tile, stage, &task->tile);
        task->put = kept_maps_to_put(&task->maps, schedule->tile, stage);
    }
}

// The tile's output in all its views so far, as it lies in the picture.
static Tensor average_views(Upscale *task, TileRect rect) {
    const int scale = task->geometry.scale;
    const Tensor average = {task->average, rect.padded_height * scale, rect.padded_width * scale, 3};
    if (!task->average) return task->tile.output;
    view_average(task->schedule.view, task->tile.output, average);
    return average;
}

static void put_tile(Upscale *task, Tensor output, TileRect rect) {
    output_band_put(&task->band, output, cugan_levels(task->cugan), rect);
    task->finished = rect;
}

static void finish_tile(Upscale *task) {
    const TileRect rect = rect_of(&task->plan.grid, task->schedule.tile);
    const Tensor output = average_views(task, rect);
    if (task->schedule.view < task->schedule.shape.n_views - 1) return;
    if (task->schedule.tile == task->repeats.first && task->repeated)
        memcpy(task->repeated, output.data, tensor_count(output) * sizeof(float));
    put_tile(task, output, rect);
}

static bool is_repeat(const Upscale *task) {
    return schedule_n_repeats(&task->schedule) && repeats_is_later(&task->repeats, task->schedule.tile);
}

static void repeat_output(Upscale *task) {
    const TileRect rect = rect_of(&task->plan.grid, task->schedule.tile);
    const int scale = task->geometry.scale;
    const Tensor output = {task->repeated, rect.padded_height * scale, rect.padded_width * scale, 3};
    put_tile(task, output, rect);
}

// A tile that sees what the first of its kind saw.
static void repeat_tile(Upscale *task) {
    if (schedule_is_last(&task->schedule))
        repeat_output(task);
    else
        join_means(task, &task->repeated_means, schedule_last_stage(&task->schedule));
    schedule_skip(&task->schedule);
}

Status upscale_step(Upscale *task) {
    Schedule *schedule = &task->schedule;
    task->finished.width = 0;
    if (schedule_is_done(schedule)) return status_fail(STATUS_BAD_ARGUMENT, "The picture is finished already.");
    if (!task->band.pixels) return status_fail(STATUS_BAD_ARGUMENT, "The picture was only planned, not begun.");
    if (!output_band_is_taken(&task->band))
        return status_fail(STATUS_BAD_ARGUMENT, "Expected all output to be taken before the next step.");
    task->put = (KeptPart){0};
    if (is_repeat(task)) {
        repeat_tile(task);
        return STATUS_OK;
    }
    const int stage = schedule->stage, pass = schedule->pass;
    const TileRect rect = rect_now(task);
    Status status = stage == schedule_first_stage(schedule) ? begin_tile(task, rect, stage) : STATUS_OK;
    if (status) return status;
    cugan_stage(task->cugan, &task->tile, stage, stage > 0 ? task->factors[schedule->view][stage - 1] : NULL);
    if (stage < CUGAN_N_BARRIERS)
        pass_barrier(task, rect, stage);
    else
        finish_tile(task);
    schedule_next(schedule);
    const bool ends_view = schedule->pass != pass && schedule->pass % CUGAN_N_BARRIERS == 0;
    if (!ends_view || task->plan.schedule != SCHEDULE_TWICE) return STATUS_OK;
    task->put = (KeptPart){0}; // nothing of this view is wanted again
    return begin_view(task);
}

KeptPart upscale_to_fetch(const Upscale *task) {
    const Schedule *next = &task->schedule;
    if (schedule_is_done(next) || !keeps_maps(task) || is_repeat(task)) return (KeptPart){0};
    return kept_maps_to_fetch(&task->maps, next->tile, next->stage);
}

KeptPart upscale_to_put(const Upscale *task) { return task->put; }

UpscaleTile upscale_tile(const Upscale *task) {
    return task->finished.width ? output_band_tile(&task->band, task->finished) : (UpscaleTile){0};
}

Status upscale_output(Upscale *task, const Bytes **out) { return output_band_take(&task->band, out); }
