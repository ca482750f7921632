// Bytes in the order of the picture, then floats in the same order.
#include "pipeline/clip_pixels.h"

#include <stdlib.h>

#include "core/checked.h"
#include "image/resize_pillow.h"

// Of each channel, for values from 0 to 1 (clip.py).
static const float means[3] = {0.48145466f, 0.4578275f, 0.40821073f};
static const float deviations[3] = {0.26862954f, 0.26130258f, 0.27577711f};

Status clip_pixels_from(const Image *image, int side, float *pixels) {
    const size_t n = checked_mul_or_max(3 * (size_t)side, (size_t)side);
    uint8_t *bytes = malloc(n);
    if (!bytes) return status_fail(STATUS_NO_MEMORY, "Not enough memory for a picture of %d x %d pixels.", side, side);
    const ResizePillowTarget target = resize_pillow_centre(image->width, image->height, side);
    Status status = resize_pillow(image, RESIZE_PILLOW_BICUBIC, target, bytes);
    for (size_t i = 0; i < n && !status; i++) pixels[i] = ((float)bytes[i] / 255 - means[i % 3]) / deviations[i % 3];
    free(bytes);
    return status;
}
