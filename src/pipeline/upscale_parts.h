// What an Upscale holds: for upscale.c, which makes it, and upscale_step.c, which works on it.
#ifndef PIPELINE_UPSCALE_PARTS_H
#define PIPELINE_UPSCALE_PARTS_H

#include "core/arena.h"
#include "pipeline/kept_flow.h"
#include "pipeline/kept_maps.h"
#include "pipeline/means.h"
#include "pipeline/output_band.h"
#include "pipeline/repeats.h"
#include "pipeline/schedule.h"
#include "pipeline/tile.h"
#include "pipeline/upscale.h"
#include "pipeline/upscale_plan.h"
#include "pipeline/view.h"

struct Upscale {
    Cugan *cugan;
    const Image *image;
    UpscaleOptions options;
    CuganGeometry geometry;
    Arena arena;
    UpscalePlan plan;
    Schedule schedule;
    OutputBand band;
    Repeats repeats;
    float *repeated;      // the output of those tiles
    Means repeated_means; // of one of them, in the present pass
    float *average;       // of the views of a tile, as large as a tile's output; NULL: one view
    KeptMaps maps;        // of SCHEDULE_KEEP and SCHEDULE_TWICE
    KeptFlow flow;        // of the same, if they lie outside
    CuganTile tile;       // the one under way
    Means means;          // over the tiles of this pass, at the barrier at its end
    float factors[VIEW_N][CUGAN_N_BARRIERS][CUGAN_MAX_CHANNELS];
    TileRect finished; // the tile that the last step finished; width 0: none
};

#endif
