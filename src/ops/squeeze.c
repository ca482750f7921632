// Squeeze-and-excite. Plain C: the two layers are a few thousand multiplications a tile.
#include "ops/squeeze.h"

#include <math.h>

#include "core/parallel.h"
#include "core/simd.h"

typedef struct Pass {
    Tensor t;
    int n_columns;
    double *rows;
} Pass;

// This many pixels are summed in float: exact enough, and four at a time. Their sums are added in double.
enum { FLOAT_RUN = 16 };

static void add_run(const float *p, int n_pixels, int n_channels, double *sums) {
    float run[SQUEEZE_MAX_CHANNELS] = {0};
    for (int x = 0; x < n_pixels; x++, p += n_channels) {
        int c = 0;
        for (; c + SIMD_LANES <= n_channels; c += SIMD_LANES)
            f32x4_store(run + c, f32x4_add(f32x4_load(run + c), f32x4_load(p + c)));
        for (; c < n_channels; c++) run[c] += p[c];
    }
    for (int c = 0; c < n_channels; c++) sums[c] += run[c];
}

static void sum_row(void *context, int y) {
    const Pass *pass = context;
    double *sums = pass->rows + (size_t)y * (size_t)pass->t.c;
    for (int c = 0; c < pass->t.c; c++) sums[c] = 0;
    for (int x = 0; x < pass->n_columns; x += FLOAT_RUN) {
        const int left = pass->n_columns - x;
        add_run(tensor_at(pass->t, y, x), left < FLOAT_RUN ? left : FLOAT_RUN, pass->t.c, sums);
    }
}

void squeeze_sums(Tensor t, int n_rows, int n_columns, double *rows, double *sums) {
    Pass pass = {t, n_columns, rows};
    parallel_for(sum_row, &pass, n_rows);
    for (int c = 0; c < t.c; c++) {
        sums[c] = 0;
        for (int y = 0; y < n_rows; y++) sums[c] += rows[(size_t)y * (size_t)t.c + (size_t)c];
    }
}

static float dot(const float *a, const float *b, int n) {
    float sum = 0;
    for (int i = 0; i < n; i++) sum += a[i] * b[i];
    return sum;
}

void squeeze_gates(const SqueezeWeights *weights, const float *means, float *gates) {
    float hidden[SQUEEZE_MAX_HIDDEN];
    for (int i = 0; i < weights->hidden; i++) {
        float x = weights->reduce_bias[i] + dot(weights->reduce + i * weights->channels, means, weights->channels);
        hidden[i] = x > 0 ? x : 0;
    }
    for (int c = 0; c < weights->channels; c++) {
        float x = weights->expand_bias[c] + dot(weights->expand + c * weights->hidden, hidden, weights->hidden);
        gates[c] = 1 / (1 + expf(-x));
    }
}
