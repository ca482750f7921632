// The tile loop. Tiles go row by row of the grid, through as many passes as the schedule has; in the last one, their
// output goes into a band.
//
// What the network sees is one view of the picture or eight (view.h); `rect` is a tile as it lies there.
#include "pipeline/upscale_step.h"

#include <string.h>

#include "pipeline/patches.h"
#include "pipeline/pixels.h"
#include "pipeline/upscale_parts.h"

static TileRect rect_of(const TileGrid *grid, int index) {
    return tile_rect(grid, index % grid->columns, index / grid->columns);
}

static bool is_sampling(const Upscale *task) {
    return task->plan.schedule == SCHEDULE_SAMPLE && !schedule_is_last(&task->schedule);
}

// Whether what a step works on comes from kept maps or goes there.
static bool keeps_maps(const Upscale *task, const Schedule *at) {
    const ScheduleKind kind = task->plan.schedule;
    return kind == SCHEDULE_KEEP || (kind == SCHEDULE_TWICE && !schedule_is_last(at));
}

// Whether a step leaves maps. (Of a view that is run twice nothing is wanted again after its last barrier.)
static bool leaves_maps(const Upscale *task, const Schedule *at) {
    return keeps_maps(task, at) && at->stage < CUGAN_N_BARRIERS - (task->plan.schedule == SCHEDULE_TWICE);
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

static Status begin_tile(Upscale *task) {
    size_t scratch;
    const TileRect rect = rect_now(task);
    const int stage = task->schedule.stage;
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
        if (leaves_maps(task, schedule)) kept_maps_save(&task->maps, schedule->tile, stage, &task->tile);
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

static bool is_repeat(const Upscale *task, const Schedule *at) {
    return schedule_n_repeats(at) && repeats_is_later(&task->repeats, at->tile);
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

static Status load_tile(Upscale *task) {
    return task->schedule.stage == schedule_first_stage(&task->schedule) ? begin_tile(task) : STATUS_OK;
}

static void run_tile(Upscale *task) {
    const Schedule *now = &task->schedule;
    cugan_stage(task->cugan, &task->tile, now->stage, now->stage > 0 ? task->factors[now->view][now->stage - 1] : NULL);
}

// Goes on to the next tile, or stage.
static Status save_tile(Upscale *task) {
    Schedule *schedule = &task->schedule;
    const int pass = schedule->pass;
    if (schedule->stage < CUGAN_N_BARRIERS)
        pass_barrier(task, rect_now(task), schedule->stage);
    else
        finish_tile(task);
    schedule_next(schedule);
    const bool ends_view = schedule->pass != pass && schedule->pass % CUGAN_N_BARRIERS == 0;
    return ends_view && task->plan.schedule == SCHEDULE_TWICE ? begin_view(task) : STATUS_OK;
}

// ---- the same in phases, if maps lie outside

static KeptTurn turn_of(const Upscale *task, const Schedule *at) {
    const bool needs_maps = !schedule_is_done(at) && keeps_maps(task, at);
    return needs_maps ? (KeptTurn){at->tile, at->stage} : (KeptTurn){0};
}

// Of the tile that is run after the present one.
static KeptTurn next_turn(const Upscale *task) {
    Schedule next = task->schedule;
    schedule_next(&next);
    while (!schedule_is_done(&next) && is_repeat(task, &next)) schedule_skip(&next);
    return turn_of(task, &next);
}

static Status step_phase(Upscale *task) {
    const KeptTurn now = turn_of(task, &task->schedule);
    const bool leaves = leaves_maps(task, &task->schedule);
    Status status = STATUS_OK;
    switch (task->flow.phase) {
        case KEPT_LOAD:
            status = load_tile(task);
            kept_flow_loaded(&task->flow, &task->maps, now, next_turn(task));
            break;
        case KEPT_RUN:
            run_tile(task);
            kept_flow_ran(&task->flow);
            break;
        case KEPT_SAVE:
            status = save_tile(task);
            kept_flow_saved(&task->flow, &task->maps, now, leaves);
            break;
        case KEPT_FETCH: kept_flow_settled(&task->flow, &task->maps, now); break;
    }
    return status;
}

// ---- a step

Status upscale_step_run(Upscale *task) {
    const Schedule *schedule = &task->schedule;
    task->finished.width = 0;
    task->flow.fetch = task->flow.put = (KeptPart){0};
    if (schedule_is_done(schedule)) return status_fail(STATUS_BAD_ARGUMENT, "The picture is finished already.");
    if (!task->band.pixels) return status_fail(STATUS_BAD_ARGUMENT, "The picture was only planned, not begun.");
    if (!output_band_is_taken(&task->band))
        return status_fail(STATUS_BAD_ARGUMENT, "Expected all output to be taken before the next step.");
    if (is_repeat(task, schedule)) {
        repeat_tile(task);
        return STATUS_OK;
    }
    if (task->plan.outside_bytes && keeps_maps(task, schedule)) return step_phase(task);
    Status status = load_tile(task);
    if (status) return status;
    run_tile(task);
    return save_tile(task);
}
