// In which order the tiles of a picture run through the five stages of the network.
//
// Squeeze-and-excite wants means over the whole picture. If each tile is to see those (exact), then all tiles must have
// passed stage k before any begins stage k + 1: five passes over the picture. Between two passes either the maps are
// kept, or each pass computes them again from the picture.
#ifndef PIPELINE_SCHEDULE_H
#define PIPELINE_SCHEDULE_H

#include <stdbool.h>

typedef enum ScheduleKind {
    SCHEDULE_ALONE, // one pass; each tile sees its own means
    SCHEDULE_KEEP,  // pass k runs stage k alone, from what pass k - 1 kept
    SCHEDULE_AGAIN, // pass k runs stages 0 to k: 2.87 times the work
} ScheduleKind;

typedef struct Schedule {
    ScheduleKind kind;
    int n_tiles;
    // the step that comes next
    int pass, tile, stage;
    long done, total; // work, in thousandths of a tile
} Schedule;

Schedule schedule_begin(ScheduleKind kind, int n_tiles);
// Goes on to the next step. When all are done, done == total.
void schedule_next(Schedule *schedule);
static inline bool schedule_is_done(const Schedule *schedule) { return schedule->done == schedule->total; }

// How many passes there are.
int schedule_n_passes(const Schedule *schedule);
// The stages that the present pass runs for each tile: first to last.
int schedule_first_stage(const Schedule *schedule);
int schedule_last_stage(const Schedule *schedule);

#endif
