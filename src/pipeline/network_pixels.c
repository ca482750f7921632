// The ways to frame a picture, then the values.
#include "pipeline/network_pixels.h"

#include <stdlib.h>
#include <string.h>

#include "core/checked.h"
#include "image/resize_pillow.h"
#include "image/resize_tf.h"
#include "image/rgb.h"

// The picture if it is of 3 channels of 8 bits, otherwise a copy of it that is.
static Status rgb_of(const Image *image, Image *copy) {
    if (image->channels == 3 && image->bits == 8) {
        *copy = *image;
        return STATUS_OK;
    }
    Status status = image_create_deep(image->width, image->height, image->channels, image->bits, copy);
    if (status) return status;
    memcpy(copy->pixels, image->pixels, (size_t)image->height * image_row_bytes(image));
    rgb_convert(copy);
    return STATUS_OK;
}

static Status frame_centre(const Image *rgb, int side, float *pixels) {
    const size_t n = checked_mul_or_max(3 * (size_t)side, (size_t)side);
    uint8_t *bytes = malloc(n);
    if (!bytes) return status_fail(STATUS_NO_MEMORY, "Not enough memory for a picture of %d x %d pixels.", side, side);
    const ResizePillowTarget target = resize_pillow_centre(rgb->width, rgb->height, side);
    Status status = resize_pillow(rgb, RESIZE_PILLOW_BICUBIC, target, bytes);
    for (size_t i = 0; i < n && !status; i++) pixels[i] = (float)bytes[i] / 255;
    free(bytes);
    return status;
}

static Status frame(const Image *rgb, NetworkFraming framing, bool fit, int side, float *pixels) {
    if (framing == NETWORK_CENTRE) return frame_centre(rgb, side, pixels);
    if (fit) return resize_tf_fit(rgb, side, side, pixels);
    resize_tf_stretch(rgb, side, side, pixels);
    return STATUS_OK;
}

Status network_pixels_from(const Image *image, const NetworkPicture *picture, bool fit, int side, float *pixels) {
    Image rgb = {0};
    Status status = rgb_of(image, &rgb);
    if (status) return status;
    status = frame(&rgb, picture->framing, fit, side, pixels);
    if (rgb.pixels != image->pixels) image_free(&rgb);
    const size_t n = 3 * (size_t)side * (size_t)side;
    if (status || picture->deviations[0] == 0) return status;
    for (size_t i = 0; i < n; i++) pixels[i] = (pixels[i] - picture->means[i % 3]) / picture->deviations[i % 3];
    return STATUS_OK;
}
