// Convolution in blocks of tiles, each small enough for a core's own cache: tiles to Winograd's domain, one matrix
// product for each of its planes, and back with bias and LeakyReLU.
#include "ops/conv_f32_winograd.h"

#include <stdlib.h>
#include <string.h>

#include "core/ints.h"
#include "core/parallel.h"
#include "ops/gemm_f32_simd.h"
#include "ops/windows.h"
#include "ops/winograd_f32.h"

enum {
    KERNEL = 3,
    BLOCK_BYTES = 512 << 10, // of both sides of the products: what a core's second-level cache holds beside the weights
    MIN_BLOCK = 12,          // tiles
    MAX_BLOCK = 48,
    PLANE_PAD = 16, // floats: planes a power of two apart would share the same lines of the cache
};

struct ConvF32Winograd {
    ConvSpec spec;
    int padded_c;   // out_c, up to whole columns of the product
    float *weights; // [plane][padded_c / GEMM_COLS][in_c][GEMM_COLS]
    float *bias;    // [padded_c]
};

bool conv_f32_winograd_knows(ConvSpec spec) {
    return spec.kernel == KERNEL && spec.stride == 1 && spec.in_c % SIMD_LANES == 0;
}

// ---- weights

typedef struct Packing {
    ConvF32Winograd *conv;
    const float *weights;
} Packing;

// The columns of one panel, those of a few input channels at once: in each plane they lie beside each other.
static void pack_panel(void *context, int panel) {
    const Packing *packing = context;
    ConvF32Winograd *conv = packing->conv;
    const size_t in_c = (size_t)conv->spec.in_c, plane = in_c * (size_t)conv->padded_c;
    const int first = panel * GEMM_COLS, left = conv->spec.out_c - first, n = left < GEMM_COLS ? left : GEMM_COLS;
    float *to = conv->weights + (size_t)first * in_c;
    enum { CHANNELS = SIMD_LANES, GROUP = CHANNELS * GEMM_COLS, TAPS = KERNEL * KERNEL };
    float taps[TAPS][GROUP] = {0};
    for (size_t c = 0; c < in_c; c += CHANNELS, to += GROUP) {
        for (int i = 0; i < n; i++) {
            const float *from = packing->weights + ((size_t)(first + i) * in_c + c) * TAPS;
            for (int j = 0; j < CHANNELS * TAPS; j++) taps[j % TAPS][j / TAPS * GEMM_COLS + i] = from[j];
        }
        winograd_f32_kernels(taps[0], GROUP, GROUP, to, plane);
    }
}

Status conv_f32_winograd_create(ConvSpec spec, const float *weights, const float *bias, ConvF32Winograd **out) {
    ConvF32Winograd *conv = calloc(1, sizeof *conv);
    if (!conv) goto fail;
    conv->spec = spec;
    conv->padded_c = gemm_f32_simd_padded(spec.out_c);
    conv->weights = malloc((size_t)spec.in_c * (size_t)conv->padded_c * WINOGRAD_PLANES * sizeof(float));
    conv->bias = calloc((size_t)conv->padded_c, sizeof(float));
    if (!conv->weights || !conv->bias) goto fail;
    parallel_for(pack_panel, &(Packing){conv, weights}, conv->padded_c / GEMM_COLS);
    memcpy(conv->bias, bias, (size_t)spec.out_c * sizeof(float));
    *out = conv;
    return STATUS_OK;
fail:
    conv_f32_winograd_free(conv);
    return status_fail(STATUS_NO_MEMORY, "Not enough memory for a layer's weights.");
}

void conv_f32_winograd_free(ConvF32Winograd *conv) {
    if (!conv) return;
    free(conv->weights);
    free(conv->bias);
    free(conv);
}

// ---- blocks

// A thread's scratch: the tiles of a block before and after the products, and a tile that hangs over the input's edge.
typedef struct Block {
    int n_tiles;                // a multiple of GEMM_ROWS
    size_t in_plane, out_plane; // strides
    size_t edge_bytes, bytes;
} Block;

static Block block_for(const ConvF32Winograd *conv, int n_tiles_in_all) {
    const int in_c = conv->spec.in_c, channels = in_c + conv->padded_c;
    int n = BLOCK_BYTES / (channels * WINOGRAD_PLANES * (int)sizeof(float));
    n = n < MIN_BLOCK ? MIN_BLOCK : n > MAX_BLOCK ? MAX_BLOCK : n;
    // Blocks of equal size, so that the last one is no remainder that all threads but one wait for.
    n = round_up(divide_up(n_tiles_in_all, divide_up(n_tiles_in_all, n)), GEMM_ROWS);
    Block block = {.n_tiles = n};
    block.in_plane = (size_t)n * (size_t)in_c + PLANE_PAD;
    block.out_plane = (size_t)n * (size_t)conv->padded_c + PLANE_PAD;
    block.edge_bytes = (size_t)WINOGRAD_PLANES * (size_t)in_c * sizeof(float);
    block.bytes = block.edge_bytes + (block.in_plane + block.out_plane) * WINOGRAD_PLANES * sizeof(float);
    return block;
}

typedef struct Run {
    const ConvF32Winograd *conv;
    Tensor in, out;
    int tiles_across, n_tiles;
    Block block;
} Run;

static Run run_for(const ConvF32Winograd *conv, Tensor in, Tensor out) {
    const int across = divide_up(out.w, WINOGRAD_OUT), n = across * divide_up(out.h, WINOGRAD_OUT);
    return (Run){conv, in, out, across, n, block_for(conv, n)};
}

static void transform_in(const Run *run, int tile, float *planes, float *edge) {
    const Tensor in = run->in;
    const int y = tile / run->tiles_across * WINOGRAD_OUT, x = tile % run->tiles_across * WINOGRAD_OUT;
    if (y + WINOGRAD_IN <= in.h && x + WINOGRAD_IN <= in.w) {
        winograd_f32_input(tensor_at(in, y, x), (size_t)in.w * (size_t)in.c, in.c, planes, run->block.in_plane);
    } else {
        windows_cut(in, y, x, WINOGRAD_IN, edge);
        winograd_f32_input(edge, (size_t)WINOGRAD_IN * (size_t)in.c, in.c, planes, run->block.in_plane);
    }
}

static void transform_out(const Run *run, int tile, float *planes) {
    const Tensor out = run->out;
    const int y = tile / run->tiles_across * WINOGRAD_OUT, x = tile % run->tiles_across * WINOGRAD_OUT;
    const WinogradOutput to = {
        .data = tensor_at(out, y, x),
        .row_stride = (size_t)out.w * (size_t)out.c,
        .pixel_stride = (size_t)out.c,
        .n_rows = smaller(WINOGRAD_OUT, out.h - y),
        .n_columns = smaller(WINOGRAD_OUT, out.w - x),
        .n_channels = out.c,
        .bias = run->conv->bias,
        .slope = run->conv->spec.slope,
    };
    winograd_f32_output(planes, run->block.out_plane, &to);
}

// One plane: out [n_rows][n_cols] = in [n_rows][depth] · weights, by panels of columns.
static void multiply_plane(const float *in, const float *weights, float *out, int n_rows, size_t depth, size_t n_cols) {
    for (size_t column = 0; column < n_cols; column += GEMM_COLS, weights += depth * GEMM_COLS) {
        for (int row = 0; row < n_rows; row += GEMM_ROWS) {
            const GemmBlock block =
                gemm_f32_simd_block((GemmBlock){0}, GEMM_ROWS, in + (size_t)row * depth, depth, weights, depth);
            float *to = out + (size_t)row * n_cols + column;
            SIMD_UNROLL
            for (int i = 0; i < GEMM_ROWS; i++, to += n_cols) {
                f32x4_store(to, block.rows[i][0]);
                f32x4_store(to + SIMD_LANES, block.rows[i][1]);
            }
        }
    }
}

static void run_block(void *context, int i, int thread) {
    const Run *run = context;
    const ConvF32Winograd *conv = run->conv;
    const Block *block = &run->block;
    float *edge = parallel_scratch(thread);
    float *in = edge + block->edge_bytes / sizeof(float), *out = in + block->in_plane * WINOGRAD_PLANES;
    const size_t in_c = (size_t)conv->spec.in_c, padded_c = (size_t)conv->padded_c;
    const int first = i * block->n_tiles, n_tiles = smaller(block->n_tiles, run->n_tiles - first);
    for (int t = 0; t < n_tiles; t++) transform_in(run, first + t, in + (size_t)t * in_c, edge);
    // The last rows may be of no tile: whatever the scratch holds there is multiplied, and never read.
    for (size_t p = 0; p < WINOGRAD_PLANES; p++) {
        multiply_plane(in + p * block->in_plane, conv->weights + p * in_c * padded_c, out + p * block->out_plane,
                       round_up(n_tiles, GEMM_ROWS), in_c, padded_c);
    }
    for (int t = 0; t < n_tiles; t++) transform_out(run, first + t, out + (size_t)t * padded_c);
}

Status conv_f32_winograd_plan(ConvF32Winograd *conv, int in_h, int in_w) {
    const Tensor in = {NULL, in_h, in_w, conv->spec.in_c};
    const Tensor out = {NULL, conv_out_side(conv->spec, in_h), conv_out_side(conv->spec, in_w), conv->spec.out_c};
    return parallel_reserve_scratch(run_for(conv, in, out).block.bytes);
}

void conv_f32_winograd_run(const ConvF32Winograd *conv, Tensor in, Tensor out) {
    Run run = run_for(conv, in, out);
    parallel_for_thread(run_block, &run, divide_up(run.n_tiles, run.block.n_tiles));
}
