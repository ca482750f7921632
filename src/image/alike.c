// Whole rows are compared first, then pixels.
#include "image/alike.h"

#include <string.h>

static bool pixels_are_alike(const uint8_t *a, const uint8_t *b, int channels) {
    return !memcmp(a, b, (size_t)channels) || (channels == 4 && !a[3] && !b[3]);
}

// The first pixel from `from` on that differs, or `to`.
static int first_difference(const uint8_t *a, const uint8_t *b, int from, int to, int channels) {
    int x = from;
    while (x < to && pixels_are_alike(a + x * channels, b + x * channels, channels)) x++;
    return x;
}

// The first pixel from which on all are alike up to the end.
static int last_difference(const uint8_t *a, const uint8_t *b, int from, int to, int channels) {
    int x = to;
    while (x > from && pixels_are_alike(a + (x - 1) * channels, b + (x - 1) * channels, channels)) x--;
    return x;
}

AlikeRect alike_difference(const uint8_t *a, const uint8_t *b, int width, int height, int channels) {
    const size_t row_bytes = (size_t)width * (size_t)channels;
    int left = width, right = 0, top = height, bottom = 0;
    for (int y = 0; y < height; y++, a += row_bytes, b += row_bytes) {
        if (!memcmp(a, b, row_bytes)) continue;
        const int first = first_difference(a, b, 0, width, channels);
        if (first == width) continue;
        if (first < left) left = first;
        // Columns that are known to differ need no comparison.
        const int last = last_difference(a, b, first > right ? first : right, width, channels);
        if (last > right) right = last;
        if (top == height) top = y;
        bottom = y + 1;
    }
    if (right <= left) return (AlikeRect){0};
    return (AlikeRect){left, top, right - left, bottom - top};
}
