// Passes, tiles, stages.
#include "pipeline/schedule.h"

#include "nets/cugan.h"

// What each stage costs, in thousandths of the network's multiplications (counted at 2x; 3x and 4x differ by a few
// percent).
static const int costs[CUGAN_N_STAGES] = {78, 323, 212, 165, 222};

static int n_passes(ScheduleKind kind) { return kind == SCHEDULE_ALONE ? 1 : CUGAN_N_STAGES; }

int schedule_n_passes(const Schedule *schedule) { return n_passes(schedule->kind); }

int schedule_first_stage(const Schedule *schedule) { return schedule->kind == SCHEDULE_KEEP ? schedule->pass : 0; }

int schedule_last_stage(const Schedule *schedule) {
    return schedule->kind == SCHEDULE_ALONE ? CUGAN_N_STAGES - 1 : schedule->pass;
}

Schedule schedule_begin(ScheduleKind kind, int n_tiles) {
    Schedule schedule = {.kind = kind, .n_tiles = n_tiles};
    for (schedule.pass = 0; schedule.pass < n_passes(kind); schedule.pass++) {
        for (int stage = schedule_first_stage(&schedule); stage <= schedule_last_stage(&schedule); stage++) {
            schedule.total += (long)costs[stage] * n_tiles;
        }
    }
    schedule.pass = 0;
    return schedule;
}

void schedule_next(Schedule *schedule) {
    schedule->done += costs[schedule->stage];
    if (schedule->stage < schedule_last_stage(schedule)) {
        schedule->stage++;
        return;
    }
    if (++schedule->tile == schedule->n_tiles) {
        schedule->tile = 0;
        schedule->pass++;
    }
    schedule->stage = schedule_first_stage(schedule);
}
