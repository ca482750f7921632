// Weights to integers of seven bits.
#include "ops/linear_i8.h"

#include <math.h>
#include <stdint.h>

#include "core/half.h"

static float value_of(const void *weights, Dtype dtype, int i) {
    switch (dtype) {
        case DTYPE_I8: return ((const signed char *)weights)[i];
        case DTYPE_F16: return half_to_float(((const uint16_t *)weights)[i]);
        case DTYPE_BF16: return bfloat_to_float(((const uint16_t *)weights)[i]);
        default: return ((const float *)weights)[i];
    }
}

float linear_i8_quantise_weights(const void *weights, Dtype dtype, float scale, int n, signed char *to) {
    float max = 0;
    for (int i = 0; i < n; i++) max = fmaxf(max, fabsf(value_of(weights, dtype, i)));
    float step = max / LINEAR_I8_MAX_WEIGHT;
    if (dtype == DTYPE_I8 && step < 1) step = 1;
    for (int i = 0; i < n; i++) to[i] = (signed char)(step > 0 ? rintf(value_of(weights, dtype, i) / step) : 0);
    return dtype == DTYPE_I8 ? step * scale : step;
}
