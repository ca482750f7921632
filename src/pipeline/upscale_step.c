// The tile loop. Each pass of the schedule goes over the tiles row by row of the grid. In the last pass their output
// goes into a band.
//
// The network gets one view of the picture, or eight (view.h). A tile's rectangle has the coordinates of its view.
#include <string.h>

#include "pipeline/pixels.h"
#include "pipeline/upscale_parts.h"

static const Pass *pass_of(const Upscale *task, ScheduleStep step) { return &task->plan.schedule.passes[step.pass]; }

// ---- from step to step

static bool is_repeat(const Upscale *task, ScheduleStep step) {
    return pass_of(task, step)->skips_repeats && repeats_is_later(&task->repeats, step.tile);
}

// Goes to the step `next`. At the end of a pass that gathers means, it computes the gates of the pass's barrier.
static Status advance(Upscale *task, ScheduleStep next, int work) {
    const Pass *pass = pass_of(task, task->step);
    const bool ends_pass = next.pass != task->step.pass;
    if (ends_pass && pass->means == PASS_GATHERS) {
        means_to_gates(&task->means, task->upscaler, pass->last_stage, task->options.strength,
                       task->gates[pass->view][pass->last_stage]);
    }
    task->step = next;
    task->done += work;
    return ends_pass ? upscale_begin_pass(task) : STATUS_OK;
}

// The tile and stage of the next step that is not a repeat.
static MapTurn next_turn(const Upscale *task) {
    const Schedule *schedule = &task->plan.schedule;
    ScheduleStep next = schedule_next(schedule, task->step);
    while (!schedule_is_done(schedule, next) && is_repeat(task, next)) next = schedule_next_tile(schedule, next);
    return (MapTurn){next.tile, next.stage};
}

// ---- a tile's input

// How far a tile's input reaches beyond the view's edges.
static UpscalerBeyond beyond_of(const Upscale *task, TileRect rect) {
    const TileGrid seen = view_grid(upscale_plan_view(&task->plan, task->step), &task->plan.grid);
    const int halo = task->geometry->halo;
    return (UpscalerBeyond){
        .top = halo - rect.y,
        .left = halo - rect.x,
        .bottom = rect.y + rect.padded_height + halo - seen.height,
        .right = rect.x + rect.padded_width + halo - seen.width,
    };
}

static Status load_tile(Upscale *task) {
    const ScheduleStep step = task->step;
    const TileRect rect = upscale_plan_rect(&task->plan, step);
    const int halo = task->geometry->halo;
    size_t scratch;
    Status status = upscaler_plan(task->upscaler, rect.padded_height, rect.padded_width, &scratch);
    if (status) return status;
    task->tile = upscaler_begin(task->upscaler, &task->arena, step.stage);
    task->tile.beyond = beyond_of(task, rect);
    if (task->tile.input.data) {
        const PixelInput input = {task->image, task->options.levels, task->geometry->edge,
                                  upscale_plan_view(&task->plan, step)};
        pixels_to_tensor(&input, rect.x - halo, rect.y - halo, task->tile.input);
    }
    const MapTurn turn = {step.tile, step.stage};
    if (turn.stage > 0) map_store_load(&task->store, turn, task->gates[step.view][1], &task->tile);
    map_store_read_ahead(&task->store, turn, next_turn(task));
    return STATUS_OK;
}

// ---- means, at the barrier after a stage

static void use_own_means(Upscale *task) {
    const ScheduleStep step = task->step;
    Means own = {0};
    means_add(&own, &task->tile, task->tile.body.h, task->tile.body.w);
    means_to_gates(&own, task->upscaler, step.stage, task->options.strength, task->gates[step.view][step.stage]);
}

// Adds the tile's own part to the picture's means; of a patch, all of it.
static void gather_means(Upscale *task) {
    const ScheduleStep step = task->step;
    const MapPlace *place = &map_layout_slot(&task->store.layout, step.tile)->maps[step.stage];
    Means own = {0};
    means_add(&own, &task->tile, place->own_h, place->own_w);
    means_join(&task->means, &own);
    if (step.tile == task->repeats.first) task->repeated_means = own;
}

static void pass_barrier(Upscale *task) {
    const ScheduleStep step = task->step;
    const Pass *pass = pass_of(task, step);
    const bool ends_pass = step.stage == pass->last_stage;
    if (pass->means == PASS_ALONE) use_own_means(task);
    if (pass->means == PASS_GATHERS && ends_pass) gather_means(task);
    if (pass->saves && ends_pass) {
        const MapTurn turn = {step.tile, step.stage};
        map_store_save(&task->store, turn, &task->tile);
        map_store_write_behind(&task->store, turn);
    }
}

// ---- a tile's output

// The mean over the tile's views so far, in the picture's orientation.
static Tensor average_views(Upscale *task, TileRect rect) {
    const int scale = task->geometry->scale;
    const Tensor average = {task->average, rect.padded_height * scale, rect.padded_width * scale, 3};
    if (!task->average) return task->tile.output;
    view_average(task->step.view, task->tile.output, average);
    return average;
}

static void put_tile(Upscale *task, Tensor output, TileRect rect) {
    output_band_put(&task->band, output, task->options.levels, rect);
    task->finished = rect;
}

static void finish_tile(Upscale *task) {
    const TileRect rect = tile_at(&task->plan.grid, task->step.tile);
    const Tensor output = average_views(task, rect);
    if (task->step.view + 1 < pass_of(task, task->step)->n_views) return;
    if (task->step.tile == task->repeats.first && task->repeated)
        memcpy(task->repeated, output.data, tensor_count(output) * sizeof(float));
    put_tile(task, output, rect);
}

// Finishes a tile whose input equals that of an earlier one, with the earlier result.
static Status repeat_tile(Upscale *task) {
    const int scale = task->geometry->scale;
    const TileRect rect = tile_at(&task->plan.grid, task->step.tile);
    const Tensor output = {task->repeated, rect.padded_height * scale, rect.padded_width * scale, 3};
    if (pass_of(task, task->step)->means == PASS_GATHERS)
        means_join(&task->means, &task->repeated_means);
    else
        put_tile(task, output, rect);
    return advance(task, schedule_next_tile(&task->plan.schedule, task->step), 1);
}

// ---- a step: one stage of one tile

static Status load(Upscale *task) {
    task->phase = PHASE_RUN;
    return task->step.stage == pass_of(task, task->step)->first_stage ? load_tile(task) : STATUS_OK;
}

static Status run(Upscale *task) {
    const int stage = task->step.stage;
    const float *gates = stage > 0 ? task->gates[task->step.view][stage - 1] : NULL;
    task->phase = PHASE_SAVE;
    upscaler_stage(task->upscaler, &task->tile, stage, gates);
    return STATUS_OK;
}

static Status save(Upscale *task) {
    task->phase = task->store.is_late ? PHASE_READ : PHASE_LOAD;
    if (task->step.stage < task->geometry->n_stages - 1)
        pass_barrier(task);
    else
        finish_tile(task);
    return advance(task, schedule_next(&task->plan.schedule, task->step),
                   schedule_work(&task->plan.schedule, task->step));
}

static Status read_late(Upscale *task) {
    task->phase = PHASE_LOAD;
    map_store_read_late(&task->store, (MapTurn){task->step.tile, task->step.stage});
    return STATUS_OK;
}

static Status (*const phases[])(Upscale *) = {
    [PHASE_LOAD] = load,
    [PHASE_RUN] = run,
    [PHASE_SAVE] = save,
    [PHASE_READ] = read_late,
};

static Status check_step(const Upscale *task) {
    if (schedule_is_done(&task->plan.schedule, task->step))
        return status_fail(STATUS_BAD_ARGUMENT, "The picture is finished already.");
    if (!task->band.pixels) return status_fail(STATUS_BAD_ARGUMENT, "The picture was only planned, not begun.");
    if (!output_band_is_taken(&task->band))
        return status_fail(STATUS_BAD_ARGUMENT, "Expected all output to be taken before the next step.");
    return STATUS_OK;
}

// Runs all phases. With spilled maps it runs only one, so that the caller can begin and await transfers in between.
Status upscale_step(Upscale *task) {
    task->finished.width = 0;
    task->store.to_read = task->store.to_write = (MapTransfer){0};
    Status status = check_step(task);
    if (!status && is_repeat(task, task->step)) return repeat_tile(task);
    while (!status) {
        status = phases[task->phase](task);
        if (task->phase == PHASE_LOAD || map_store_is_spilled(&task->store)) break;
    }
    return status;
}
