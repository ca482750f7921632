// The list of passes, and the order of steps: by pass, tile, view and stage.
#include "pipeline/schedule.h"

bool schedule_is_resumed(const ScheduleShape *shape) {
    return shape->means == MEANS_OF_PICTURE && shape->storage != MAPS_NOWHERE && shape->n_views == 1;
}

// The pass that gathers the means of one barrier in one view.
static Pass means_pass(const ScheduleShape *shape, int view, int barrier) {
    const bool has_patches = shape->means == MEANS_OF_PATCHES, resumes = shape->storage != MAPS_NOWHERE;
    const bool is_last = barrier == shape->geometry->n_stages - 2;
    return (Pass){
        .area = has_patches ? AREA_PATCHES : AREA_VIEW,
        .grid = has_patches ? shape->patches : view_grid(view_of(&shape->grid, view), &shape->grid),
        .view = view,
        .n_views = 1,
        .first_stage = resumes ? barrier : 0,
        .last_stage = barrier,
        .means = PASS_GATHERS,
        .storage = shape->storage,
        .saves = resumes && (!is_last || schedule_is_resumed(shape)),
        .skips_repeats = !has_patches && shape->n_views == 1,
        .permille = has_patches ? shape->patch_permille : 1000,
    };
}

static Pass last_pass(const ScheduleShape *shape) {
    const bool resumes = schedule_is_resumed(shape);
    return (Pass){
        .area = AREA_PICTURE,
        .grid = shape->grid,
        .n_views = shape->n_views,
        .first_stage = resumes ? shape->geometry->n_stages - 1 : 0,
        .last_stage = shape->geometry->n_stages - 1,
        .means = shape->means == MEANS_OF_TILE ? PASS_ALONE : PASS_KNOWS,
        .storage = resumes ? shape->storage : MAPS_NOWHERE,
        .skips_repeats = true,
        .permille = 1000,
    };
}

Schedule schedule_make(const ScheduleShape *shape) {
    Schedule schedule = {.stages = shape->geometry->stages};
    for (int view = 0; view < shape->n_views && shape->means != MEANS_OF_TILE; view++) {
        for (int barrier = 0; barrier < shape->geometry->n_stages - 1; barrier++)
            schedule.passes[schedule.n_passes++] = means_pass(shape, view, barrier);
    }
    schedule.passes[schedule.n_passes++] = last_pass(shape);
    return schedule;
}

// ---- steps

static ScheduleStep first_of(const Schedule *schedule, int pass) {
    if (pass == schedule->n_passes) return (ScheduleStep){.pass = pass};
    return (ScheduleStep){pass, 0, schedule->passes[pass].view, schedule->passes[pass].first_stage};
}

ScheduleStep schedule_first(const Schedule *schedule) { return first_of(schedule, 0); }

ScheduleStep schedule_next_tile(const Schedule *schedule, ScheduleStep step) {
    const Pass *pass = &schedule->passes[step.pass];
    if (step.tile + 1 == tile_count(&pass->grid)) return first_of(schedule, step.pass + 1);
    return (ScheduleStep){step.pass, step.tile + 1, pass->view, pass->first_stage};
}

ScheduleStep schedule_next(const Schedule *schedule, ScheduleStep step) {
    const Pass *pass = &schedule->passes[step.pass];
    if (step.stage < pass->last_stage) {
        step.stage++;
        return step;
    }
    if (step.view + 1 == pass->view + pass->n_views) return schedule_next_tile(schedule, step);
    return (ScheduleStep){step.pass, step.tile, step.view + 1, pass->first_stage};
}

// ---- work

static int stage_work(const Schedule *schedule, const Pass *pass, int stage) {
    return (schedule->stages[stage].permille * pass->permille + 999) / 1000;
}

int schedule_work(const Schedule *schedule, ScheduleStep step) {
    return stage_work(schedule, &schedule->passes[step.pass], step.stage);
}

static long long pass_total(const Schedule *schedule, const Pass *pass, int n_repeats) {
    const int n_skipped = pass->skips_repeats ? n_repeats : 0;
    long long tile = 0;
    for (int stage = pass->first_stage; stage <= pass->last_stage; stage++) tile += stage_work(schedule, pass, stage);
    return tile * pass->n_views * (tile_count(&pass->grid) - n_skipped) + n_skipped;
}

long long schedule_total(const Schedule *schedule, int n_repeats) {
    long long total = 0;
    for (int i = 0; i < schedule->n_passes; i++) total += pass_total(schedule, &schedule->passes[i], n_repeats);
    return total;
}
