// Decides, before any work, how a picture is cut into tiles, how these come to their means, and what memory that takes.
#ifndef PIPELINE_UPSCALE_PLAN_H
#define PIPELINE_UPSCALE_PLAN_H

#include "pipeline/kept_maps.h"
#include "pipeline/patches.h"
#include "pipeline/schedule.h"
#include "pipeline/tile.h"
#include "pipeline/upscale.h"

typedef struct UpscalePlan {
    const char *name; // see upscale_plan in upscale.h
    TileGrid grid;
    ScheduleKind schedule;
    KeptPlan kept;          // of SCHEDULE_KEEP and SCHEDULE_TWICE
    Patches patches;        // of SCHEDULE_SAMPLE
    size_t scratch_bytes;   // of the largest tile
    size_t band_bytes;      // of a row of tiles of the output
    size_t output_bytes;    // of the largest tile's output, in floats
    size_t average_bytes;   // of the same, averaged over its views
    size_t kept_bytes;      // of SCHEDULE_KEEP and SCHEDULE_TWICE, in memory, or of the patches
    uint64_t outside_bytes; // of the same, outside; 0: all is in memory
} UpscalePlan;

// Whatever fits into `options->memory`, in this order, which is that of the measured times
// (docs/internals/benchmarks.md): maps kept as floats, at 16 bits, with tiles of 256 down to 128; kept outside, with
// tiles of 384 down to 96; smaller tiles, kept in memory; and only then computed again. A side that was asked for is
// kept. `options` have been checked.
MUST_CHECK Status upscale_plan_make(Cugan *cugan, const Image *image, const UpscaleOptions *options, UpscalePlan *out);

#endif
