// The fields of an Upscale: for upscale.c, which creates it, and upscale_step.c, which runs it.
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
    // decided at the beginning
    Upscaler *upscaler;
    const Image *image;
    UpscaleOptions options;
    const UpscalerGeometry *geometry; // the network's
    UpscalePlan plan;
    Repeats repeats;
    long long total; // work, in thousandths of a tile
    // progress
    ScheduleStep step;
    UpscalePhase phase;
    long long done;
    TileRect finished; // the tile that the last step finished; width 0: none
    // memory
    Arena arena;
    NetworkTile tile; // the one under way
    MapStore store;   // for the maps of one view
    Means means;      // over the tiles of this pass, for the barrier at its end
    float gates[VIEW_N][UPSCALER_MAX_BARRIERS][UPSCALER_MAX_CHANNELS];
    float *average;       // of the outputs of a tile's views, as large as one; NULL: one view
    float *repeated;      // the output of the first of the tiles that repeat
    Means repeated_means; // its means in this pass
    OutputBand band;
};

// Begins the pass of `task->step`: clears the means and, if the pass loads no maps, creates an empty store.
// STATUS_NO_MEMORY.
MUST_CHECK Status upscale_begin_pass(Upscale *task);

#endif
