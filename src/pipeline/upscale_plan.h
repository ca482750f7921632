// Decides, once and before any work, how a picture is cut into tiles, where their means come from, where maps are kept
// between passes, and how much memory that takes.
#ifndef PIPELINE_UPSCALE_PLAN_H
#define PIPELINE_UPSCALE_PLAN_H

#include "pipeline/patches.h"
#include "pipeline/schedule.h"
#include "pipeline/upscale.h"

typedef struct UpscalePlan {
    const char *name; // see upscale_plan in upscale.h
    TileGrid grid;
    Patches patches; // if means are those of patches
    Schedule schedule;
    MapStorage storage; // where maps are kept between passes, and how
    MapFormat format;
    bool seeks_repeats;     // tiles of equal input give equal results
    size_t scratch_bytes;   // of the largest tile
    size_t band_bytes;      // of a row of tiles of the output
    size_t output_bytes;    // of the largest tile's output, in floats
    size_t average_bytes;   // of the same, averaged over its views
    size_t kept_bytes;      // of maps, in memory
    uint64_t spilled_bytes; // of maps, in a file; 0: all is in memory
} UpscalePlan;

// Takes the first that fits into `options->memory`, in this order, which is that of the measured times
// (docs/internals/benchmarks.md): maps kept as floats, at 16 bits, with tiles of 256 down to 128; spilled, with tiles
// of 384 down to 96; smaller tiles, kept in memory; and only then computed again. A side that was asked for is kept.
// `options` have been checked, and the picture has pixels.
MUST_CHECK Status upscale_plan_make(Upscaler *upscaler, const Image *image, const UpscaleOptions *options,
                                    UpscalePlan *out);

// Where the tile, or patch, of a step lies in the step's view.
TileRect upscale_plan_rect(const UpscalePlan *plan, ScheduleStep step);
View upscale_plan_view(const UpscalePlan *plan, ScheduleStep step);

#endif
