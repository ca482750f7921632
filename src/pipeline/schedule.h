// In which order the tiles of a picture, in all its views, run through the five stages of the network.
//
// Squeeze-and-excite wants means over the whole picture. If each tile is to see those (exact), then all tiles must have
// passed stage k before any begins stage k + 1. So each view has four passes for the means of its four barriers, and
// one last pass makes the picture: tile by tile, and for each tile view by view, since their results are averaged.
#ifndef PIPELINE_SCHEDULE_H
#define PIPELINE_SCHEDULE_H

#include <stdbool.h>

#include "nets/cugan.h"

typedef enum ScheduleKind {
    SCHEDULE_ALONE,  // only the last pass; each tile sees its own means
    SCHEDULE_SAMPLE, // the means are those of a few patches
    SCHEDULE_KEEP,   // pass k runs stage k alone, from what pass k - 1 kept, and so does the last; one view only
    SCHEDULE_TWICE,  // the same, but the last pass runs all stages: about 1.9 times the work
    SCHEDULE_AGAIN,  // pass k runs stages 0 to k: 2.87 times the work
} ScheduleKind;

typedef struct ScheduleShape {
    ScheduleKind kind;
    int n_tiles;
    int n_views;
    int n_repeats;      // tiles that the last pass need not run: schedule_skip
    bool skips_always;  // nor any other pass; of tiles only, and of one view
    int n_patches;      // of SCHEDULE_SAMPLE
    int patch_permille; // the work of a patch, in thousandths of that of a tile
} ScheduleShape;

typedef struct Schedule {
    ScheduleShape shape;
    // the step that comes next; `tile` is the number of a patch while patches are sampled
    int pass, tile, view, stage;
    long long done, total; // work, in thousandths of a tile
} Schedule;

Schedule schedule_begin(ScheduleShape shape);
// Goes on to the next step. When all are done, done == total.
void schedule_next(Schedule *schedule);
// Goes on to the next tile without having run this one, which was among the repeats.
void schedule_skip(Schedule *schedule);
static inline bool schedule_is_done(const Schedule *schedule) { return schedule->done == schedule->total; }

// How many passes there are.
int schedule_n_passes(const Schedule *schedule);
// Whether the present pass is the last, that makes the picture.
bool schedule_is_last(const Schedule *schedule);
// How many tiles the present pass need not run.
int schedule_n_repeats(const Schedule *schedule);
// Tiles, or patches, of the present pass.
int schedule_n_tiles(const Schedule *schedule);
// The stages that the present pass runs for each tile: first to last. Those of the passes for means end at the barrier.
int schedule_first_stage(const Schedule *schedule);
int schedule_last_stage(const Schedule *schedule);

#endif
