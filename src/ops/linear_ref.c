// Linear layers as their definitions say them, in double precision.
#include "ops/linear_ref.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>

#include "core/checked.h"
#include "core/half.h"
#include "ops/activation_f32_ref.h"
#include "ops/linear_i8.h"

struct LinearRef {
    LinearSpec spec;
    double *weights; // [out_c][in_c]; of I8 whole numbers
    float *steps;    // [out_c][n_blocks], of I8
};

static int n_blocks(const LinearRef *ref) { return (ref->spec.in_c + LINEAR_I8_BLOCK - 1) / LINEAR_I8_BLOCK; }

Status linear_ref_create(LinearSpec spec, LinearRef **out) {
    size_t n_weights;
    LinearRef *ref = calloc(1, sizeof *ref);
    if (!ref) goto fail;
    ref->spec = spec;
    if (!checked_mul((size_t)spec.out_c, (size_t)spec.in_c, &n_weights)) goto fail;
    ref->weights = calloc(n_weights, sizeof *ref->weights);
    ref->steps = calloc((size_t)spec.out_c * (size_t)n_blocks(ref), sizeof *ref->steps);
    if (!ref->weights || !ref->steps) goto fail;
    *out = ref;
    return STATUS_OK;
fail:
    linear_ref_free(ref);
    return status_fail(STATUS_NO_MEMORY, "Not enough memory for a layer's weights.");
}

void linear_ref_free(LinearRef *ref) {
    if (!ref) return;
    free(ref->weights);
    free(ref->steps);
    free(ref);
}

size_t linear_ref_bytes(const LinearRef *ref) {
    return (size_t)ref->spec.out_c * (size_t)ref->spec.in_c * sizeof(double);
}

static double value_of(const void *weights, Dtype dtype, size_t i) {
    switch (dtype) {
        case DTYPE_F16: return half_to_float(((const uint16_t *)weights)[i]);
        case DTYPE_BF16: return bfloat_to_float(((const uint16_t *)weights)[i]);
        default: return ((const float *)weights)[i];
    }
}

static void pack_channel_i8(LinearRef *ref, int channel, const char *weights, Dtype dtype, float scale) {
    const int in_c = ref->spec.in_c;
    double *to = ref->weights + (size_t)channel * (size_t)in_c;
    for (int block = 0; block < n_blocks(ref); block++) {
        const int begin = block * LINEAR_I8_BLOCK, n = in_c - begin < LINEAR_I8_BLOCK ? in_c - begin : LINEAR_I8_BLOCK;
        int8_t ints[LINEAR_I8_BLOCK];
        ref->steps[channel * n_blocks(ref) + block] =
            linear_i8_quantise_weights(weights + (size_t)begin * dtype_bytes(dtype), dtype, scale, n, ints);
        for (int i = 0; i < n; i++) to[begin + i] = ints[i];
    }
}

void linear_ref_pack(LinearRef *ref, int first, int n, const void *weights, Dtype dtype, const float *scales) {
    const size_t in_c = (size_t)ref->spec.in_c;
    for (int channel = 0; channel < n; channel++) {
        const char *from = (const char *)weights + (size_t)channel * in_c * dtype_bytes(dtype);
        if (ref->spec.kept == DTYPE_I8) {
            pack_channel_i8(ref, first + channel, from, dtype, scales ? scales[channel] : 1);
        } else {
            double *to = ref->weights + (size_t)(first + channel) * in_c;
            for (size_t i = 0; i < in_c; i++) to[i] = value_of(from, dtype, i);
        }
    }
}

static double dot_i8(const LinearRef *ref, const float *x, int channel) {
    const int in_c = ref->spec.in_c;
    const double *weights = ref->weights + (size_t)channel * (size_t)in_c;
    double sum = 0;
    for (int begin = 0, block = 0; begin < in_c; begin += LINEAR_I8_BLOCK, block++) {
        const int end = begin + LINEAR_I8_BLOCK < in_c ? begin + LINEAR_I8_BLOCK : in_c;
        float min = x[begin], max = x[begin];
        for (int i = begin; i < end; i++) min = fminf(min, x[i]), max = fmaxf(max, x[i]);
        const LinearI8Inputs inputs = linear_i8_inputs(min, max, ref->spec.fine);
        double whole = 0;
        for (int i = begin; i < end; i++) whole += rintf(x[i] * inputs.factor) * weights[i];
        sum += whole * inputs.step * ref->steps[channel * n_blocks(ref) + block];
    }
    return sum;
}

static double dot(const LinearRef *ref, const float *x, int channel) {
    const double *weights = ref->weights + (size_t)channel * (size_t)ref->spec.in_c;
    double sum = 0;
    for (int i = 0; i < ref->spec.in_c; i++) sum += x[i] * weights[i];
    return sum;
}

void linear_ref_run(const LinearRef *ref, const float *bias, const float *x, size_t x_stride, int rows, LinearEnd end,
                    float *y, size_t y_stride) {
    for (size_t row = 0; row < (size_t)rows; row++) {
        for (int channel = 0; channel < ref->spec.out_c; channel++) {
            const float *in = x + row * x_stride;
            const double sum = ref->spec.kept == DTYPE_I8 ? dot_i8(ref, in, channel) : dot(ref, in, channel);
            const double residual = end.residual ? end.residual[row * end.residual_stride + (size_t)channel] : 0;
            const double before = end.residual_first ? residual : 0, after = end.residual_first ? 0 : residual;
            y[row * y_stride + (size_t)channel] =
                (float)(activation_f32_ref_of(end.activation, sum + bias[channel] + before) + after);
        }
    }
}
