// Decides once, before any work, how a picture is cut into tiles, where the tiles' means come from, where maps are kept
// between passes, and how much memory that takes.
#ifndef PIPELINE_UPSCALE_PLAN_H
#define PIPELINE_UPSCALE_PLAN_H

#include "pipeline/patches.h"
#include "pipeline/schedule.h"
#include "pipeline/upscale.h"

typedef struct UpscalePlan {
    const char *name; // see upscale_plan in upscale.h
    TileGrid grid;
    Patches patches; // if the means are those of patches
    Schedule schedule;
    MapStorage storage;     // where maps are kept between passes
    MapFormat format;       // and as what
    bool seeks_repeats;     // tiles of equal input have equal results, so repeats need not run
    size_t scratch_bytes;   // of the largest tile or patch
    size_t band_bytes;      // of a row of tiles of the output
    size_t output_bytes;    // of the largest tile's output, in float32
    size_t average_bytes;   // of the average over its views; 0: one view
    size_t kept_bytes;      // of maps in memory
    uint64_t spilled_bytes; // of maps in a file; 0: all are in memory
} UpscalePlan;

// Takes the first plan that fits into `options->memory`. Exact plans are tried in the order of the measured times
// (docs/internals/benchmarks.md): maps in memory as floats or at 16 bits, with tiles of 256 down to 128; spilled maps,
// with tiles of 384 down to 96; maps in memory with smaller tiles; and last, maps computed again. A side of the caller
// is kept. `options` must have been checked, and the picture must not be empty. STATUS_NO_MEMORY, STATUS_UNSUPPORTED.
MUST_CHECK Status upscale_plan_make(Upscaler *upscaler, const Image *image, const UpscaleOptions *options,
                                    UpscalePlan *out);

// Where the tile, or patch, of a step lies in the step's view.
TileRect upscale_plan_rect(const UpscalePlan *plan, ScheduleStep step);
View upscale_plan_view(const UpscalePlan *plan, ScheduleStep step);

#endif
