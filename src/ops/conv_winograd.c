// 3x3 convolution of stride 1 in Winograd's domain: the tiles of the map are transformed, each plane is one matrix
// product, and the results are transformed back with bias and LeakyReLU. The work is divided in one of two ways.
// By tiles, for layers that run on many large maps: weights are kept in Winograd's domain (of F(6x6), seven times the
// memory), and a thread runs a few tiles through all channels, so that they stay in its second-level cache.
// By channels, for layers with one small map: weights keep the file's dtype, in an eighth of the memory or less, and
// are transformed while the layer runs. A thread takes a few output channels and transforms their weights once for all
// tiles, which lie in memory that the threads share.
#include <stdlib.h>
#include <string.h>

#include "core/checked.h"
#include "core/ints.h"
#include "core/parallel.h"
#include "core/simd_int.h"
#include "ops/conv_kernel.h"
#include "ops/gemm_f32_simd.h"
#include "ops/winograd4_f32.h"
#include "ops/winograd_f32.h"

enum {
    KERNEL = 3,
    TAPS = KERNEL * KERNEL,
    I8_SIDE = 12,   // of the outputs, at least, for int8 weights: below it the product of integers is faster
    TRANSFORM = 4,  // the cost of transforming a weight, in multiplications with a tile
    PLANE_PAD = 16, // floats: planes a power of two apart would share the same lines of the cache
    GROUP_C = 4,    // input channels whose weights are transformed at a time,
    GROUP = GROUP_C * GEMM_COLS,
};

// F(6x6, 3x3) or F(4x4, 3x3), see the headers.
typedef struct Transforms {
    int out, in, planes; // sides of a tile, and the square of the latter
    int depth;           // input channels at a time, so that their weights stay in a core's second-level cache
    void (*of_kernels)(const float *kernels, size_t tap_stride, size_t n, float *planes, size_t plane_stride);
    void (*of_input)(const float *in, size_t row_stride, int n_channels, float *planes, size_t plane_stride);
    void (*of_output)(float *planes, size_t plane_stride, const WinogradOutput *out);
} Transforms;

static const Transforms large = {WINOGRAD_OUT,         WINOGRAD_IN,        WINOGRAD_PLANES,    64,
                                 winograd_f32_kernels, winograd_f32_input, winograd_f32_output};
static const Transforms small = {WINOGRAD4_OUT,         WINOGRAD4_IN,        WINOGRAD4_PLANES,    128,
                                 winograd4_f32_kernels, winograd4_f32_input, winograd4_f32_output};

// How the work is divided.
typedef struct Blocking {
    bool by_tiles;
    int bytes;                // of a block of tiles in Winograd's domain, by tiles on both sides of the products
    int min_tiles, max_tiles; // of a block
    // Of columns, 1 or 2, that are multiplied with a few rows before the next rows: those are read once for them.
    int panels;
} Blocking;

static const Blocking by_tiles = {true, 512 << 10, 12, 48, 1};
static const Blocking by_channels = {false, 3 << 20, GEMM_ROWS, 1 << 20, 2};

typedef struct Winograd {
    Conv conv;
    const Transforms *transforms;
    const Blocking *blocking;
    int n_panels;  // of output channels, GEMM_COLS each
    size_t bytes;  // of `weights`
    void *weights; // by tiles [plane][n_panels][in_c][GEMM_COLS], else [n_panels][TAPS][in_c][GEMM_COLS] of kind `kept`
    float *scales; // of I8: [n_panels][GEMM_COLS]
} Winograd;

static int n_tiles(const Transforms *transforms, int h, int w) {
    return divide_up(h, transforms->out) * divide_up(w, transforms->out);
}

// The cost for each pair of channels, in multiplications.
static int cost(const Transforms *transforms, int side) {
    return transforms->planes * (n_tiles(transforms, side, side) + TRANSFORM);
}

static const Transforms *best(int side) { return cost(&large, side) <= cost(&small, side) ? &large : &small; }

static bool suits(ConvSpec spec) {
    const int side = conv_out_side(spec, spec.in_side);
    if (spec.kernel != KERNEL || spec.stride != 1 || spec.in_c % SIMD_LANES || spec.kept > DTYPE_I8) return false;
    if (!spec.in_side) return spec.kept == DTYPE_F32;
    return spec.kept == DTYPE_I8 ? side >= I8_SIDE : cost(best(side), side) < TAPS * side * side;
}

// ---- weights

static Status no_memory(void) { return status_fail(STATUS_NO_MEMORY, "Not enough memory for a layer's weights."); }

static size_t padded_c(const Winograd *winograd) { return (size_t)winograd->n_panels * GEMM_COLS; }

static Status create(Conv *conv, const Kernels *kernels) {
    Winograd *winograd = (Winograd *)conv;
    const ConvSpec spec = conv->spec;
    (void)kernels;
    winograd->blocking = spec.in_side ? &by_channels : &by_tiles;
    winograd->transforms = spec.in_side ? best(conv_out_side(spec, spec.in_side)) : &large;
    winograd->n_panels = divide_up(spec.out_c, GEMM_COLS);
    const size_t copies = spec.in_side ? TAPS : (size_t)winograd->transforms->planes;
    const size_t pair_bytes = padded_c(winograd) * copies * dtype_bytes(spec.kept);
    return checked_mul(pair_bytes, (size_t)spec.in_c, &winograd->bytes) ? STATUS_OK : no_memory();
}

static void free_weights(Conv *conv) {
    Winograd *winograd = (Winograd *)conv;
    free(winograd->weights);
    free(winograd->scales);
}

static size_t bytes(const Conv *conv) {
    const Winograd *winograd = (const Winograd *)conv;
    const size_t per_channel = conv->spec.kept == DTYPE_I8 ? 2 : 1;
    return winograd->bytes + per_channel * padded_c(winograd) * sizeof(float);
}

typedef struct Packing {
    Winograd *winograd;
    const void *weights; // [out_c][in_c][TAPS]
} Packing;

// Packs weights unchanged.
static void pack_channel(void *context, int channel) {
    const Packing *packing = context;
    const ConvSpec spec = packing->winograd->conv.spec;
    const size_t o = (size_t)channel, in_c = (size_t)spec.in_c, value = dtype_bytes(spec.kept);
    const unsigned char *from = (const unsigned char *)packing->weights + o * in_c * TAPS * value;
    unsigned char *panel =
        (unsigned char *)packing->winograd->weights + o / GEMM_COLS * TAPS * in_c * GEMM_COLS * value;
    for (size_t c = 0; c < in_c; c++) {
        for (size_t tap = 0; tap < TAPS; tap++, from += value)
            memcpy(panel + ((tap * in_c + c) * GEMM_COLS + o % GEMM_COLS) * value, from, value);
    }
}

// Transformed: the columns of one panel, those of a few input channels at once.
static void pack_panel(void *context, int panel) {
    const Packing *packing = context;
    Winograd *winograd = packing->winograd;
    const size_t in_c = (size_t)winograd->conv.spec.in_c;
    const int first = panel * GEMM_COLS, n = min(GEMM_COLS, winograd->conv.spec.out_c - first);
    float *to = (float *)winograd->weights + (size_t)first * in_c;
    float taps[TAPS][GROUP] = {0};
    for (size_t c = 0; c < in_c; c += GROUP_C, to += GROUP) {
        for (int i = 0; i < n; i++) {
            const float *from = (const float *)packing->weights + ((size_t)(first + i) * in_c + c) * TAPS;
            for (int j = 0; j < GROUP_C * TAPS; j++) taps[j % TAPS][j / TAPS * GEMM_COLS + i] = from[j];
        }
        winograd->transforms->of_kernels(taps[0], GROUP, GROUP, to, in_c * padded_c(winograd));
    }
}

static Status pack(Conv *conv, const void *weights, LinearScales scales) {
    Winograd *winograd = (Winograd *)conv;
    Packing packing = {winograd, weights};
    if (!winograd->weights) winograd->weights = calloc(winograd->bytes, 1);
    if (scales.values && !winograd->scales) winograd->scales = calloc(padded_c(winograd), sizeof(float));
    if (!winograd->weights || (scales.values && !winograd->scales)) return no_memory();
    if (scales.values) memcpy(winograd->scales, scales.values, (size_t)conv->spec.out_c * sizeof *scales.values);
    if (winograd->blocking->by_tiles) {
        parallel_for(pack_panel, &packing, winograd->n_panels);
    } else {
        parallel_for(pack_channel, &packing, conv->spec.out_c);
    }
    return STATUS_OK;
}

// The weights of GROUP_C input channels of a panel, as floats.
static void convert(const void *from, Dtype dtype, const float *scales, float *to) {
    const uint16_t *halves = from;
    const int8_t *ints = from;
    switch (dtype) {
        case DTYPE_F16:
            for (int i = 0; i < GROUP; i += SIMD_LANES) f32x4_store(to + i, f32x4_load_half(halves + i));
            break;
        case DTYPE_BF16:
            for (int i = 0; i < GROUP; i += SIMD_LANES) f32x4_store(to + i, f32x4_load_bfloat(halves + i));
            break;
        default:
            for (int i = 0; i < GROUP; i++) to[i] = (float)ints[i] * scales[i % GEMM_COLS];
    }
}

// ---- running

typedef struct Run {
    const Winograd *winograd;
    Transforms transforms;
    Tensor in, out;
    float slope;
    int tiles_across, n_tiles, block;         // tiles in all, and of a block
    int panels, depth;                        // output and input channels that a thread multiplies at a time
    size_t in_plane, weight_plane, out_plane; // strides
} Run;

// Blocks of about equal size: threads would wait for a small last one.
static int block_for(const Winograd *winograd, int n_all) {
    const Blocking *blocking = winograd->blocking;
    const int channels = winograd->conv.spec.in_c + (blocking->by_tiles ? (int)padded_c(winograd) : 0);
    int n = blocking->bytes / (channels * winograd->transforms->planes * (int)sizeof(float));
    n = min(max(n, blocking->min_tiles), blocking->max_tiles);
    return round_up(divide_up(n_all, divide_up(n_all, n)), GEMM_ROWS);
}

static Run run_for(const Winograd *winograd, Tensor in, Tensor out) {
    const Transforms *transforms = winograd->transforms;
    const bool is_transformed = winograd->blocking->by_tiles;
    const size_t in_c = (size_t)in.c;
    Run run = {.winograd = winograd, .transforms = *transforms, .in = in, .out = out};
    run.tiles_across = divide_up(out.w, transforms->out);
    run.n_tiles = n_tiles(transforms, out.h, out.w);
    run.block = block_for(winograd, run.n_tiles);
    run.panels = is_transformed ? winograd->n_panels : winograd->blocking->panels;
    run.depth = is_transformed ? in.c : min(in.c, transforms->depth);
    run.in_plane = (size_t)run.block * in_c + PLANE_PAD;
    run.weight_plane = (size_t)run.depth * (size_t)run.panels * GEMM_COLS + (is_transformed ? 0 : PLANE_PAD);
    run.out_plane = (size_t)run.block * (size_t)run.panels * GEMM_COLS + PLANE_PAD;
    return run;
}

// Tiles [first, first + n) in Winograd's domain.
typedef struct Tiles {
    const Run *run;
    int first, n;
    float *planes; // [plane][block][in_c]
} Tiles;

// The row and the column of the first output of tile number `tile`.
static int top_of(const Run *run, int tile) { return tile / run->tiles_across * run->transforms.out; }
static int left_of(const Run *run, int tile) { return tile % run->tiles_across * run->transforms.out; }

// Transforms tile i. Tiles that only fill up a block of rows are zeroed, because old values may be subnormal and slow
// to multiply. edge: scratch for a tile that crosses the map's edge.
static void transform_in(const Tiles *tiles, int i, float *edge) {
    const Run *run = tiles->run;
    const Tensor in = run->in;
    const int before = run->winograd->conv.spec.padding.before, side = run->transforms.in;
    const int y = top_of(run, tiles->first + i) - before, x = left_of(run, tiles->first + i) - before;
    float *to = tiles->planes + (size_t)i * (size_t)in.c;
    if (i >= tiles->n) {
        for (size_t p = 0; p < (size_t)run->transforms.planes; p++)
            memset(to + p * run->in_plane, 0, (size_t)in.c * sizeof *to);
    } else if (y >= 0 && x >= 0 && y + side <= in.h && x + side <= in.w) {
        run->transforms.of_input(tensor_at(in, y, x), (size_t)in.w * (size_t)in.c, in.c, to, run->in_plane);
    } else {
        windows_cut(in, y, x, side, edge);
        run->transforms.of_input(edge, (size_t)side * (size_t)in.c, in.c, to, run->in_plane);
    }
}

// Weights of the input channels [first, first + depth) of a panel to planes [plane][depth][GEMM_COLS].
static void transform_weights(const Run *run, int panel, size_t first, size_t depth, float *planes) {
    const Winograd *winograd = run->winograd;
    const Dtype kept = winograd->conv.spec.kept;
    const size_t in_c = (size_t)run->in.c, bytes = dtype_bytes(kept), tap_stride = in_c * GEMM_COLS;
    const unsigned char *from =
        (const unsigned char *)winograd->weights + ((size_t)panel * TAPS * in_c + first) * GEMM_COLS * bytes;
    if (kept == DTYPE_F32) {
        run->transforms.of_kernels((const float *)(const void *)from, tap_stride, depth * GEMM_COLS, planes,
                                   run->weight_plane);
        return;
    }
    const float *scales = winograd->scales ? winograd->scales + panel * GEMM_COLS : NULL; // of I8 alone
    float wide[TAPS * GROUP];
    for (size_t i = 0; i < depth * GEMM_COLS; i += GROUP) {
        for (size_t tap = 0; tap < TAPS; tap++)
            convert(from + (tap * tap_stride + i) * bytes, kept, scales, wide + tap * GROUP);
        run->transforms.of_kernels(wide, GROUP, GROUP, planes + i, run->weight_plane);
    }
}

// One plane: out [n_rows][n_panels * GEMM_COLS] (+)= in · weights [n_panels][depth][GEMM_COLS].
static void multiply_plane(const Run *run, GemmPanels panels, int n_panels, bool adds) {
    static const float zeros[GEMM_MAX_PANELS * GEMM_COLS];
    const float *const weights = panels.weights;
    float *const out = panels.out;
    panels.start_stride = adds ? panels.out_stride : 0;
    const int together = gemm_f32_simd_spreads() ? GEMM_MAX_PANELS : run->winograd->blocking->panels;
    for (int k = 0; k < n_panels; k += panels.n_panels) {
        panels.n_panels = min(together, n_panels - k);
        panels.weights = weights + (size_t)k * panels.weights_stride;
        panels.out = out + k * GEMM_COLS;
        panels.start = adds ? panels.out : zeros;
        gemm_f32_simd_panels(&panels);
    }
}

static void transform_out(const Tiles *tiles, int channel, int n_channels, int i, float *planes) {
    const Run *run = tiles->run;
    const int y = top_of(run, tiles->first + i), x = left_of(run, tiles->first + i);
    const Tensor out = run->out;
    const WinogradOutput to = {
        .data = tensor_at(out, y, x) + channel,
        .row_stride = (size_t)out.w * (size_t)out.c,
        .pixel_stride = (size_t)out.c,
        .n_rows = min(run->transforms.out, out.h - y),
        .n_columns = min(run->transforms.out, out.w - x),
        .n_channels = min(n_channels, out.c - channel),
        .bias = run->winograd->conv.bias + channel,
        .slope = run->slope,
    };
    run->transforms.of_output(planes + i * n_channels, run->out_plane, &to);
}

// Multiplies the panels [panel, panel + run->panels), or those that are left, with all these tiles. weights: scratch
// for transformed weights, unless these are kept; out: [plane][block][channels of the panels].
static void run_panels(const Tiles *tiles, int panel, float *weights, float *out) {
    const Run *run = tiles->run;
    const Winograd *winograd = run->winograd;
    const Blocking *blocking = winograd->blocking;
    const int in_c = run->in.c, n_panels = min(run->panels, winograd->n_panels - panel);
    const int out_c = n_panels * GEMM_COLS;
    GemmPanels product = {.in_stride = (size_t)in_c, .n_rows = tiles->n, .out_stride = (size_t)out_c};
    const float *from = blocking->by_tiles ? winograd->weights : weights;
    for (int first = 0; first < in_c; first += run->depth) {
        product.depth = (size_t)min(in_c - first, run->depth);
        product.weights_stride = product.depth * GEMM_COLS;
        for (int k = 0; k < n_panels && !blocking->by_tiles; k++)
            transform_weights(run, panel + k, (size_t)first, product.depth,
                              weights + (size_t)k * product.weights_stride);
        for (size_t p = 0; p < (size_t)run->transforms.planes; p++) {
            product.in = tiles->planes + p * run->in_plane + first;
            product.weights = from + p * run->weight_plane;
            product.out = out + p * run->out_plane;
            multiply_plane(run, product, n_panels, first > 0);
        }
    }
    for (int i = 0; i < tiles->n; i++) transform_out(tiles, panel * GEMM_COLS, out_c, i, out);
}

// By tiles: a block, from its inputs to its outputs.
static void run_block(void *context, int i, int thread) {
    const Run *run = context;
    float *edge = parallel_scratch(thread);
    Tiles tiles = {.run = run, .first = i * run->block};
    tiles.n = min(run->block, run->n_tiles - tiles.first);
    tiles.planes = edge + (size_t)run->transforms.planes * (size_t)run->in.c;
    for (int t = 0; t < gemm_f32_simd_padded_rows(tiles.n); t++) transform_in(&tiles, t, edge);
    run_panels(&tiles, 0, NULL, tiles.planes + run->in_plane * (size_t)run->transforms.planes);
}

// By channels: first the tiles of a block, then some panels of all of them.
static void run_tile(void *context, int i, int thread) { transform_in(context, i, parallel_scratch(thread)); }

static void run_channels(void *context, int i, int thread) {
    const Tiles *tiles = context;
    const Run *run = tiles->run;
    float *weights = parallel_scratch(thread);
    run_panels(tiles, i * run->panels, weights, weights + run->weight_plane * (size_t)run->transforms.planes);
}

static Status plan(const Conv *conv, int in_h, int in_w, size_t *scratch_bytes) {
    const ConvSpec spec = conv->spec;
    const Tensor in = {NULL, in_h, in_w, spec.in_c};
    const Tensor out = {NULL, conv_out_side(spec, in_h), conv_out_side(spec, in_w), spec.out_c};
    const Run run = run_for((const Winograd *)conv, in, out);
    const size_t planes = (size_t)run.transforms.planes * sizeof(float);
    const size_t edge = (size_t)spec.in_c, panels = run.weight_plane + run.out_plane;
    if (run.winograd->blocking->by_tiles)
        return parallel_reserve_scratch((edge + run.in_plane + run.out_plane) * planes);
    *scratch_bytes = run.in_plane * planes;
    return parallel_reserve_scratch((edge > panels ? edge : panels) * planes);
}

static void run_layer(const Conv *conv, Tensor in, ConvEnd end, Tensor out, void *scratch) {
    Run run = run_for((const Winograd *)conv, in, out);
    run.slope = end.slope;
    if (run.winograd->blocking->by_tiles) {
        parallel_for_thread(run_block, &run, divide_up(run.n_tiles, run.block));
        return;
    }
    Tiles tiles = {.run = &run, .planes = scratch};
    for (; tiles.first < run.n_tiles; tiles.first += run.block) {
        tiles.n = min(run.block, run.n_tiles - tiles.first);
        parallel_for_thread(run_tile, &tiles, gemm_f32_simd_padded_rows(tiles.n));
        parallel_for_thread(run_channels, &tiles, divide_up(run.winograd->n_panels, run.panels));
    }
}

const ConvKernel conv_winograd_kernel = {
    .suits = suits,
    .layer_bytes = sizeof(Winograd),
    .create = create,
    .free = free_weights,
    .bytes = bytes,
    .pack = pack,
    .plan = plan,
    .run = run_layer,
};
