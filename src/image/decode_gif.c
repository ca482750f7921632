// A GIF of one frame is a picture; one of more is refused.
#include "image/decode_gif.h"

#include <string.h>

#include "image/decode.h"
#include "image/frames.h"

static bool is_opaque(const Image *image) {
    const size_t n = (size_t)image->width * (size_t)image->height;
    for (size_t i = 0; i < n; i++) {
        if (image->pixels[i * 4 + 3] != 255) return false;
    }
    return true;
}

static Status copy(const Image *from, Image *out) {
    const size_t channels = is_opaque(from) ? 3 : 4, n = (size_t)from->width * (size_t)from->height;
    Status status = image_create(from->width, from->height, (int)channels, out);
    if (status) return status;
    for (size_t i = 0; i < n; i++) memcpy(out->pixels + i * channels, from->pixels + i * 4, channels);
    return STATUS_OK;
}

Status decode_gif(const uint8_t *bytes, size_t size, bool deep, Image *out) {
    (void)deep;
    Frames *frames = NULL;
    const Image *canvas = NULL;
    FrameDelay delay;
    Status status = frames_open(bytes, size, &frames);
    if (!status && frames_info(frames)->n_frames > 1) status = decode_animated("GIF file");
    if (!status) status = frames_next(frames, &canvas, &delay);
    if (!status) status = copy(canvas, out);
    frames_close(frames);
    return status;
}
