// In place: writes never overtake reads.
#include "image/rgb.h"

#include "image/frames.h"

// To the first `channels` of the picture's, of 8 bits.
static void keep(Image *image, size_t channels) {
    const size_t n = (size_t)image->width * (size_t)image->height, given = (size_t)image->channels;
    const uint16_t *deep = (const uint16_t *)(const void *)image->pixels;
    uint8_t *pixels = image->pixels;
    if (image->bits == 8 && given == channels) return;
    for (size_t i = 0; i < n; i++) {
        for (size_t c = 0; c < channels; c++) {
            const size_t from = i * given + c;
            pixels[i * channels + c] = image->bits == 16 ? (uint8_t)(deep[from] >> 8) : pixels[from];
        }
    }
    image->channels = (int)channels;
    image->bits = 8;
}

void rgb_convert(Image *image) { keep(image, 3); }

// Pillow's src/libImaging/AlphaComposite.c over opaque white: 7 bits more than the result has, division by 255 rounded.
static uint8_t on_white(uint8_t value, uint8_t alpha) {
    const uint32_t sum = ((uint32_t)value * alpha + 255u * (255u - alpha)) * 128 + (128u << 7);
    return (uint8_t)((((sum >> 8) + sum) >> 8) >> 7);
}

void rgb_lay_on_white(Image *image) {
    const size_t n = (size_t)image->width * (size_t)image->height;
    keep(image, (size_t)image->channels);
    for (size_t i = 0; i < n && image->channels == 4; i++) {
        uint8_t *pixel = image->pixels + i * 4;
        for (int c = 0; c < 3; c++) pixel[c] = on_white(pixel[c], pixel[3]);
    }
    keep(image, 3);
}

static Status first_frame(const uint8_t *bytes, size_t size, const DecodeOptions *options, Image *out) {
    Frames *frames;
    const Image *canvas = NULL;
    FrameDelay delay;
    Status status = frames_open(bytes, size, options, &frames);
    if (status) return status;
    status = frames_next(frames, &canvas, &delay);
    if (!status) status = frames_copy(canvas, image_is_opaque(canvas) ? 3 : 4, out);
    frames_close(frames);
    return status;
}

Status rgb_decode(const uint8_t *bytes, size_t size, const DecodeOptions *options, Image *out) {
    DecodeOptions deep = options ? *options : (DecodeOptions){0};
    deep.deep = true;
    if (frames_count(bytes, size, options) > 1) return first_frame(bytes, size, options, out);
    Status status = image_decode(bytes, size, &deep, out);
    if (status) return status;
    keep(out, (size_t)out->channels);
    if (out->channels == 4 && image_is_opaque(out)) rgb_convert(out);
    return STATUS_OK;
}
