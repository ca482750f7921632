// First the framing of the picture, then the range of its values.
#include "pipeline/network_pixels.h"

#include <stdlib.h>
#include <string.h>

#include "core/checked.h"
#include "image/resize_pillow.h"
#include "image/resize_tf.h"
#include "image/rgb.h"

// *copy = the picture itself if it has 3 channels of 8 bits, otherwise a copy that has.
static Status rgb_of(const Image *image, NetworkFraming framing, Image *copy) {
    if (image->channels == 3 && image->bits == 8) {
        *copy = *image;
        return STATUS_OK;
    }
    Status status = image_create_deep(image->width, image->height, image->channels, image->bits, copy);
    if (status) return status;
    memcpy(copy->pixels, image->pixels, (size_t)image->height * image_row_bytes(image));
    (framing == NETWORK_WHITE_SQUARE ? rgb_lay_on_white : rgb_convert)(copy);
    return STATUS_OK;
}

static Status resize_as_pillow(const Image *rgb, NetworkFraming framing, int side, uint8_t *bytes) {
    if (framing == NETWORK_WHITE_SQUARE) return resize_pillow_white_square(rgb, RESIZE_PILLOW_BICUBIC, side, bytes);
    const ResizePillowTarget target = resize_pillow_centre(rgb->width, rgb->height, side);
    return resize_pillow(rgb, RESIZE_PILLOW_BICUBIC, target, bytes);
}

static Status frame_as_pillow(const Image *rgb, NetworkFraming framing, int side, float *pixels) {
    const size_t n = checked_mul_or_max(3 * (size_t)side, (size_t)side);
    uint8_t *bytes = malloc(n);
    if (!bytes) return status_fail(STATUS_NO_MEMORY, "Not enough memory for a picture of %d x %d pixels.", side, side);
    Status status = resize_as_pillow(rgb, framing, side, bytes);
    for (size_t i = 0; i < n && !status; i++) pixels[i] = (float)bytes[i] / 255;
    free(bytes);
    return status;
}

static Status frame(const Image *rgb, NetworkFraming framing, bool fit, int side, float *pixels) {
    if (framing != NETWORK_STRETCH) return frame_as_pillow(rgb, framing, side, pixels);
    if (fit) return resize_tf_fit(rgb, side, side, pixels);
    resize_tf_stretch(rgb, side, side, pixels);
    return STATUS_OK;
}

Status network_pixels_from(const Image *image, const NetworkPicture *picture, bool fit, int side, float *pixels) {
    Image rgb = {0};
    Status status = rgb_of(image, picture->framing, &rgb);
    if (status) return status;
    status = frame(&rgb, picture->framing, fit, side, pixels);
    if (rgb.pixels != image->pixels) image_free(&rgb);
    const size_t n = 3 * (size_t)side * (size_t)side;
    if (status) return status;
    for (size_t i = 0; i < n && picture->deviations[0] != 0; i++)
        pixels[i] = (pixels[i] - picture->means[i % 3]) / picture->deviations[i % 3];
    for (size_t i = 0; i < n && picture->is_bgr; i += 3) {
        const float red = pixels[i];
        pixels[i] = pixels[i + 2];
        pixels[i + 2] = red;
    }
    return STATUS_OK;
}
