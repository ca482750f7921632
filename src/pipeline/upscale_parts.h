// What an Upscale holds: for upscale.c, which makes it, and upscale_step.c, which works on it.
#ifndef PIPELINE_UPSCALE_PARTS_H
#define PIPELINE_UPSCALE_PARTS_H

#include "core/arena.h"
#include "pipeline/map_store.h"
#include "pipeline/means.h"
#include "pipeline/output_band.h"
#include "pipeline/repeats.h"
#include "pipeline/upscale.h"
#include "pipeline/upscale_plan.h"

// The phases of a step: see map_store.h.
typedef enum UpscalePhase { PHASE_LOAD, PHASE_RUN, PHASE_SAVE, PHASE_READ } UpscalePhase;

struct Upscale {
    // what is decided
    Upscaler *upscaler;
    const Image *image;
    UpscaleOptions options;
    const UpscalerGeometry *geometry; // the network's
    UpscalePlan plan;
    Repeats repeats;
    long long total; // work, in thousandths of a tile
    // how far it is
    ScheduleStep step;
    UpscalePhase phase;
    long long done;
    TileRect finished; // the tile that the last step finished; width 0: none
    // what it works with
    Arena arena;
    NetworkTile tile; // the one under way
    MapStore store;   // of the maps of a view
    Means means;      // over the tiles of this pass, at the barrier at its end
    float gates[VIEW_N][UPSCALER_MAX_BARRIERS][UPSCALER_MAX_CHANNELS];
    float *average;       // of the views of a tile, as large as a tile's output; NULL: one view
    float *repeated;      // the output of the tiles that repeat
    Means repeated_means; // of one of them, in the present pass
    OutputBand band;
};

// Takes the memory for the maps of the pass of `task->step`.
MUST_CHECK Status upscale_begin_pass(Upscale *task);

#endif
