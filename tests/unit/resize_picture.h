// The pictures of the resizing tests: slopes in a third of them, noise in a third, black and white edges in the rest.
#ifndef UNIT_RESIZE_PICTURE_H
#define UNIT_RESIZE_PICTURE_H

#include "image/image.h"
#include "test.h"

static uint8_t sample(uint32_t x, uint32_t y, uint32_t c, uint32_t seed) {
    uint32_t noise = (x * 374761393u + y * 668265263u + c * 2147483647u + seed) * 2654435761u;
    noise ^= noise >> 15;
    noise = (noise * 2246822519u) >> 24;
    switch ((x / 16 + y / 16) % 3) {
        case 0: return (uint8_t)(x * 5 + y * 3 + c * 60);
        case 1: return (uint8_t)noise;
        default: return ((x >> 1) + y + c) & 1 ? 255 : 0;
    }
}

static Image picture(int width, int height, uint32_t seed) {
    Image image;
    if (image_create(width, height, 3, &image)) fail_msg("%s", status_message());
    for (int i = 0; i < width * height * 3; i++) {
        image.pixels[i] = sample((uint32_t)(i / 3 % width), (uint32_t)(i / 3 / width), (uint32_t)(i % 3), seed);
    }
    return image;
}

#endif
