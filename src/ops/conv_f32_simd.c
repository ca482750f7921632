// Direct convolution. The window of an output pixel is `kernel` runs of kernel * in_c values that lie together in the
// input, so that nothing needs to be gathered first.
#include "ops/conv_f32_simd.h"

#include <stdlib.h>
#include <string.h>

#include "core/parallel.h"
#include "ops/gemm_f32_simd.h"

struct ConvF32Simd {
    ConvSpec spec;
    float *weights; // [out_c / GEMM_COLS][ky][kx][in_c][GEMM_COLS]
    float *bias;
};

typedef struct Packing {
    ConvF32Simd *conv;
    const float *weights;
} Packing;

static void pack_channel(void *context, int channel) {
    const Packing *packing = context;
    const ConvSpec spec = packing->conv->spec;
    const size_t o = (size_t)channel, in_c = (size_t)spec.in_c, taps = (size_t)(spec.kernel * spec.kernel);
    float *to = packing->conv->weights + o / GEMM_COLS * taps * in_c * GEMM_COLS + o % GEMM_COLS;
    for (size_t tap = 0; tap < taps; tap++) {
        for (size_t c = 0; c < in_c; c++, to += GEMM_COLS) *to = packing->weights[(o * in_c + c) * taps + tap];
    }
}

Status conv_f32_simd_create(ConvSpec spec, const float *weights, const float *bias, ConvF32Simd **out) {
    const size_t padded_c = (size_t)gemm_f32_simd_padded(spec.out_c);
    ConvF32Simd *conv = calloc(1, sizeof *conv);
    if (!conv) goto fail;
    conv->spec = spec;
    conv->weights = calloc(padded_c * (size_t)spec.in_c, (size_t)(spec.kernel * spec.kernel) * sizeof(float));
    conv->bias = calloc(padded_c, sizeof(float));
    if (!conv->weights || !conv->bias) goto fail;
    parallel_for(pack_channel, &(Packing){conv, weights}, spec.out_c);
    memcpy(conv->bias, bias, (size_t)spec.out_c * sizeof(float));
    *out = conv;
    return STATUS_OK;
fail:
    conv_f32_simd_free(conv);
    return status_fail(STATUS_NO_MEMORY, "Not enough memory for a layer's weights.");
}

void conv_f32_simd_free(ConvF32Simd *conv) {
    if (!conv) return;
    free(conv->weights);
    free(conv->bias);
    free(conv);
}

typedef struct Run {
    const ConvF32Simd *conv;
    Tensor in, out;
} Run;

static void run_row(void *context, int y) {
    const Run *run = context;
    const ConvSpec spec = run->conv->spec;
    const GemmProduct product = {
        .in = tensor_at(run->in, y * spec.stride, 0),
        .in_stride = (size_t)(spec.stride * spec.in_c),
        .run_stride = (ptrdiff_t)run->in.w * spec.in_c,
        .n_runs = spec.kernel,
        .run_length = spec.kernel * spec.in_c,
        .weights = run->conv->weights,
        .panel_runs = spec.kernel,
        .bias = run->conv->bias,
        .out = tensor_at(run->out, y, 0),
        .out_stride = (size_t)spec.out_c,
        .n_rows = run->out.w,
        .n_cols = spec.out_c,
        .slope = spec.slope,
    };
    gemm_f32_simd_run(&product);
}

void conv_f32_simd_run(const ConvF32Simd *conv, Tensor in, Tensor out) {
    Run run = {conv, in, out};
    parallel_for(run_row, &run, out.h);
}
