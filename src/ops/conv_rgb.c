// Direct convolution to three channels, a network's last layer. A vector holds four input channels, not four outputs as
// in the matrix product, of whose eight columns five would be empty; the four sums are added in the end.
#include <stdlib.h>

#include "core/parallel.h"
#include "core/simd.h"
#include "ops/conv_kernel.h"
#include "ops/gemm_f32_simd.h"

// Pixels at a time: their sums, the weights and a value fit into sixteen registers.
enum { RGB = 3, PIXELS = 3 };

typedef struct ToRgb {
    Conv conv;
    float *weights; // [ky][kx][in_c / SIMD_LANES][RGB][SIMD_LANES]
} ToRgb;

static bool suits(ConvSpec spec) {
    return spec.kept == DTYPE_F32 && spec.out_c == RGB && spec.in_c % SIMD_LANES == 0 && spec.kernel > 1 &&
           !spec.padding.before && !spec.padding.after;
}

static void free_weights(Conv *conv) { free(((ToRgb *)conv)->weights); }

static size_t n_weights(ConvSpec spec) { return (size_t)(RGB * spec.kernel * spec.kernel) * (size_t)spec.in_c; }

static size_t bytes(const Conv *conv) {
    return (n_weights(conv->spec) + (size_t)gemm_f32_simd_padded(RGB)) * sizeof(float); // conv.c pads the bias
}

static Status pack(Conv *conv, const void *weights, LinearScales scales) {
    ToRgb *layer = (ToRgb *)conv;
    const size_t in_c = (size_t)conv->spec.in_c, taps = (size_t)(conv->spec.kernel * conv->spec.kernel);
    (void)scales;
    if (!layer->weights) layer->weights = malloc(n_weights(conv->spec) * sizeof(float));
    if (!layer->weights) return status_fail(STATUS_NO_MEMORY, "Not enough memory for a layer's weights.");
    for (size_t i = 0; i < n_weights(conv->spec); i++) {
        const size_t lane = i % SIMD_LANES, o = i / SIMD_LANES % RGB, input = i / SIMD_LANES / RGB * SIMD_LANES + lane;
        layer->weights[i] = ((const float *)weights)[(o * in_c + input % in_c) * taps + input / in_c];
    }
    return STATUS_OK;
}

typedef struct Run {
    const ToRgb *layer;
    float slope;
    Tensor in, out;
} Run;

// n neighbouring outputs, of which `in` is the first window. Faster if n is a constant for the compiler.
static inline __attribute__((always_inline)) void run_pixels(const Run *run, int n, const float *in, float *out) {
    const ConvSpec spec = run->layer->conv.spec;
    const size_t step = (size_t)(spec.stride * spec.in_c), row = (size_t)(run->in.w * spec.in_c);
    const int run_length = spec.kernel * spec.in_c;
    const float *weights = run->layer->weights;
    f32x4 sums[PIXELS][RGB];
    for (int i = 0; i < n; i++) sums[i][0] = sums[i][1] = sums[i][2] = f32x4_splat(0);
    for (int ky = 0; ky < spec.kernel; ky++, in += row) {
        const float *const end = in + run_length;
        SIMD_NO_UNROLL
        for (const float *x = in; x != end; x += SIMD_LANES, weights += RGB * SIMD_LANES) {
            const f32x4 w0 = f32x4_load(weights), w1 = f32x4_load(weights + SIMD_LANES),
                        w2 = f32x4_load(weights + 2 * SIMD_LANES);
            SIMD_UNROLL
            for (int i = 0; i < n; i++) {
                const f32x4 values = f32x4_load(x + (size_t)i * step);
                sums[i][0] = f32x4_madd(values, w0, sums[i][0]);
                sums[i][1] = f32x4_madd(values, w1, sums[i][1]);
                sums[i][2] = f32x4_madd(values, w2, sums[i][2]);
            }
        }
    }
    const f32x4 bias = f32x4_load(run->layer->conv.bias), slope = f32x4_splat(run->slope);
    for (int i = 0; i < n; i++, out += RGB) {
        const f32x4 pixel = f32x4_sums(sums[i][0], sums[i][1], sums[i][2], f32x4_splat(0));
        f32x4_store_part(out, f32x4_leaky_relu(f32x4_add(pixel, bias), slope), RGB);
    }
}

static void run_row(void *context, int y) {
    const Run *run = context;
    const ConvSpec spec = run->layer->conv.spec;
    const float *in = tensor_at(run->in, y * spec.stride, 0);
    const size_t step = (size_t)(spec.stride * spec.in_c);
    const int w = run->out.w;
    int x = 0;
    for (; x + PIXELS <= w; x += PIXELS) run_pixels(run, PIXELS, in + (size_t)x * step, tensor_at(run->out, y, x));
    for (; x < w; x++) run_pixels(run, 1, in + (size_t)x * step, tensor_at(run->out, y, x));
}

static void run(const Conv *conv, Tensor in, ConvEnd end, Tensor out, void *scratch) {
    Run all = {(const ToRgb *)conv, end.slope, in, out};
    (void)scratch;
    parallel_for(run_row, &all, out.h);
}

const ConvKernel conv_rgb_kernel = {
    .suits = suits,
    .layer_bytes = sizeof(ToRgb),
    .free = free_weights,
    .bytes = bytes,
    .pack = pack,
    .run = run,
};
