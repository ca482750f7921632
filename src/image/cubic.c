// Four taps in each direction, always taken from the whole picture, so that parts of a result join without a seam.
#include "image/cubic.h"

#include <math.h>

// The weights of the samples -1, 0, 1, 2 around a position t in [0, 1) between samples 0 and 1.
static void weigh(float t, float weights[CUBIC_TAPS]) {
    const float a = -0.5f;
    for (int k = 0; k < CUBIC_TAPS; k++) {
        float d = fabsf(t - (float)(k - 1));
        weights[k] = d < 1 ? ((a + 2) * d - (a + 3)) * d * d + 1 : ((a * d - 5 * a) * d + 8 * a) * d - 4 * a;
    }
}

Cubic cubic_of(const Image *image, int scale) {
    Cubic cubic = {.image = image, .scale = scale};
    for (int phase = 0; phase < scale; phase++) {
        float position = ((float)phase + 0.5f) / (float)scale - 0.5f;
        weigh(position - floorf(position), cubic.weights[phase]);
    }
    return cubic;
}

static int clamp(int i, int n) { return i < 0 ? 0 : i >= n ? n - 1 : i; }

// The output sample `at` lies at (at + 1/2) / scale - 1/2 of the input: its first tap.
static int first_tap(int at, int scale) {
    const int doubled = 2 * at + 1 - scale; // position times 2 * scale
    return (doubled >= 0 ? doubled / (2 * scale) : -1) - 1;
}

static float load(const Image *image, size_t i) { return (float)image_sample(image->pixels, image->bits, i); }

float cubic_sample(const Cubic *cubic, int x, int y, int channel) {
    const Image *image = cubic->image;
    const int left = first_tap(x, cubic->scale), top = first_tap(y, cubic->scale);
    const float *across = cubic->weights[x % cubic->scale], *down = cubic->weights[y % cubic->scale];
    const size_t channels = (size_t)image->channels;
    float sum = 0;
    for (int i = 0; i < CUBIC_TAPS; i++) {
        const size_t line = (size_t)clamp(top + i, image->height) * (size_t)image->width;
        float line_sum = 0;
        for (int j = 0; j < CUBIC_TAPS; j++) {
            const size_t at = line + (size_t)clamp(left + j, image->width);
            line_sum += across[j] * load(image, at * channels + (size_t)channel);
        }
        sum += down[i] * line_sum;
    }
    return sum;
}

int cubic_to_level(float value, int bits) {
    const float most = bits == 16 ? 65535 : 255, rounded = floorf(value + 0.5f);
    return (int)(rounded < 0 ? 0 : rounded > most ? most : rounded);
}
