// Direct convolution of any kernel and stride. The window of an output pixel is `kernel` contiguous runs of
// kernel * in_c values in the map, so nothing has to be gathered first.
#include <stdlib.h>

#include "core/parallel.h"
#include "ops/conv_kernel.h"
#include "ops/gemm_f32_simd.h"

typedef struct Direct {
    Conv conv;
    float *weights; // [out_c / GEMM_COLS][ky][kx][in_c][GEMM_COLS]
} Direct;

// Not for one tap: there a row of windows is the map itself, and the linear layer also blocks the depth.
static bool suits(ConvSpec spec) {
    return spec.kept == DTYPE_F32 && spec.kernel > 1 && !spec.padding.before && !spec.padding.after;
}

static void free_weights(Conv *conv) { free(((Direct *)conv)->weights); }

static size_t n_weights(ConvSpec spec) {
    return (size_t)gemm_f32_simd_padded(spec.out_c) * (size_t)spec.in_c * (size_t)(spec.kernel * spec.kernel);
}

static size_t bytes(const Conv *conv) {
    return (n_weights(conv->spec) + (size_t)gemm_f32_simd_padded(conv->spec.out_c)) * sizeof(float);
}

typedef struct Packing {
    const Direct *direct;
    const float *weights;
} Packing;

static void pack_channel(void *context, int channel) {
    const Packing *packing = context;
    const ConvSpec spec = packing->direct->conv.spec;
    const size_t o = (size_t)channel, in_c = (size_t)spec.in_c, taps = (size_t)(spec.kernel * spec.kernel);
    float *to = packing->direct->weights + o / GEMM_COLS * taps * in_c * GEMM_COLS + o % GEMM_COLS;
    for (size_t tap = 0; tap < taps; tap++) {
        for (size_t c = 0; c < in_c; c++, to += GEMM_COLS) *to = packing->weights[(o * in_c + c) * taps + tap];
    }
}

static Status pack(Conv *conv, const void *weights, LinearScales scales) {
    Direct *direct = (Direct *)conv;
    (void)scales;
    if (!direct->weights) direct->weights = calloc(n_weights(conv->spec), sizeof(float));
    if (!direct->weights) return status_fail(STATUS_NO_MEMORY, "Not enough memory for a layer's weights.");
    parallel_for(pack_channel, &(Packing){direct, weights}, conv->spec.out_c);
    return STATUS_OK;
}

typedef struct Run {
    const Direct *direct;
    float slope;
    Tensor in, out;
} Run;

static void run_row(void *context, int y) {
    const Run *run = context;
    const ConvSpec spec = run->direct->conv.spec;
    const GemmProduct product = {
        .in = tensor_at(run->in, y * spec.stride, 0),
        .in_stride = (size_t)(spec.stride * spec.in_c),
        .run_stride = (ptrdiff_t)run->in.w * spec.in_c,
        .n_runs = spec.kernel,
        .run_length = spec.kernel * spec.in_c,
        .weights = run->direct->weights,
        .panel_runs = spec.kernel,
        .bias = run->direct->conv.bias,
        .out = tensor_at(run->out, y, 0),
        .out_stride = (size_t)spec.out_c,
        .n_rows = run->out.w,
        .n_cols = spec.out_c,
        .slope = run->slope,
    };
    gemm_f32_simd_run(&product);
}

static void run(const Conv *conv, Tensor in, ConvEnd end, Tensor out, void *scratch) {
    Run all = {(const Direct *)conv, end.slope, in, out};
    (void)scratch;
    parallel_for(run_row, &all, out.h);
}

const ConvKernel conv_direct_kernel = {
    .suits = suits,
    .layer_bytes = sizeof(Direct),
    .free = free_weights,
    .bytes = bytes,
    .pack = pack,
    .run = run,
};
