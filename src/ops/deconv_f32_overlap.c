// A group is `stride` output rows, counting from before the crop: its first kernel - stride rows depend on the input
// rows g and g - 1, the others only on g. In each of its rows an input pixel gives kernel * out_c values: `head`, for
// the `stride` pixels from its own position on, and `tail`, which overlaps its right neighbour's head.
#include <stdlib.h>
#include <string.h>

#include "core/ints.h"
#include "core/parallel.h"
#include "core/simd_int.h"
#include "ops/deconv_kernel.h"
#include "ops/elementwise.h"
#include "ops/gemm_f32_simd.h"

// Rows of a group that depend on the same input rows: one product.
typedef struct Part {
    int first, n;   // rows
    int n_runs;     // input rows that they depend on
    int n_cols;     // n * kernel * out_c, padded to whole panels
    float *weights; // [n_cols / GEMM_COLS][n_runs][in_c][GEMM_COLS]
    float *bias;    // [n_cols]: in every head
} Part;

enum { PARTS = 2 };

typedef struct Overlap {
    Deconv base;
    int pixel, head, tail; // values: pixel = head + tail
    Part parts[PARTS];
    int32_t *mask; // [head, padded to whole vectors]: ones where there is a tail
} Overlap;

static Part part_of(DeconvSpec spec, int i) {
    const int both = spec.kernel - spec.stride;
    Part part = {.first = i ? both : 0, .n = i ? spec.stride - both : both, .n_runs = PARTS - i};
    part.n_cols = gemm_f32_simd_padded(part.n * spec.kernel * spec.out_c);
    return part;
}

// The layers where it multiplies less than deconv_f32_simd.c, which pads to whole panels of columns and to missing taps
// of the kernel.
static bool suits(DeconvSpec spec) {
    enum { TAPS = 2 };
    if (spec.kernel <= spec.stride || spec.kernel > TAPS * spec.stride) return false;
    const int groups = gemm_f32_simd_padded(spec.stride * spec.out_c) * TAPS * TAPS * spec.stride;
    return PARTS * part_of(spec, 0).n_cols + part_of(spec, 1).n_cols < groups;
}

// ---- weights

static void pack_part(const Overlap *deconv, const Part *part, const float *weights) {
    const DeconvSpec spec = deconv->base.spec;
    const int kernel = spec.kernel, in_c = spec.in_c;
    for (int col = 0; col < part->n * deconv->pixel; col++) {
        const int o = col % spec.out_c, kx = col / spec.out_c % kernel, row = part->first + col / deconv->pixel;
        for (int run = 0; run < part->n_runs; run++) {
            const int ky = row + run * spec.stride;
            const size_t at = (size_t)(col / GEMM_COLS * part->n_runs + run) * (size_t)in_c * GEMM_COLS;
            float *to = part->weights + at + col % GEMM_COLS;
            for (int c = 0; c < in_c; c++, to += GEMM_COLS) {
                const size_t channel = (size_t)o * (size_t)in_c + (size_t)c;
                *to = weights[(channel * (size_t)kernel + (size_t)ky) * (size_t)kernel + (size_t)kx];
            }
        }
    }
}

static void free_layer(Deconv *base) {
    Overlap *deconv = (Overlap *)base;
    for (int i = 0; i < PARTS; i++) {
        free(deconv->parts[i].weights);
        free(deconv->parts[i].bias);
    }
    free(deconv->mask);
}

// Allocates everything except the weights and the bias, before the first of these two is set.
static Status take_memory(Overlap *deconv) {
    const DeconvSpec spec = deconv->base.spec;
    if (deconv->mask) return STATUS_OK;
    deconv->pixel = spec.kernel * spec.out_c;
    deconv->head = spec.stride * spec.out_c;
    deconv->tail = deconv->pixel - deconv->head;
    for (int i = 0; i < PARTS; i++) deconv->parts[i] = part_of(spec, i);
    deconv->mask = calloc((size_t)round_up(deconv->head, SIMD_LANES), sizeof *deconv->mask);
    if (!deconv->mask) return STATUS_NO_MEMORY;
    for (int i = 0; i < deconv->tail; i++) deconv->mask[i] = -1;
    return STATUS_OK;
}

static Status pack(Deconv *base, const float *weights) {
    Overlap *deconv = (Overlap *)base;
    if (take_memory(deconv)) return STATUS_NO_MEMORY;
    for (Part *part = deconv->parts; part < deconv->parts + PARTS; part++) {
        const size_t n = (size_t)part->n_cols * (size_t)(part->n_runs * base->spec.in_c);
        if (part->n && !part->weights) part->weights = calloc(n, sizeof(float));
        if (part->n && !part->weights) return STATUS_NO_MEMORY;
        pack_part(deconv, part, weights);
    }
    return STATUS_OK;
}

static Status set_bias(Deconv *base, const float *bias) {
    Overlap *deconv = (Overlap *)base;
    if (take_memory(deconv)) return STATUS_NO_MEMORY;
    for (Part *part = deconv->parts; part < deconv->parts + PARTS; part++) {
        if (part->n && !part->bias) part->bias = calloc((size_t)part->n_cols, sizeof(float));
        if (part->n && !part->bias) return STATUS_NO_MEMORY;
        for (int row = 0; row < part->n; row++) {
            for (int i = 0; i < deconv->head; i++) part->bias[row * deconv->pixel + i] = bias[i % base->spec.out_c];
        }
    }
    return STATUS_OK;
}

// ---- running

// A thread's scratch: the products of a row of input pixels, with one more on both sides, then an output row before the
// crop. Both end in a vector that is read or written but means nothing.
static size_t products_count(const Overlap *deconv, int in_w) {
    const int n_cols = max(deconv->parts[0].n_cols, deconv->parts[1].n_cols);
    return (size_t)(in_w + 2) * (size_t)n_cols + SIMD_LANES;
}

static Status plan(const Deconv *base, int in_w) {
    const Overlap *deconv = (const Overlap *)base;
    const size_t row = (size_t)(in_w + 1) * (size_t)deconv->head + SIMD_LANES;
    return parallel_reserve_scratch((products_count(deconv, in_w) + row) * sizeof(float));
}

typedef struct Run {
    const Overlap *deconv;
    Tensor in, out;
} Run;

// products [in.w + 2][n_cols]; left of the row are zeros, and right of it the bias, to which the last tail is added.
static void multiply(const Run *run, const Part *part, int group, float *products) {
    const int in_c = run->deconv->base.spec.in_c,
              first = max(0, group - run->in.h + 1); // input rows that are not there
    const size_t n_cols = (size_t)part->n_cols;
    memset(products, 0, n_cols * sizeof *products);
    gemm_f32_simd_run(&(GemmProduct){
        .in = tensor_at(run->in, group - first, 0),
        .in_stride = (size_t)in_c,
        .run_stride = -(ptrdiff_t)run->in.w * in_c,
        .n_runs = min(part->n_runs, group + 1) - first,
        .run_length = in_c,
        .weights = part->weights + (size_t)(first * in_c) * GEMM_COLS,
        .panel_runs = part->n_runs,
        .bias = part->bias,
        .out = products + n_cols,
        .out_stride = n_cols,
        .n_rows = run->in.w,
        .n_cols = part->n_cols,
        .slope = 1,
    });
    memcpy(products + (size_t)(run->in.w + 1) * n_cols, part->bias, n_cols * sizeof *products);
}

// Adds each head and the tail of the pixel before it, for n_pixels pixels, as a row. Vectors write beyond the pixel's
// end; the next pixel overwrites that.
static void add_up(const Overlap *deconv, const float *products, size_t n_cols, int n_pixels, float *row) {
    const f32x4 slope = f32x4_splat(deconv->base.spec.slope);
    const int head = deconv->head, tail = deconv->tail;
    for (int x = 0; x < n_pixels; x++, products += n_cols, row += head) {
        const float *heads = products + n_cols, *tails = products + head;
        int i = 0;
        for (; i < tail; i += SIMD_LANES) {
            const i32x4 masked = i32x4_and(i32x4_bits(f32x4_load(tails + i)), i32x4_load(deconv->mask + i));
            f32x4_store(row + i, f32x4_leaky_relu(f32x4_add(f32x4_load(heads + i), f32x4_of_bits(masked)), slope));
        }
        for (; i < head; i += SIMD_LANES) f32x4_store(row + i, f32x4_leaky_relu(f32x4_load(heads + i), slope));
    }
}

static void run_group(void *context, int i, int thread) {
    const Run *run = context;
    const Overlap *deconv = run->deconv;
    const DeconvSpec spec = deconv->base.spec;
    const int group = spec.crop / spec.stride + i, top = group * spec.stride - spec.crop;
    float *products = parallel_scratch(thread), *row = products + products_count(deconv, run->in.w);
    for (const Part *part = deconv->parts; part < deconv->parts + PARTS; part++) {
        const int begin = max(0, top + part->first), end = min(run->out.h, top + part->first + part->n);
        if (begin < end) multiply(run, part, group, products);
        for (int y = begin; y < end; y++) {
            const float *from = products + (y - top - part->first) * deconv->pixel;
            add_up(deconv, from, (size_t)part->n_cols, run->in.w + 1, row);
            memcpy(tensor_at(run->out, y, 0), row + spec.crop * spec.out_c,
                   (size_t)(run->out.w * spec.out_c) * sizeof *row);
        }
    }
}

static void run(const Deconv *base, Tensor in, DeconvEnd end, Tensor out) {
    const int crop = base->spec.crop, stride = base->spec.stride;
    Run all = {(const Overlap *)base, in, out};
    parallel_for_thread(run_group, &all, (out.h - 1 + crop) / stride + 1 - crop / stride);
    if (end.residual.data) elementwise_add_cropped(out, end.residual, end.crop);
}

const DeconvKernel deconv_f32_overlap_kernel = {suits, sizeof(Overlap), free_layer, pack, set_bias, plan, run};
