// Examines pixel by pixel, up to the first one with colour.
#include "image/grey.h"

#include <string.h>

#include "core/warnings.h"

static int sample(const Image *image, size_t i, size_t c) {
    return image_sample(image->pixels, image->bits, i * (size_t)image->channels + c);
}

static void set_sample(Image *image, size_t i, size_t c, int value) {
    const size_t at = i * (size_t)image->channels + c;
    if (image->bits == 8)
        image->pixels[at] = (uint8_t)value;
    else
        ((uint16_t *)(void *)image->pixels)[at] = (uint16_t)value;
}

static size_t count(const Image *image) { return (size_t)image->width * (size_t)image->height; }

static bool is_seen(const Image *image, size_t i) { return image->channels == 3 || sample(image, i, 3) > 0; }

// The largest of a pixel's colours less the smallest.
static int spread(const Image *image, size_t i) {
    const int r = sample(image, i, 0), g = sample(image, i, 1), b = sample(image, i, 2);
    const int high = r > g ? r : g, low = r < g ? r : g;
    return (high > b ? high : b) - (low < b ? low : b);
}

bool grey_is_exact(const Image *image) {
    const size_t n = count(image);
    for (size_t i = 0; i < n; i++) {
        if (spread(image, i) && is_seen(image, i)) return false;
    }
    return true;
}

bool grey_is_near(const Image *image) {
    const size_t n = count(image);
    const int unit = image->bits == 8 ? 1 : 257;
    uint64_t sum = 0, n_seen = 0;
    for (size_t i = 0; i < n; i++) {
        if (!is_seen(image, i)) continue;
        const int found = spread(image, i);
        if (found > GREY_FAR * unit) return false;
        sum += (uint64_t)found;
        n_seen++;
    }
    return sum <= n_seen * GREY_MEAN * (uint64_t)unit;
}

void grey_make(Image *image) {
    const size_t n = count(image);
    for (size_t i = 0; i < n; i++) {
        if (!spread(image, i)) continue;
        const int r = sample(image, i, 0), g = sample(image, i, 1), b = sample(image, i, 2);
        const int luma = (299 * r + 587 * g + 114 * b + 500) / 1000;
        for (size_t c = 0; c < 3; c++) set_sample(image, i, c, luma);
    }
}

bool grey_settle(Image *image, GreyMode mode) {
    if (mode == GREY_OFF) return false;
    const bool is_exact = grey_is_exact(image), is_near = !is_exact && grey_is_near(image);
    if (is_near && mode == GREY_EXACT) {
        warnings_add(&image->warnings, REASON_NEARLY_GREY,
                     "The picture is nearly grey: the choice “near” for grey pictures keeps colour out of it.");
    }
    if (!is_exact && (!is_near || mode != GREY_NEAR)) return false;
    grey_make(image);
    return true;
}

void grey_pack_row(const uint8_t *from, int n, int channels, int bits, uint8_t *to) {
    const size_t sample_bytes = (size_t)bits / 8, pixel_bytes = (size_t)channels * sample_bytes;
    for (int x = 0; x < n; x++, from += pixel_bytes) {
        memcpy(to, from, sample_bytes);
        to += sample_bytes;
        if (channels != 4) continue;
        memcpy(to, from + 3 * sample_bytes, sample_bytes);
        to += sample_bytes;
    }
}
