// Linear layers by their definitions, in double precision.
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/checked.h"
#include "core/half.h"
#include "core/ints.h"
#include "core/parallel.h"
#include "ops/linear_i8.h"
#include "ops/linear_kernel.h"

typedef struct Reference {
    double *weights; // [out_c][in_c]; of I8 whole numbers
    float *scales;   // [out_c][n_blocks], of I8
} Reference;

static int n_blocks(const Linear *linear) { return divide_up(linear->spec.in_c, LINEAR_I8_BLOCK); }

static void free_weights(Linear *linear) {
    Reference *ref = linear->weights;
    free(ref->weights);
    free(ref->scales);
    free(ref);
    linear->weights = NULL;
}

static Status take_memory(Linear *linear) {
    const LinearSpec spec = linear->spec;
    size_t n_weights;
    Reference *ref = linear->weights = calloc(1, sizeof *ref);
    if (ref && checked_mul((size_t)spec.out_c, (size_t)spec.in_c, &n_weights)) {
        ref->weights = calloc(n_weights, sizeof *ref->weights);
        ref->scales = calloc((size_t)spec.out_c * (size_t)n_blocks(linear), sizeof *ref->scales);
        if (ref->weights && ref->scales) return STATUS_OK;
    }
    if (ref) free_weights(linear);
    return status_fail(STATUS_NO_MEMORY, "Not enough memory for a layer's weights.");
}

static size_t bytes(const Linear *linear) {
    return (size_t)linear->spec.out_c * (size_t)linear->spec.in_c * sizeof(double);
}

static double value_of(const void *weights, Dtype dtype, size_t i) {
    switch (dtype) {
        case DTYPE_F16: return half_to_float(((const uint16_t *)weights)[i]);
        case DTYPE_BF16: return bfloat_to_float(((const uint16_t *)weights)[i]);
        default: return ((const float *)weights)[i];
    }
}

static void pack_channel_i8(const Linear *linear, int channel, const char *weights, Dtype dtype, LinearScales scales) {
    const Reference *ref = linear->weights;
    const int in_c = linear->spec.in_c;
    double *to = ref->weights + (size_t)channel * (size_t)in_c;
    for (int block = 0; block < n_blocks(linear); block++) {
        const int begin = block * LINEAR_I8_BLOCK, n = in_c - begin < LINEAR_I8_BLOCK ? in_c - begin : LINEAR_I8_BLOCK;
        int8_t ints[LINEAR_I8_BLOCK];
        ref->scales[channel * n_blocks(linear) + block] = linear_i8_quantise_weights(
            weights + (size_t)begin * dtype_bytes(dtype), dtype, linear_scale(scales, block), n, ints);
        for (int i = 0; i < n; i++) to[begin + i] = ints[i];
    }
}

static void pack(Linear *linear, int first, int n, const void *weights, Dtype dtype, LinearScales scales) {
    const Reference *ref = linear->weights;
    const size_t in_c = (size_t)linear->spec.in_c;
    for (int channel = 0; channel < n; channel++) {
        const char *from = (const char *)weights + (size_t)channel * in_c * dtype_bytes(dtype);
        if (linear->spec.kept == DTYPE_I8) {
            pack_channel_i8(linear, first + channel, from, dtype, linear_scales_of(scales, channel));
        } else {
            double *to = ref->weights + (size_t)(first + channel) * in_c;
            for (size_t i = 0; i < in_c; i++) to[i] = value_of(from, dtype, i);
        }
    }
}

static double dot_i8(const Linear *linear, const float *x, int channel) {
    const Reference *ref = linear->weights;
    const int in_c = linear->spec.in_c;
    const double *weights = ref->weights + (size_t)channel * (size_t)in_c;
    double sum = 0;
    for (int begin = 0, block = 0; begin < in_c; begin += LINEAR_I8_BLOCK, block++) {
        const int end = begin + LINEAR_I8_BLOCK < in_c ? begin + LINEAR_I8_BLOCK : in_c;
        float in[LINEAR_I8_BLOCK];
        memcpy(in, x + begin, (size_t)(end - begin) * sizeof *in);
        double mean = 0;
        if (linear->spec.is_rotated) {
            linear_i8_rotate(in, end - begin);
            mean = linear_i8_take_mean(in, end - begin);
        }
        const LinearI8Range range = linear_i8_range(in, end - begin, !linear->spec.is_15_bit);
        const LinearI8Inputs inputs = linear_i8_inputs(in, range, linear->spec.is_15_bit);
        double whole = 0;
        for (int i = begin; i < end; i++) whole += rintf(in[i - begin] * inputs.inverse_scale) * weights[i];
        double mean_weights = 0;
        for (int i = begin; i < end && i < begin + LINEAR_I8_LANES; i++) mean_weights += weights[i];
        sum += (whole * inputs.scale + mean * mean_weights) * ref->scales[channel * n_blocks(linear) + block];
    }
    return sum;
}

static double dot(const Linear *linear, const float *x, int channel) {
    const Reference *ref = linear->weights;
    const double *weights = ref->weights + (size_t)channel * (size_t)linear->spec.in_c;
    double sum = 0;
    for (int i = 0; i < linear->spec.in_c; i++) sum += x[i] * weights[i];
    return sum;
}

// For a window.
static Status plan(const Linear *linear, int max_rows, size_t *scratch_bytes) {
    (void)max_rows, (void)scratch_bytes;
    return parallel_reserve_scratch((size_t)linear->spec.in_c * sizeof(float));
}

static void run(const Linear *linear, LinearInput in, int rows, LinearEnd end, float *y, size_t y_stride,
                void *scratch) {
    (void)scratch;
    for (int row = 0; row < rows; row++) {
        const float *x = linear_kernel_row(&in, row, parallel_scratch(0));
        for (int channel = 0; channel < linear->spec.out_c; channel++) {
            const double sum = linear->spec.kept == DTYPE_I8 ? dot_i8(linear, x, channel) : dot(linear, x, channel);
            const float *added = end.residual ? end.residual + (size_t)row * end.residual_stride + channel : NULL;
            const double residual = added ? *added : 0;
            const double before = end.residual_first ? residual : 0, after = end.residual_first ? 0 : residual;
            y[(size_t)row * y_stride + (size_t)channel] =
                (float)(activation_f32_ref_of(end.activation, sum + linear->bias[channel] + before) + after);
        }
    }
}

const LinearKernel linear_ref_kernel = {take_memory, free_weights, bytes, pack, plan, run};
