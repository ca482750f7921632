// The product of the transposed map with the map, some hundred pixels at a time. One factor is transposed, so that a
// channel's values are contiguous; the other is packed in panels of channels.
#include "ops/gram.h"

#include <string.h>

#include "core/checked.h"
#include "core/parallel.h"
#include "ops/gemm_f32_simd.h"

enum { PIXELS = 256 };

typedef struct Run {
    Tensor in;
    size_t first, n;   // pixels
    int padded_c;      // to whole rows and columns of the product
    float *transposed; // [padded_c][PIXELS]
    float *panels;     // [padded_c / GEMM_COLS][PIXELS][GEMM_COLS]
    float *sums;       // [padded_c / GEMM_COLS][padded_c][GEMM_COLS]
} Run;

enum { UNIT = GEMM_COLS * GEMM_ROWS }; // whole blocks of rows and of columns

static size_t padded(int c) { return ((size_t)c + UNIT - 1) / UNIT * UNIT; }

size_t gram_bytes(int c) { return checked_mul_or_max(checked_mul_or_max((size_t)c, sizeof(float)), (size_t)c); }

size_t gram_scratch_bytes(int c) {
    return checked_mul_or_max(checked_mul_or_max(padded(c), sizeof(float)), 2 * PIXELS + padded(c));
}

static void pack_panel(void *context, int panel) {
    const Run *run = context;
    const int first = panel * GEMM_COLS, left = run->in.c - first;
    float *to = run->panels + (size_t)panel * PIXELS * GEMM_COLS;
    for (size_t i = 0; i < run->n; i++, to += GEMM_COLS) {
        const float *pixel = run->in.data + (run->first + i) * (size_t)run->in.c + first;
        for (int c = 0; c < GEMM_COLS; c++) {
            to[c] = c < left ? pixel[c] : 0;
            run->transposed[(size_t)(first + c) * PIXELS + i] = to[c];
        }
    }
}

static void multiply_panel(void *context, int panel) {
    const Run *run = context;
    const float *weights = run->panels + (size_t)panel * PIXELS * GEMM_COLS;
    float *sums = run->sums + (size_t)panel * (size_t)run->padded_c * GEMM_COLS;
    gemm_f32_simd_panels(&(GemmPanels){
        .in = run->transposed,
        .in_stride = PIXELS,
        .n_rows = run->padded_c,
        .weights = weights,
        .n_panels = 1,
        .depth = run->n,
        .start = sums,
        .start_stride = GEMM_COLS,
        .out = sums,
        .out_stride = GEMM_COLS,
    });
}

void gram_run(Tensor in, float *gram, void *scratch) {
    const size_t c = padded(in.c), n_pixels = (size_t)in.h * (size_t)in.w;
    Run run = {.in = in, .padded_c = (int)c, .transposed = scratch};
    run.panels = run.transposed + c * PIXELS;
    run.sums = run.panels + c * PIXELS;
    memset(run.sums, 0, c * c * sizeof(float));
    for (run.first = 0; run.first < n_pixels; run.first += PIXELS) {
        run.n = n_pixels - run.first < PIXELS ? n_pixels - run.first : PIXELS;
        parallel_for(pack_panel, &run, run.padded_c / GEMM_COLS);
        parallel_for(multiply_panel, &run, run.padded_c / GEMM_COLS);
    }
    for (int i = 0; i < in.c; i++) {
        for (int j = 0; j < in.c; j++) {
            const size_t at = ((size_t)(j / GEMM_COLS) * c + (size_t)i) * GEMM_COLS + (size_t)(j % GEMM_COLS);
            *gram++ = run.sums[at] / (float)n_pixels;
        }
    }
}
