// Passes, tiles, views, stages.
#include "pipeline/schedule.h"

// What each stage costs, in thousandths of the network's multiplications (counted at 2x; 3x and 4x differ by a few
// percent).
static const int costs[CUGAN_N_STAGES] = {78, 323, 212, 165, 222};

static int n_means_passes(const Schedule *schedule) {
    return schedule->shape.kind == SCHEDULE_ALONE ? 0 : CUGAN_N_BARRIERS * schedule->shape.n_views;
}

int schedule_n_passes(const Schedule *schedule) { return n_means_passes(schedule) + 1; }

bool schedule_is_last(const Schedule *schedule) { return schedule->pass >= n_means_passes(schedule); }

int schedule_n_repeats(const Schedule *schedule) {
    return schedule_is_last(schedule) || schedule->shape.skips_always ? schedule->shape.n_repeats : 0;
}

int schedule_n_tiles(const Schedule *schedule) {
    const ScheduleShape *shape = &schedule->shape;
    const bool samples = shape->kind == SCHEDULE_SAMPLE && !schedule_is_last(schedule);
    return samples ? shape->n_patches : shape->n_tiles;
}

int schedule_last_stage(const Schedule *schedule) {
    return schedule_is_last(schedule) ? CUGAN_N_STAGES - 1 : schedule->pass % CUGAN_N_BARRIERS;
}

int schedule_first_stage(const Schedule *schedule) {
    const ScheduleKind kind = schedule->shape.kind;
    const bool goes_on = schedule_is_last(schedule) ? kind == SCHEDULE_KEEP : kind != SCHEDULE_AGAIN;
    return goes_on ? schedule_last_stage(schedule) : 0;
}

static int cost(const Schedule *schedule) {
    const ScheduleShape *shape = &schedule->shape;
    const bool samples = shape->kind == SCHEDULE_SAMPLE && !schedule_is_last(schedule);
    return samples ? (costs[schedule->stage] * shape->patch_permille + 999) / 1000 : costs[schedule->stage];
}

static void begin_pass(Schedule *schedule, int pass) {
    schedule->pass = pass;
    schedule->tile = 0;
    schedule->view = schedule_is_last(schedule) ? 0 : pass / CUGAN_N_BARRIERS;
    schedule->stage = schedule_first_stage(schedule);
}

static long long pass_total(Schedule schedule) {
    long long total = 0;
    for (; schedule.stage <= schedule_last_stage(&schedule); schedule.stage++) total += cost(&schedule);
    const int n_repeats = schedule_n_repeats(&schedule), n = schedule_n_tiles(&schedule) - n_repeats;
    return total * n * (schedule_is_last(&schedule) ? schedule.shape.n_views : 1) + n_repeats;
}

Schedule schedule_begin(ScheduleShape shape) {
    Schedule schedule = {.shape = shape};
    for (int pass = 0; pass < schedule_n_passes(&schedule); pass++) {
        begin_pass(&schedule, pass);
        schedule.total += pass_total(schedule);
    }
    begin_pass(&schedule, 0);
    return schedule;
}

static void next_tile(Schedule *schedule) {
    if (++schedule->tile == schedule_n_tiles(schedule)) begin_pass(schedule, schedule->pass + 1);
}

void schedule_skip(Schedule *schedule) {
    schedule->done++;
    next_tile(schedule);
}

void schedule_next(Schedule *schedule) {
    schedule->done += cost(schedule);
    if (schedule->stage < schedule_last_stage(schedule)) {
        schedule->stage++;
        return;
    }
    schedule->stage = schedule_first_stage(schedule);
    if (schedule_is_last(schedule)) {
        if (++schedule->view < schedule->shape.n_views) return;
        schedule->view = 0;
    }
    next_tile(schedule);
}
