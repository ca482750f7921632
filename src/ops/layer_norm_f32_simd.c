// Layer normalisation, divided among the threads by rows. Two passes over a row that stays in the cache: the mean
// first, so that a large mean costs no precision.
#include "ops/layer_norm.h"

#include <math.h>

#include "core/parallel.h"
#include "core/simd.h"

typedef struct Pass {
    const LayerNorm *norm;
    const float *x;
    size_t x_stride;
    float *y;
    size_t y_stride;
} Pass;

static float sum_of(f32x4 a) {
    float lanes[SIMD_LANES];
    f32x4_store(lanes, a);
    return (lanes[0] + lanes[1]) + (lanes[2] + lanes[3]);
}

static float mean_of(const float *x, int n) {
    f32x4 sum = f32x4_splat(0);
    int i = 0;
    for (; i + SIMD_LANES <= n; i += SIMD_LANES) sum = f32x4_add(sum, f32x4_load(x + i));
    float total = sum_of(sum);
    for (; i < n; i++) total += x[i];
    return total / (float)n;
}

static float variance_of(const float *x, int n, float mean) {
    const f32x4 shift = f32x4_splat(mean);
    f32x4 sum = f32x4_splat(0);
    int i = 0;
    for (; i + SIMD_LANES <= n; i += SIMD_LANES) {
        const f32x4 d = f32x4_sub(f32x4_load(x + i), shift);
        sum = f32x4_madd(d, d, sum);
    }
    float total = sum_of(sum);
    for (; i < n; i++) total += (x[i] - mean) * (x[i] - mean);
    return total / (float)n;
}

static void run_row(void *context, int row) {
    const Pass *pass = context;
    const LayerNorm *norm = pass->norm;
    const float *x = pass->x + (size_t)row * pass->x_stride;
    float *y = pass->y + (size_t)row * pass->y_stride;
    const float mean = mean_of(x, norm->c), factor = 1 / sqrtf(variance_of(x, norm->c, mean) + norm->epsilon);
    const f32x4 means = f32x4_splat(mean), factors = f32x4_splat(factor);
    int i = 0;
    for (; i + SIMD_LANES <= norm->c; i += SIMD_LANES) {
        const f32x4 normal = f32x4_mul(f32x4_sub(f32x4_load(x + i), means), factors);
        f32x4_store(y + i, f32x4_madd(normal, f32x4_load(norm->gamma + i), f32x4_load(norm->beta + i)));
    }
    for (; i < norm->c; i++) y[i] = (x[i] - mean) * factor * norm->gamma[i] + norm->beta[i];
}

void layer_norm_f32_simd_run(const LayerNorm *norm, const float *x, size_t x_stride, int rows, float *y,
                             size_t y_stride) {
    Pass pass = {norm, x, x_stride, y, y_stride};
    parallel_for_light(run_row, &pass, rows, (size_t)norm->c);
}
