// Alpha by bicubic interpolation.
#include "image/alpha.h"

#include <math.h>

enum { TAPS = 4, MAX_SCALE = 4 };

// The weights of the samples -1, 0, 1, 2 around a position t in [0, 1) between samples 0 and 1.
static void cubic_weights(float t, float weights[TAPS]) {
    const float a = -0.5f;
    for (int k = 0; k < TAPS; k++) {
        float d = fabsf(t - (float)(k - 1));
        weights[k] = d < 1 ? ((a + 2) * d - (a + 3)) * d * d + 1 : ((a * d - 5 * a) * d + 8 * a) * d - 4 * a;
    }
}

static int clamp(int i, int n) { return i < 0 ? 0 : i >= n ? n - 1 : i; }

// The output sample `at` lies at (at + 1/2) / scale - 1/2 of the input: its first tap, and which of the `scale` phases
// it has.
static int first_tap(int at, int scale, int *phase) {
    const int doubled = 2 * at + 1 - scale; // position times 2 * scale
    const int floor_at = doubled >= 0 ? doubled / (2 * scale) : -1;
    *phase = at % scale;
    return floor_at - 1;
}

static float alpha_of(const Image *image, size_t i) {
    return image->bits == 16 ? ((const uint16_t *)(const void *)image->pixels)[i * 4 + 3] : image->pixels[i * 4 + 3];
}

static void store(float value, int bits, uint8_t *row, size_t column) {
    const float most = bits == 16 ? 65535 : 255, rounded = floorf(value + 0.5f);
    const float clamped = rounded < 0 ? 0 : rounded > most ? most : rounded;
    if (bits == 16) ((uint16_t *)(void *)row)[column * 4 + 3] = (uint16_t)clamped;
    else row[column * 4 + 3] = (uint8_t)clamped;
}

void alpha_enlarge(const Image *image, int scale, int x, int y, int width, int height, uint8_t *out, size_t stride_bytes) {
    float weights[MAX_SCALE][TAPS];
    for (int phase = 0; phase < scale; phase++) {
        float position = ((float)phase + 0.5f) / (float)scale - 0.5f;
        cubic_weights(position - floorf(position), weights[phase]);
    }
    for (int row = 0; row < height; row++) {
        int phase_y, phase_x;
        const int top = first_tap(y + row, scale, &phase_y);
        for (int column = 0; column < width; column++) {
            const int left = first_tap(x + column, scale, &phase_x);
            float sum = 0;
            for (int i = 0; i < TAPS; i++) {
                const size_t line = (size_t)clamp(top + i, image->height) * (size_t)image->width;
                float line_sum = 0;
                for (int j = 0; j < TAPS; j++) {
                    line_sum += weights[phase_x][j] * alpha_of(image, line + (size_t)clamp(left + j, image->width));
                }
                sum += weights[phase_y][i] * line_sum;
            }
            store(sum, image->bits, out + (size_t)row * stride_bytes, (size_t)column);
        }
    }
}
