// The passes over a picture, and the order in which tiles, in all their views, run through the stages of the network.
//
// Squeeze-and-excite needs means over the whole picture. If each tile uses exactly those, all tiles must have run stage
// k before any tile runs stage k + 1. So each view has one pass for each barrier, which gathers its means. The last
// pass makes the picture: tile by tile, and for each tile view by view, because the results of the views are averaged.
#ifndef PIPELINE_SCHEDULE_H
#define PIPELINE_SCHEDULE_H

#include <stdbool.h>

#include "pipeline/map_layout.h"
#include "pipeline/view.h"

// Which means a tile uses.
typedef enum MeansOf { MEANS_OF_TILE, MEANS_OF_PATCHES, MEANS_OF_PICTURE } MeansOf;

// The tiles of a pass.
typedef enum PassArea {
    AREA_PICTURE, // the tiles of the picture's grid, transformed to each view
    AREA_VIEW,    // the tiles of a view's own grid
    AREA_PATCHES, // the patches, transformed to a view
} PassArea;

// What happens at a barrier.
typedef enum PassMeans {
    PASS_KNOWS,   // nothing: an earlier pass has gathered the means
    PASS_GATHERS, // at the barrier after the pass's last stage, a tile's part is added to the means
    PASS_ALONE,   // a tile uses its own means
} PassMeans;

typedef struct Pass {
    PassArea area;
    TileGrid grid;               // of its tiles or patches
    int view, n_views;           // a tile runs in n_views views, from `view` on
    int first_stage, last_stage; // the stages of a tile; from first_stage 1 on it loads what the pass before saved
    PassMeans means;
    MapStorage storage; // where maps are loaded from and saved to
    bool saves;         // maps after the last stage, for the next pass
    bool skips_repeats; // tiles that repeat another are not run
    int permille;       // the work of a tile, in thousandths of the work of a tile of the picture
} Pass;

enum { SCHEDULE_MAX_PASSES = UPSCALER_MAX_BARRIERS * VIEW_N + 1 };

typedef struct Schedule {
    const UpscalerStage *stages; // the network's
    int n_passes;
    Pass passes[SCHEDULE_MAX_PASSES];
} Schedule;

typedef struct ScheduleShape {
    const UpscalerGeometry *geometry; // the network's; must stay as long as the schedule
    MeansOf means;
    MapStorage storage; // MAPS_NOWHERE: each pass runs all stages up to its barrier again
    TileGrid grid;      // the picture's
    int n_views;
    TileGrid patches; // of MEANS_OF_PATCHES
    int patch_permille;
} ScheduleShape;

// One stage of one tile in one view.
typedef struct ScheduleStep {
    int pass, tile, view, stage;
} ScheduleStep;

Schedule schedule_make(const ScheduleShape *shape);
// Whether the last pass runs only stage 4, from the maps that the pass before saved. With several views it runs all
// stages, because only the maps of one view are kept at a time: about 1.9 times the work.
bool schedule_is_resumed(const ScheduleShape *shape);

ScheduleStep schedule_first(const Schedule *schedule);
// The step after this one, and the first step of the next tile.
ScheduleStep schedule_next(const Schedule *schedule, ScheduleStep step);
ScheduleStep schedule_next_tile(const Schedule *schedule, ScheduleStep step);
static inline bool schedule_is_done(const Schedule *schedule, ScheduleStep step) {
    return step.pass == schedule->n_passes;
}

// The work in thousandths of a tile: of a step, and of all steps if `n_repeats` tiles repeat another. A repeated tile
// counts 1.
int schedule_work(const Schedule *schedule, ScheduleStep step);
long long schedule_total(const Schedule *schedule, int n_repeats);

#endif
