// Sums in double, so that the number of tiles and their order hardly change the result.
#include "pipeline/means.h"

void means_add(Means *means, NetworkTile *tile, int n_rows, int n_columns) {
    double sums[UPSCALER_MAX_CHANNELS];
    upscaler_sums(tile, n_rows, n_columns, sums);
    for (int c = 0; c < tile->body.c; c++) means->sums[c] += sums[c];
    means->n_samples += (double)n_rows * n_columns;
}

void means_join(Means *means, const Means *others) {
    for (int c = 0; c < UPSCALER_MAX_CHANNELS; c++) means->sums[c] += others->sums[c];
    means->n_samples += others->n_samples;
}

void means_to_gates(const Means *means, const Upscaler *upscaler, int barrier, float strength, float *gates) {
    float values[UPSCALER_MAX_CHANNELS];
    for (int c = 0; c < upscaler->geometry.bodies[barrier].channels; c++)
        values[c] = (float)(means->sums[c] / means->n_samples);
    upscaler_gates(upscaler, barrier, values, strength, gates);
}
