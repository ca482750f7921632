// Decides, before any work, how a picture is cut into tiles, how these come to their means, and what memory that takes.
#ifndef PIPELINE_UPSCALE_PLAN_H
#define PIPELINE_UPSCALE_PLAN_H

#include "pipeline/map_store.h"
#include "pipeline/patches.h"
#include "pipeline/schedule.h"
#include "pipeline/tile.h"
#include "pipeline/upscale.h"

typedef struct UpscalePlan {
    const char *name; // see upscale_plan in upscale.h
    TileGrid grid;
    ScheduleKind schedule;
    MapFormat format;     // of SCHEDULE_KEEP
    Patches patches;      // of SCHEDULE_SAMPLE
    size_t scratch_bytes; // of the largest tile
    size_t band_bytes;    // of a row of tiles of the output
    size_t average_bytes; // of the output of a tile, averaged over its views
    size_t kept_bytes;    // of SCHEDULE_KEEP and SCHEDULE_TWICE, or of the patches
} UpscalePlan;

// Prefers large tiles, which overlap less; then to keep maps as floats, then at 16 bits; then smaller tiles; and only
// then to compute again. A side that was asked for is kept. `options` have been checked.
MUST_CHECK Status upscale_plan_make(Cugan *cugan, const Image *image, const UpscaleOptions *options, UpscalePlan *out);

#endif
