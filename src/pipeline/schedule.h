// The passes over a picture, and in which order tiles, in all their views, run through the stages of the network.
//
// Squeeze-and-excite wants means over the whole picture. If each tile is to see those (exact), then all tiles must have
// passed stage k before any begins stage k + 1. So each view has a pass for each barrier that gathers its
// means, and one last pass makes the picture: tile by tile, and for each tile view by view, since their results are
// averaged.
#ifndef PIPELINE_SCHEDULE_H
#define PIPELINE_SCHEDULE_H

#include <stdbool.h>

#include "pipeline/map_layout.h"
#include "pipeline/view.h"

// Which means a tile uses.
typedef enum MeansOf { MEANS_OF_TILE, MEANS_OF_PATCHES, MEANS_OF_PICTURE } MeansOf;

// What a pass goes over.
typedef enum PassArea {
    AREA_PICTURE, // the picture's tiles, as they lie in each view
    AREA_VIEW,    // the tiles of a view's own grid
    AREA_PATCHES, // patches, as they lie in a view
} PassArea;

// What happens at a barrier.
typedef enum PassMeans {
    PASS_KNOWS,   // nothing: a pass before has gathered the means
    PASS_GATHERS, // a tile's part is added to the means of the barrier at the pass's end
    PASS_ALONE,   // a tile's own means are used at once
} PassMeans;

typedef struct Pass {
    PassArea area;
    TileGrid grid;               // of the tiles, or patches, that it goes over
    int view, n_views;           // a tile runs in so many views, from `view` on
    int first_stage, last_stage; // those that a tile runs; if the first is not 0, it loads what the pass before saved
    PassMeans means;
    MapStorage storage; // where maps are loaded from and saved to
    bool saves;
    bool skips_repeats; // tiles that repeat another need not run
    int permille;       // the work of a tile, in thousandths of that of a tile of the picture
} Pass;

enum { SCHEDULE_MAX_PASSES = UPSCALER_MAX_BARRIERS * VIEW_N + 1 };

typedef struct Schedule {
    const UpscalerStage *stages; // the network's
    int n_passes;
    Pass passes[SCHEDULE_MAX_PASSES];
} Schedule;

typedef struct ScheduleShape {
    const UpscalerGeometry *geometry; // the network's, which stays
    MeansOf means;
    MapStorage storage; // MAPS_NOWHERE: each pass runs all stages again up to its barrier
    TileGrid grid;      // the picture's
    int n_views;
    TileGrid patches; // of MEANS_OF_PATCHES
    int patch_permille;
} ScheduleShape;

// Where the work stands: the step that comes next.
typedef struct ScheduleStep {
    int pass, tile, view, stage;
} ScheduleStep;

Schedule schedule_make(const ScheduleShape *shape);
// Whether the last pass runs stage 4 alone, from what the pass before saved. (It runs all stages if there are several
// views, since maps are kept of one view at a time: about 1.9 times the work.)
bool schedule_is_resumed(const ScheduleShape *shape);

ScheduleStep schedule_first(const Schedule *schedule);
// The step after this one, and the first one of the next tile.
ScheduleStep schedule_next(const Schedule *schedule, ScheduleStep step);
ScheduleStep schedule_next_tile(const Schedule *schedule, ScheduleStep step);
static inline bool schedule_is_done(const Schedule *schedule, ScheduleStep step) {
    return step.pass == schedule->n_passes;
}

// Work, in thousandths of a tile: of a step, and of all if `n_repeats` tiles repeat others, each of which counts 1.
int schedule_work(const Schedule *schedule, ScheduleStep step);
long long schedule_total(const Schedule *schedule, int n_repeats);

#endif
