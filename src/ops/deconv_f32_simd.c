// Transposed convolution by groups of `stride` output pixels of a row. Counting from before the crop, group g depends
// only on the input pixels g - taps + 1 to g, so its `stride` pixels of all channels are one row of a matrix product.
#include <stdlib.h>
#include <string.h>

#include "core/ints.h"
#include "core/parallel.h"
#include "ops/deconv_kernel.h"
#include "ops/gemm_f32_simd.h"

typedef struct Groups {
    Deconv base;
    int taps;           // taps that contribute to one output pixel, in each direction
    int n_cols;         // stride * out_c: a group
    size_t phase_count; // floats of one phase's weights
    float *weights; // [phase: ky % stride][n_cols / GEMM_COLS][ky / stride][input pixel of the window][in_c][GEMM_COLS]
    float *bias;    // [padded n_cols]
} Groups;

// ---- weights

typedef struct Packing {
    Groups *deconv;
    const float *weights;
} Packing;

static void pack_tap(void *context, int tap) {
    const Packing *packing = context;
    const Groups *deconv = packing->deconv;
    const DeconvSpec spec = deconv->base.spec;
    const int kernel = spec.kernel, stride = spec.stride, taps = deconv->taps;
    const int ky = tap / kernel, kx = tap % kernel;
    const int window = taps - 1 - kx / stride; // the input pixel of this tap
    for (int o = 0; o < spec.out_c; o++) {
        const int col = kx % stride * spec.out_c + o;
        const size_t run =
            ((size_t)(col / GEMM_COLS * taps + ky / stride) * (size_t)taps + (size_t)window) * (size_t)spec.in_c;
        float *to = deconv->weights + (size_t)(ky % stride) * deconv->phase_count + run * GEMM_COLS + col % GEMM_COLS;
        for (int c = 0; c < spec.in_c; c++, to += GEMM_COLS) {
            const size_t channel = (size_t)o * (size_t)spec.in_c + (size_t)c;
            *to = packing->weights[(channel * (size_t)kernel + (size_t)ky) * (size_t)kernel + (size_t)kx];
        }
    }
}

static void free_layer(Deconv *base) {
    Groups *deconv = (Groups *)base;
    free(deconv->weights);
    free(deconv->bias);
}

static Status pack(Deconv *base, const float *weights) {
    Groups *deconv = (Groups *)base;
    const DeconvSpec spec = base->spec;
    deconv->taps = (spec.kernel + spec.stride - 1) / spec.stride;
    deconv->n_cols = spec.stride * spec.out_c;
    const size_t padded = (size_t)gemm_f32_simd_padded(deconv->n_cols);
    deconv->phase_count = padded * (size_t)(deconv->taps * deconv->taps) * (size_t)spec.in_c;
    if (!deconv->weights) deconv->weights = calloc((size_t)spec.stride * deconv->phase_count, sizeof(float));
    if (!deconv->weights) return STATUS_NO_MEMORY;
    parallel_for(pack_tap, &(Packing){deconv, weights}, spec.kernel * spec.kernel);
    return STATUS_OK;
}

static Status set_bias(Deconv *base, const float *bias) {
    Groups *deconv = (Groups *)base;
    const int out_c = base->spec.out_c, n_cols = base->spec.stride * out_c;
    if (!deconv->bias) deconv->bias = calloc((size_t)gemm_f32_simd_padded(n_cols), sizeof(float));
    if (!deconv->bias) return STATUS_NO_MEMORY;
    for (int col = 0; col < n_cols; col++) deconv->bias[col] = bias[col % out_c];
    return STATUS_OK;
}

// ---- running

// Scratch of a group at the edge: its window, with zeros beyond the input, and its output.
static size_t window_count(const Groups *deconv) {
    return (size_t)(deconv->taps * deconv->taps) * (size_t)deconv->base.spec.in_c;
}

static Status plan(const Deconv *base, int in_w) {
    const Groups *deconv = (const Groups *)base;
    (void)in_w;
    return parallel_reserve_scratch((window_count(deconv) + (size_t)deconv->n_cols) * sizeof(float));
}

typedef struct Run {
    const Groups *deconv;
    Tensor in;
    DeconvEnd end;
    Tensor out;
} Run;

// What is added to out[y][x]; NULL: nothing.
static const float *residual_at(const Run *run, int y, int x) {
    const DeconvEnd *end = &run->end;
    return end->residual.data ? tensor_at(end->residual, y + end->crop, x + end->crop) : NULL;
}

// What all groups of an output row have in common.
static GemmProduct product_for(const Run *run, int y) {
    const Groups *deconv = run->deconv;
    const int stride = deconv->base.spec.stride, taps = deconv->taps;
    const int group = (y + deconv->base.spec.crop) / stride, phase = (y + deconv->base.spec.crop) % stride;
    // Input rows from `group` upwards belong to ky = phase, phase + stride, …; rows outside of the input are left out.
    const int first = max(0, group - run->in.h + 1);
    const int run_length = taps * deconv->base.spec.in_c;
    return (GemmProduct){
        .in = tensor_at(run->in, group - first, 0),
        .in_stride = (size_t)deconv->base.spec.in_c,
        .run_stride = -(ptrdiff_t)run->in.w * deconv->base.spec.in_c,
        .n_runs = min(taps, group + 1) - first,
        .run_length = run_length,
        .weights = deconv->weights + (size_t)phase * deconv->phase_count + (size_t)(first * run_length) * GEMM_COLS,
        .panel_runs = taps,
        .bias = deconv->bias,
        .out_stride = (size_t)deconv->n_cols,
        .n_cols = deconv->n_cols,
        .slope = deconv->base.spec.slope,
    };
}

static void run_edge(const Run *run, GemmProduct product, int y, int group, float *window) {
    const Groups *deconv = run->deconv;
    const int taps = deconv->taps, left = group - taps + 1, out_c = deconv->base.spec.out_c;
    const size_t in_c = (size_t)deconv->base.spec.in_c;
    memset(window, 0, window_count(deconv) * sizeof(float));
    const int from = max(0, left), to = min(run->in.w, group + 1);
    for (int i = 0; i < product.n_runs && from < to; i++) {
        const float *row = product.in + i * product.run_stride;
        float *here = window + (size_t)(i * taps + from - left) * in_c;
        memcpy(here, row + (size_t)from * in_c, (size_t)(to - from) * in_c * sizeof(float));
    }
    float *pixels = window + window_count(deconv);
    product.in = window;
    product.run_stride = product.run_length;
    product.out = pixels;
    product.n_rows = 1;
    gemm_f32_simd_run(&product);
    for (int i = 0, x = group * deconv->base.spec.stride - deconv->base.spec.crop; i < deconv->base.spec.stride;
         i++, x++) {
        if (x < 0 || x >= run->out.w) continue;
        const float *residual = residual_at(run, y, x);
        float *pixel = tensor_at(run->out, y, x);
        for (int c = 0; c < out_c; c++) pixel[c] = pixels[i * out_c + c] + (residual ? residual[c] : 0);
    }
}

static void run_row(void *context, int y, int thread) {
    const Run *run = context;
    const Groups *deconv = run->deconv;
    const int stride = deconv->base.spec.stride, crop = deconv->base.spec.crop, taps = deconv->taps;
    GemmProduct product = product_for(run, y);
    // Groups [begin, end) overlap the row. Of these, [inner, outer) lie wholly in it and depend only on existing input.
    const int begin = crop / stride, end = (run->out.w - 1 + crop) / stride + 1;
    const int inner = min(end, max(taps - 1, (crop + stride - 1) / stride));
    const int outer = max(inner, min(run->in.w, (run->out.w + crop) / stride));
    for (int group = begin; group < inner; group++) run_edge(run, product, y, group, parallel_scratch(thread));
    for (int group = outer; group < end; group++) run_edge(run, product, y, group, parallel_scratch(thread));
    product.in += (ptrdiff_t)(inner - taps + 1) * deconv->base.spec.in_c;
    product.out = tensor_at(run->out, y, inner * stride - crop);
    product.residual = residual_at(run, y, inner * stride - crop);
    product.n_rows = outer - inner;
    gemm_f32_simd_run(&product);
}

static void run(const Deconv *base, Tensor in, DeconvEnd end, Tensor out) {
    Run all = {(const Groups *)base, in, end, out};
    parallel_for_thread(run_row, &all, out.h);
}

const DeconvKernel deconv_f32_simd_kernel = {NULL, sizeof(Groups), free_layer, pack, set_bias, plan, run};
