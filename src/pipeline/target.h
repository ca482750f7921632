// How large the output is to be: as the network enlarges, or a size that was asked for.
#ifndef PIPELINE_TARGET_H
#define PIPELINE_TARGET_H

#include <stdbool.h>

#include "core/bytes.h"
#include "image/lanczos.h"
#include "pipeline/upscale.h"

// The most by which a side of the output may be longer than the network makes it.
enum { TARGET_MAX_TIMES = 4 };

typedef struct TargetSize {
    int width, height;
} TargetSize;

// What a network makes of a picture of this size.
static inline TargetSize target_enlarged(int width, int height, int scale) {
    return (TargetSize){width * scale, height * scale};
}

// Of a picture that the network makes `enlarged`. UPSCALE_INSIDE and UPSCALE_OUTSIDE keep its proportions, to half a
// pixel; so does UPSCALE_FILL if only one side was asked for. A side has at least 1 pixel.
TargetSize target_size(const UpscaleOptions *options, TargetSize enlarged);
// STATUS_BAD_ARGUMENT: negative, an unknown fit; STATUS_UNSUPPORTED: more than TARGET_MAX_TIMES as large.
MUST_CHECK Status target_check(const UpscaleOptions *options, TargetSize enlarged);
// Adds a sentence if the output is larger than the network makes it.
void target_warn(const UpscaleOptions *options, TargetSize enlarged, Bytes *warnings);

// False: the output is as the network enlarges. Otherwise what makes it from that.
bool target_is_resized(const UpscaleOptions *options, TargetSize enlarged);
LanczosShape target_shape(const UpscaleOptions *options, const Image *image, TargetSize enlarged);

#endif
