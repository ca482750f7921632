// Weights to integers of eight bits, rotated inputs, and their range.
#include "ops/linear_i8.h"

#include <math.h>
#include <string.h>

#include "core/half.h"

static float value_of(const void *weights, Dtype dtype, int i) {
    switch (dtype) {
        case DTYPE_F16: return half_to_float(((const uint16_t *)weights)[i]);
        case DTYPE_BF16: return bfloat_to_float(((const uint16_t *)weights)[i]);
        default: return ((const float *)weights)[i];
    }
}

float linear_i8_quantise_weights(const void *weights, Dtype dtype, float scale, int n, int8_t *to) {
    if (dtype == DTYPE_I8) {
        memcpy(to, weights, (size_t)n);
        return scale;
    }
    float max = 0;
    for (int i = 0; i < n; i++) max = fmaxf(max, fabsf(value_of(weights, dtype, i)));
    const float block_scale = max / LINEAR_I8_MAX_WEIGHT;
    for (int i = 0; i < n; i++) {
        const float whole = block_scale >= FLT_MIN ? rintf(value_of(weights, dtype, i) / block_scale) : 0;
        to[i] = (int8_t)fmaxf(-LINEAR_I8_MAX_WEIGHT, fminf(whole, LINEAR_I8_MAX_WEIGHT));
    }
    return block_scale;
}

int linear_i8_n_mixed(int n) {
    int mixed = LINEAR_I8_LANES;
    while (2 * mixed <= n) mixed *= 2;
    return mixed <= n ? mixed : 0;
}

void linear_i8_rotate(float *x, int n) {
    const int n_mixed = linear_i8_n_mixed(n);
    for (int stride = LINEAR_I8_LANES; stride < n_mixed; stride *= 2) {
        for (int i = 0; i < n_mixed; i++) {
            if (i & stride) continue;
            const float a = x[i], b = x[i + stride];
            x[i] = a + b;
            x[i + stride] = a - b;
        }
    }
}

static int largest(const float *x, int n) {
    int at = 0;
    for (int i = 1; i < n; i++) {
        if (fabsf(x[i]) > fabsf(x[at])) at = i;
    }
    return at;
}

LinearI8Range linear_i8_range(const float *x, int n, bool has_outlier) {
    LinearI8Range range = {.outlier = has_outlier ? largest(x, n) : -1};
    for (int i = 0; i < n; i++) {
        if (i == range.outlier) continue;
        if (x[i] < range.low) range.low = x[i];
        if (x[i] > range.high) range.high = x[i];
    }
    if (!has_outlier || fabsf(x[range.outlier]) > LINEAR_I8_OUTLIER * fmaxf(range.high, -range.low)) return range;
    return (LinearI8Range){fminf(range.low, x[range.outlier]), fmaxf(range.high, x[range.outlier]), -1};
}

bool linear_i8_has_outlier(const float *x, int n) {
    float most = 0, second = 0;
    for (int i = 0; i < n; i++) {
        const float size = fabsf(x[i]);
        second = size > most ? most : size > second ? size : second;
        most = size > most ? size : most;
    }
    return most > LINEAR_I8_OUTLIER * second;
}

float linear_i8_take_mean(float *x, int n) {
    if (!linear_i8_n_mixed(n) || linear_i8_has_outlier(x, LINEAR_I8_LANES)) return 0;
    const float mean = ((x[0] + x[1]) + (x[2] + x[3])) / LINEAR_I8_LANES;
    for (int i = 0; i < LINEAR_I8_LANES; i++) x[i] -= mean;
    return mean;
}
