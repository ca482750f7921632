// Only integer arithmetic, so that a size is the same on each machine.
#include "pipeline/target.h"

#include <limits.h>

#include "core/ints.h"
#include "core/warnings.h"

static bool is_asked(const UpscaleOptions *options) { return options->width || options->height; }

// length * numerator / denominator, rounded.
static int in_proportion(int length, int numerator, int denominator) {
    const long long result = (2LL * length * numerator + denominator) / (2LL * denominator);
    return result > INT_MAX ? INT_MAX : max((int)result, 1);
}

TargetSize target_size(const UpscaleOptions *options, TargetSize enlarged) {
    const int width = options->width, height = options->height;
    const TargetSize by_width = {width, in_proportion(width, enlarged.height, enlarged.width)};
    const TargetSize by_height = {in_proportion(height, enlarged.width, enlarged.height), height};
    if (!is_asked(options)) return enlarged;
    if (!height) return by_width;
    if (!width) return by_height;
    if (options->fit == UPSCALE_FILL) return (TargetSize){width, height};
    const bool width_is_less = (long long)width * enlarged.height <= (long long)height * enlarged.width;
    return width_is_less == (options->fit == UPSCALE_INSIDE) ? by_width : by_height;
}

Status target_check(const UpscaleOptions *options, TargetSize enlarged) {
    if (options->width < 0 || options->height < 0)
        return status_fail(STATUS_BAD_ARGUMENT, "Expected a size of 0 or more pixels but received %d x %d.",
                           options->width, options->height);
    if ((unsigned)options->fit > UPSCALE_FILL)
        return status_fail(STATUS_BAD_ARGUMENT, "Expected a known fit but received %d.", (int)options->fit);
    const TargetSize size = target_size(options, enlarged);
    if (size.width / TARGET_MAX_TIMES <= enlarged.width && size.height / TARGET_MAX_TIMES <= enlarged.height)
        return STATUS_OK;
    return status_fail_for(REASON_TARGET_TOO_LARGE, STATUS_UNSUPPORTED,
                           "Expected at most %d times the %d x %d pixels that the network makes but received %d x %d.",
                           TARGET_MAX_TIMES, enlarged.width, enlarged.height, size.width, size.height);
}

void target_warn(const UpscaleOptions *options, TargetSize enlarged, Bytes *warnings) {
    const TargetSize size = target_size(options, enlarged);
    if (size.width <= enlarged.width && size.height <= enlarged.height) return;
    warnings_add(warnings, REASON_TARGET_LARGER,
                 "The network makes %d x %d pixels; the rest up to %d x %d is plain enlargement.", enlarged.width,
                 enlarged.height, size.width, size.height);
}

bool target_is_resized(const UpscaleOptions *options, TargetSize enlarged) {
    const TargetSize size = target_size(options, enlarged);
    return size.width != enlarged.width || size.height != enlarged.height;
}

LanczosShape target_shape(const UpscaleOptions *options, const Image *image, TargetSize enlarged) {
    const TargetSize size = target_size(options, enlarged);
    return (LanczosShape){
        enlarged.width, enlarged.height, size.width, size.height, image->channels, image->bits,
    };
}
