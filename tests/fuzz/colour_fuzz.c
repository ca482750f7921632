// ICC profiles, by which lcms2 converts a few pixels of any values.
#include "colour/colour.h"
#include "fuzz.h"

enum { N = 64, MOST_BYTES = N * 4 * 2 };

static void fill(const uint8_t *bytes, size_t size, uint8_t *pixels) {
    for (size_t i = 0; i < MOST_BYTES; i++) pixels[i] = size ? bytes[i * 31 % size] : 0;
}

static bool same_alpha(const uint8_t *a, const uint8_t *b, size_t sample_bytes) {
    for (size_t i = 0; i < N; i++) {
        const size_t at = (i * 4 + 3) * sample_bytes;
        if (memcmp(a + at, b + at, sample_bytes)) return false;
    }
    return true;
}

static void convert(const uint8_t *bytes, size_t size, int channels, int bits) {
    Colour *colour = colour_open(bytes, size, channels, bits);
    if (!colour) return;
    static _Alignas(2) uint8_t before[MOST_BYTES], pixels[MOST_BYTES];
    fill(bytes, size, before);
    memcpy(pixels, before, sizeof pixels);
    colour_convert(colour, pixels, N);
    if (channels == 4) MUST(same_alpha(before, pixels, (size_t)bits / 8));
    colour_close(colour);
}

void fuzz_one(const uint8_t *bytes, size_t size) {
    convert(bytes, size, 3, 8);
    convert(bytes, size, 4, 16);
}
