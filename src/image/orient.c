// The eight orientations as one copy with two strides.
#include "image/orient.h"

#include <assert.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

// How the file's picture becomes upright (EXIF 2.3, 4.6.4).
static const struct {
    bool transposed, right_to_left, bottom_up; // flips of the upright picture, after the transposition
} orientations[9] = {
    [2] = {false, true, false}, [3] = {false, true, true}, [4] = {false, false, true}, [5] = {true, false, false},
    [6] = {true, true, false},  [7] = {true, true, true},  [8] = {true, false, true},
};

static void copy_pixels(uint8_t *restrict to, const uint8_t *restrict from, ptrdiff_t step, int n, size_t pixel_bytes) {
    for (int i = 0; i < n; i++, from += step, to += pixel_bytes) memcpy(to, from, pixel_bytes);
}

Status orient_create(const Image *image, int orientation, Image *out) {
    const bool transposed = orientations[orientation].transposed;
    return image_create_deep(transposed ? image->height : image->width, transposed ? image->width : image->height,
                             image->channels, image->bits, out);
}

void orient_copy(const Image *image, int orientation, Image *seen) {
    const ptrdiff_t pixel = (ptrdiff_t)image_pixel_bytes(image), row = (ptrdiff_t)image_row_bytes(image);
    const bool transposed = orientations[orientation].transposed;
    ptrdiff_t step_x = transposed ? row : pixel, step_y = transposed ? pixel : row;
    const uint8_t *from = image->pixels;
    if (orientations[orientation].right_to_left) {
        from += (seen->width - 1) * step_x;
        step_x = -step_x;
    }
    if (orientations[orientation].bottom_up) {
        from += (seen->height - 1) * step_y;
        step_y = -step_y;
    }
    for (int y = 0; y < seen->height; y++) {
        copy_pixels(seen->pixels + (size_t)y * image_row_bytes(seen), from + y * step_y, step_x, seen->width,
                    (size_t)pixel);
    }
}

Status orient_image(Image *image, int orientation) {
    assert(orientation >= 1 && orientation <= 8);
    if (orientation == 1) return STATUS_OK;
    Image seen;
    Status status = orient_create(image, orientation, &seen);
    if (status) return status;
    orient_copy(image, orientation, &seen);
    free(image->pixels);
    image->pixels = seen.pixels;
    image->width = seen.width;
    image->height = seen.height;
    return STATUS_OK;
}
