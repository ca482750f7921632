// A chunk of tiles at a time: all threads bring its inputs to Winograd's domain; then each takes output channels, a
// panel of the product at a time, transforms their weights, multiplies plane by plane and brings the panel's outputs
// back.
#include "ops/conv_same_winograd.h"

#include <stdlib.h>
#include <string.h>

#include "core/checked.h"
#include "core/simd_int.h"
#include "core/ints.h"
#include "core/parallel.h"
#include "ops/gemm_f32_simd.h"
#include "ops/winograd4_f32.h"
#include "ops/winograd_f32.h"

enum {
    KERNEL = 3,
    TAPS = KERNEL * KERNEL,
    I8_SIDE = 12,          // of the map, at least, for int8 weights: below it the product of integers is faster
    TRANSFORM = 4,         // what it costs to transform a weight, in tiles that it is multiplied with
    CHUNK_BYTES = 3 << 20, // of a chunk's inputs in Winograd's domain
    PANELS = 2,            // of the product that a thread does at a time: a chunk's inputs are fetched once for them
    COLS = PANELS * GEMM_COLS,
    PLANE_PAD = 16,        // floats: planes a power of two apart would share the same lines of the cache
    GROUP = 2 * GEMM_COLS, // weights that are widened at a time
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

struct ConvSameWinograd {
    ConvSameSpec spec;
    const Transforms *transforms;
    int n_panels;
    size_t bytes;
    unsigned char *weights; // [n_panels][TAPS][in_c][GEMM_COLS], of kind spec.kept; NULL: no memory yet, nor these
    float *scales;          // [n_panels][GEMM_COLS], of I8
    float *bias;            // [n_panels][GEMM_COLS]
};

static int n_tiles(const Transforms *transforms, int side) {
    const int across = divide_up(side, transforms->out);
    return across * across;
}

// Multiplications for each pair of channels, or what takes as long.
static int cost(const Transforms *transforms, int side) {
    return transforms->planes * (n_tiles(transforms, side) + TRANSFORM);
}

static const Transforms *best(int side) { return cost(&large, side) <= cost(&small, side) ? &large : &small; }

bool conv_same_winograd_suits(ConvSameSpec spec) {
    const int side = spec.in_side;
    if (spec.kernel != KERNEL || spec.stride != 1 || spec.in_c % SIMD_LANES || spec.kept > DTYPE_I8) return false;
    return spec.kept == DTYPE_I8 ? side >= I8_SIDE : cost(best(side), side) < TAPS * side * side;
}

// ---- weights

static Status no_memory(void) { return status_fail(STATUS_NO_MEMORY, "Not enough memory for a layer's weights."); }

Status conv_same_winograd_create_empty(ConvSameSpec spec, ConvSameWinograd **out) {
    ConvSameWinograd *conv = calloc(1, sizeof *conv);
    if (!conv) return no_memory();
    conv->spec = spec;
    conv->transforms = best(spec.in_side);
    conv->n_panels = divide_up(spec.out_c, GEMM_COLS);
    *out = conv;
    return STATUS_OK;
}

static size_t padded_c(const ConvSameWinograd *conv) { return (size_t)conv->n_panels * GEMM_COLS; }

Status conv_same_winograd_take_bias_memory(ConvSameWinograd *conv) {
    if (!conv->bias) conv->bias = calloc(padded_c(conv), sizeof(float));
    return conv->bias ? STATUS_OK : no_memory();
}

Status conv_same_winograd_take_memory(ConvSameWinograd *conv) {
    const ConvSameSpec spec = conv->spec;
    const Status status = conv_same_winograd_take_bias_memory(conv);
    if (status || conv->weights) return status;
    if (!checked_mul(padded_c(conv) * TAPS * dtype_bytes(spec.kept), (size_t)spec.in_c, &conv->bytes))
        return no_memory();
    if (!conv->scales) conv->scales = calloc(padded_c(conv), sizeof(float));
    conv->weights = conv->scales ? calloc(conv->bytes, 1) : NULL;
    if (!conv->weights) return no_memory();
    conv->bytes += 2 * padded_c(conv) * sizeof(float);
    return STATUS_OK;
}

void conv_same_winograd_free(ConvSameWinograd *conv) {
    if (!conv) return;
    free(conv->weights);
    free(conv->scales);
    free(conv->bias);
    free(conv);
}

size_t conv_same_winograd_bytes(const ConvSameWinograd *conv) { return conv->bytes; }

void conv_same_winograd_pack(ConvSameWinograd *conv, const void *weights, const float *scales) {
    const size_t in_c = (size_t)conv->spec.in_c, bytes = dtype_bytes(conv->spec.kept);
    const unsigned char *from = weights;
    for (size_t o = 0; o < (size_t)conv->spec.out_c; o++) {
        unsigned char *panel = conv->weights + o / GEMM_COLS * TAPS * in_c * GEMM_COLS * bytes;
        for (size_t c = 0; c < in_c; c++) {
            for (size_t tap = 0; tap < TAPS; tap++, from += bytes)
                memcpy(panel + ((tap * in_c + c) * GEMM_COLS + o % GEMM_COLS) * bytes, from, bytes);
        }
    }
    if (scales) memcpy(conv->scales, scales, (size_t)conv->spec.out_c * sizeof *scales);
}

void conv_same_winograd_set_bias(ConvSameWinograd *conv, const float *bias) {
    memcpy(conv->bias, bias, (size_t)conv->spec.out_c * sizeof *bias);
}

// Two input channels' weights of a panel.
static void widen(const void *from, Dtype dtype, const float *scales, float *to) {
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

// How the map is divided, and the scratch of a thread.
typedef struct Run {
    const ConvSameWinograd *conv;
    Transforms transforms;
    Tensor in, out;
    float slope;
    int tiles_across, n_tiles, chunk;         // tiles in all, and of a chunk: whole blocks of rows
    int first, n;                             // tiles of this chunk
    size_t in_plane, weight_plane, out_plane; // strides
    float *tiles;                             // the chunk's inputs: [plane][tile][in_c]
} Run;

static Run run_for(const ConvSameWinograd *conv) {
    const ConvSameSpec spec = conv->spec;
    const Transforms transforms = *conv->transforms;
    const int n = n_tiles(&transforms, spec.in_side);
    int chunk = CHUNK_BYTES / (spec.in_c * transforms.planes * (int)sizeof(float));
    if (chunk < GEMM_ROWS) chunk = GEMM_ROWS;
    chunk = gemm_f32_simd_padded_rows(divide_up(n, divide_up(n, chunk))); // all of about the same size
    return (Run){
        .conv = conv,
        .transforms = transforms,
        .tiles_across = divide_up(spec.in_side, transforms.out),
        .n_tiles = n,
        .chunk = chunk,
        .in_plane = (size_t)chunk * (size_t)spec.in_c + PLANE_PAD,
        .weight_plane = (size_t)smaller(spec.in_c, transforms.depth) * COLS + PLANE_PAD,
        .out_plane = (size_t)chunk * COLS + PLANE_PAD,
    };
}

Status conv_same_winograd_plan(const ConvSameWinograd *conv, size_t *scratch_bytes) {
    const Run run = run_for(conv);
    const size_t edge = (size_t)conv->spec.in_c, panel = run.weight_plane + run.out_plane,
                 planes = (size_t)run.transforms.planes;
    *scratch_bytes = run.in_plane * planes * sizeof(float);
    return parallel_reserve_scratch((edge > panel ? edge : panel) * planes * sizeof(float));
}

// Where tile number `tile` has its first output.
static int top_of(const Run *run, int tile) { return tile / run->tiles_across * run->transforms.out; }
static int left_of(const Run *run, int tile) { return tile % run->tiles_across * run->transforms.out; }

// Rows that only fill a block are zeroed: whatever else the memory holds may be subnormal, and slow to multiply.
static void transform_in(void *context, int i, int thread) {
    const Run *run = context;
    const Tensor in = run->in;
    const int before = run->conv->spec.before, tile = run->first + i;
    const int y = top_of(run, tile) - before, x = left_of(run, tile) - before;
    const int side = run->transforms.in;
    float *to = run->tiles + (size_t)i * (size_t)in.c, *edge = parallel_scratch(thread);
    if (i >= run->n) {
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
    const ConvSameWinograd *conv = run->conv;
    const size_t in_c = (size_t)conv->spec.in_c, bytes = dtype_bytes(conv->spec.kept), tap_stride = in_c * GEMM_COLS;
    const unsigned char *from = conv->weights + ((size_t)panel * TAPS * in_c + first) * GEMM_COLS * bytes;
    if (conv->spec.kept == DTYPE_F32) {
        run->transforms.of_kernels((const float *)(const void *)from, tap_stride, depth * GEMM_COLS, planes,
                                   run->weight_plane);
        return;
    }
    float wide[TAPS * GROUP];
    for (size_t i = 0; i < depth * GEMM_COLS; i += GROUP) {
        for (size_t tap = 0; tap < TAPS; tap++)
            widen(from + (tap * tap_stride + i) * bytes, conv->spec.kept, conv->scales + panel * GEMM_COLS,
                  wide + tap * GROUP);
        run->transforms.of_kernels(wide, GROUP, GROUP, planes + i, run->weight_plane);
    }
}

// out [n_rows][COLS] (+)= in [n_rows][in_c] · weights [depth][GEMM_COLS], GEMM_COLS of them; n_rows is known to the
// compiler.
static inline __attribute__((always_inline)) void multiply_rows(const float *in, size_t in_c, size_t n_rows,
                                                                const float *weights, size_t depth, bool adds,
                                                                float *out) {
    GemmBlock block = {0};
    SIMD_UNROLL
    for (size_t i = 0; i < n_rows && adds; i++) {
        block.rows[i][0] = f32x4_load(out + i * COLS);
        block.rows[i][1] = f32x4_load(out + i * COLS + SIMD_LANES);
    }
    block = gemm_f32_simd_block(block, n_rows, in, in_c, weights, depth);
    SIMD_UNROLL
    for (size_t i = 0; i < n_rows; i++) {
        f32x4_store(out + i * COLS, block.rows[i][0]);
        f32x4_store(out + i * COLS + SIMD_LANES, block.rows[i][1]);
    }
}

typedef struct Product {
    size_t in_c, depth;
    int n_panels; // weights: [n_panels][depth][GEMM_COLS]
    bool adds;
    GemmRows rows;
} Product;

// One plane, all of the chunk's tiles.
static void multiply_plane(Product product, const float *in, const float *weights, float *out) {
    const size_t panel = product.depth * GEMM_COLS;
    for (int i = 0; i < product.rows.n_full; i++, in += GEMM_ROWS * product.in_c, out += GEMM_ROWS * COLS) {
        for (int k = 0; k < product.n_panels; k++)
            multiply_rows(in, product.in_c, GEMM_ROWS, weights + (size_t)k * panel, product.depth, product.adds,
                          out + k * GEMM_COLS);
    }
    for (int i = 0; i < product.rows.n_short; i++, in += GEMM_SHORT * product.in_c, out += GEMM_SHORT * COLS) {
        for (int k = 0; k < product.n_panels; k++)
            multiply_rows(in, product.in_c, GEMM_SHORT, weights + (size_t)k * panel, product.depth, product.adds,
                          out + k * GEMM_COLS);
    }
}

static void transform_out(const Run *run, int channel, int i, float *planes) {
    const int y = top_of(run, run->first + i), x = left_of(run, run->first + i);
    const Tensor out = run->out;
    const WinogradOutput to = {
        .data = tensor_at(out, y, x) + channel,
        .row_stride = (size_t)out.w * (size_t)out.c,
        .pixel_stride = (size_t)out.c,
        .n_rows = smaller(run->transforms.out, out.h - y),
        .n_columns = smaller(run->transforms.out, out.w - x),
        .n_channels = smaller(COLS, out.c - channel),
        .bias = run->conv->bias + channel,
        .slope = run->slope,
    };
    run->transforms.of_output(planes + i * COLS, run->out_plane, &to);
}

// PANELS panels of the product, or those that are left.
static void run_panels(void *context, int index, int thread) {
    const Run *run = context;
    const int in_c = run->conv->spec.in_c, panel = index * PANELS;
    const size_t planes = (size_t)run->transforms.planes;
    Product product = {.in_c = (size_t)in_c,
                       .n_panels = smaller(PANELS, run->conv->n_panels - panel),
                       .rows = gemm_f32_simd_divide(run->n)};
    float *weights = parallel_scratch(thread), *out = weights + run->weight_plane * planes;
    for (int first = 0; first < in_c; first += run->transforms.depth) {
        product.depth = (size_t)smaller(in_c - first, run->transforms.depth);
        product.adds = first > 0;
        for (int k = 0; k < product.n_panels; k++)
            transform_weights(run, panel + k, (size_t)first, product.depth,
                              weights + (size_t)k * product.depth * GEMM_COLS);
        for (size_t p = 0; p < planes; p++)
            multiply_plane(product, run->tiles + p * run->in_plane + first, weights + p * run->weight_plane,
                           out + p * run->out_plane);
    }
    for (int i = 0; i < run->n; i++) transform_out(run, panel * GEMM_COLS, i, out);
}

void conv_same_winograd_run(const ConvSameWinograd *conv, Tensor in, float slope, Tensor out, void *scratch) {
    Run run = run_for(conv);
    run.in = in;
    run.out = out;
    run.slope = slope;
    run.tiles = scratch;
    for (run.first = 0; run.first < run.n_tiles; run.first += run.chunk) {
        run.n = smaller(run.chunk, run.n_tiles - run.first);
        parallel_for_thread(transform_in, &run, gemm_f32_simd_padded_rows(run.n));
        parallel_for_thread(run_panels, &run, divide_up(conv->n_panels, PANELS));
    }
}
