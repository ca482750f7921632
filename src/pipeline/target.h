// The size of the output: what the network makes, or a size that was asked for.
#ifndef PIPELINE_TARGET_H
#define PIPELINE_TARGET_H

#include <stdbool.h>

#include "core/bytes.h"
#include "image/lanczos.h"
#include "pipeline/upscale.h"

enum { TARGET_MAX_TIMES = 4 }; // a side of the output may be this many times as long as the network makes it

typedef struct TargetSize {
    int width, height;
} TargetSize;

// The size that a network of this scale makes of a picture of width x height pixels.
static inline TargetSize target_enlarged(int width, int height, int scale) {
    return (TargetSize){width * scale, height * scale};
}

// The size of the output if the network makes `enlarged`. UPSCALE_INSIDE and UPSCALE_OUTSIDE keep the proportions, to
// half a pixel; so does UPSCALE_FILL if only one side was asked for. A side has at least 1 pixel.
TargetSize target_size(const UpscaleOptions *options, TargetSize enlarged);
// STATUS_BAD_ARGUMENT: a negative side, an unknown fit; STATUS_UNSUPPORTED: a side is more than TARGET_MAX_TIMES as
// long.
MUST_CHECK Status target_check(const UpscaleOptions *options, TargetSize enlarged);
// Adds a sentence if the output is larger than the network makes it.
void target_warn(const UpscaleOptions *options, TargetSize enlarged, Bytes *warnings);

// Whether the network's result must be resized, and then the argument of lanczos_begin.
bool target_is_resized(const UpscaleOptions *options, TargetSize enlarged);
LanczosShape target_shape(const UpscaleOptions *options, const Image *image, TargetSize enlarged);

#endif
