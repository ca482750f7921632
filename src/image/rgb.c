// In place: what is written never overtakes what is read.
#include "image/rgb.h"

#include "image/frames.h"

void rgb_convert(Image *image) {
    const size_t n = (size_t)image->width * (size_t)image->height, channels = (size_t)image->channels;
    const uint16_t *deep = (const uint16_t *)(const void *)image->pixels;
    uint8_t *pixels = image->pixels;
    if (image->bits == 8 && channels == 3) return;
    for (size_t i = 0; i < n; i++) {
        for (size_t c = 0; c < 3; c++) {
            const size_t from = i * channels + c;
            pixels[i * 3 + c] = image->bits == 16 ? (uint8_t)(deep[from] >> 8) : pixels[from];
        }
    }
    image->channels = 3;
    image->bits = 8;
}

static Status first_frame(const uint8_t *bytes, size_t size, const DecodeOptions *options, Image *out) {
    Frames *frames;
    const Image *canvas = NULL;
    FrameDelay delay;
    Status status = frames_open(bytes, size, options, &frames);
    if (status) return status;
    status = frames_next(frames, &canvas, &delay);
    if (!status) status = frames_copy(canvas, 3, out);
    frames_close(frames);
    return status;
}

Status rgb_decode(const uint8_t *bytes, size_t size, const DecodeOptions *options, Image *out) {
    DecodeOptions deep = options ? *options : (DecodeOptions){0};
    deep.deep = true;
    if (frames_count(bytes, size, options) > 1) return first_frame(bytes, size, options, out);
    Status status = image_decode(bytes, size, &deep, out);
    if (!status) rgb_convert(out);
    return status;
}
