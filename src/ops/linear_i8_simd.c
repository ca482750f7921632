// The integer product. Weights lie in memory as 0 … 255, with an offset of 128; each row's sum of inputs removes the
// effect of the offset.
#include "ops/linear_i8_simd.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/checked.h"
#include "core/simd_dot.h"
#include "ops/linear_i8.h"
#include "ops/linear_i8_panel.h"
#include "ops/linear_kernel.h"
#include "ops/linear_tile.h"

_Static_assert((int)LINEAR_DEPTH == (int)LINEAR_I8_BLOCK, "a K-block has one scale");
_Static_assert((int)LINEAR_I8_LANES == (int)SIMD_LANES, "a rotation mixes whole vectors");
_Static_assert(LINEAR_ROWS % LINEAR_I8_ROWS == 0 && LINEAR_PART % LINEAR_I8_ROWS == 0, "parts are of whole blocks");

struct LinearI8Simd {
    LinearSpec spec;
    size_t bytes;
    uint8_t *weights; // [panels of GEMM_COLS channels][padded in_c / SIMD_DOT][GEMM_COLS][SIMD_DOT]
    float *scales;    // [panels][k_blocks][GEMM_COLS]
    int32_t *totals;  // likewise: the sums of the weights
};

static size_t padded_in_c(const LinearI8Simd *linear) { return (size_t)round_up(linear->spec.in_c, SIMD_DOT); }

Status linear_i8_simd_create(LinearSpec spec, LinearI8Simd **out) {
    const size_t out_c = (size_t)gemm_f32_simd_padded(spec.out_c),
                 n_scales = out_c * (size_t)linear_tile_k_blocks(spec.in_c);
    LinearI8Simd *linear = calloc(1, sizeof *linear);
    if (!linear) goto fail;
    linear->spec = spec;
    if (!checked_mul(out_c, padded_in_c(linear), &linear->bytes)) goto fail;
    linear->weights = malloc(linear->bytes);
    linear->scales = calloc(n_scales, sizeof *linear->scales);
    linear->totals = calloc(n_scales, sizeof *linear->totals);
    if (!linear->weights || !linear->scales || !linear->totals) goto fail;
    memset(linear->weights, LINEAR_I8_OFFSET, linear->bytes);
    linear->bytes += n_scales * (sizeof *linear->scales + sizeof *linear->totals);
    *out = linear;
    return STATUS_OK;
fail:
    linear_i8_simd_free(linear);
    return status_fail(STATUS_NO_MEMORY, "Not enough memory for a layer's weights.");
}

void linear_i8_simd_free(LinearI8Simd *linear) {
    if (!linear) return;
    free(linear->weights);
    free(linear->scales);
    free(linear->totals);
    free(linear);
}

size_t linear_i8_simd_bytes(const LinearI8Simd *linear) { return linear->bytes; }

static void pack_channel(LinearI8Simd *linear, size_t channel, const char *weights, Dtype dtype, LinearScales scales) {
    const int n_k_blocks = linear_tile_k_blocks(linear->spec.in_c);
    int8_t ints[LINEAR_I8_BLOCK];
    uint8_t *to =
        linear->weights + channel / GEMM_COLS * padded_in_c(linear) * GEMM_COLS + channel % GEMM_COLS * SIMD_DOT;
    size_t at = channel / GEMM_COLS * (size_t)n_k_blocks * GEMM_COLS + channel % GEMM_COLS;
    for (int k_block = 0; k_block < n_k_blocks; k_block++, to += LINEAR_DEPTH * GEMM_COLS, at += GEMM_COLS) {
        const int depth = linear_tile_depth(linear->spec.in_c, k_block);
        linear->scales[at] = linear_i8_quantise_weights(weights, dtype, linear_scale(scales, k_block), depth, ints);
        linear->totals[at] = 0;
        for (int i = 0; i < depth; i++) {
            linear->totals[at] += ints[i];
            to[i / SIMD_DOT * SIMD_DOT * GEMM_COLS + i % SIMD_DOT] = (uint8_t)(ints[i] + LINEAR_I8_OFFSET);
        }
        weights += LINEAR_DEPTH * dtype_bytes(dtype);
    }
}

void linear_i8_simd_pack(LinearI8Simd *linear, int first, int n, const void *weights, Dtype dtype,
                         LinearScales scales) {
    const size_t row_bytes = (size_t)linear->spec.in_c * dtype_bytes(dtype);
    linear_i8_panel_try();
    for (int i = 0; i < n; i++) {
        const char *from = (const char *)weights + (size_t)i * row_bytes;
        pack_channel(linear, (size_t)(first + i), from, dtype, linear_scales_of(scales, i));
    }
}

// Does not change between packing a row and multiplying it, because no weights are packed meanwhile.
static LinearI8Path path_of(const LinearI8Simd *linear) {
    return linear->spec.is_15_bit ? LINEAR_I8_WORDS : linear_i8_panel_fastest();
}

// A chunk of rows: inputs [k_block][row][LINEAR_DEPTH], bytes or words, with room for words; then of each
// [k_block][row] the scale, the mean that was taken off, LINEAR_I8_OFFSET times the sum, the zero point, and the part
// of an outlier that exceeds a byte.
typedef struct Rows {
    void *inputs;
    float *scales, *means; // no means if the layer is not rotated
    int32_t *offset, *zero_points;
    LinearI8Excess *excess;
} Rows;

int linear_i8_simd_padded_rows(int n_rows) { return round_up(n_rows, LINEAR_I8_ROWS); }

static size_t count_parts(const LinearI8Simd *linear, int n_rows) {
    return (size_t)linear_tile_k_blocks(linear->spec.in_c) * (size_t)linear_i8_simd_padded_rows(n_rows);
}

size_t linear_i8_simd_rows_bytes(const LinearI8Simd *linear, int n_rows) {
    return count_parts(linear, n_rows) *
           (LINEAR_DEPTH * sizeof(int16_t) + 2 * sizeof(float) + 2 * sizeof(int32_t) + sizeof(LinearI8Excess));
}

static Rows rows_at(const LinearI8Simd *linear, int k_block, int row, int n_rows, void *memory) {
    const size_t n = count_parts(linear, n_rows);
    const size_t at = (size_t)k_block * (size_t)linear_i8_simd_padded_rows(n_rows) + (size_t)row;
    const size_t input_bytes = path_of(linear) == LINEAR_I8_WORDS ? sizeof(int16_t) : sizeof(int8_t);
    float *scales = (float *)((int16_t *)memory + n * LINEAR_DEPTH);
    int32_t *offset = (int32_t *)(scales + 2 * n);
    LinearI8Excess *excess = (LinearI8Excess *)(offset + 2 * n);
    return (Rows){(char *)memory + at * LINEAR_DEPTH * input_bytes,
                  scales + at,
                  scales + n + at,
                  offset + at,
                  offset + n + at,
                  excess + at};
}

// The standard's fminf and fmaxf are calls in WebAssembly. The first operand here is never NaN, and the second is
// ignored if it is.
static inline float lower(float a, float b) { return b < a ? b : a; }
static inline float higher(float a, float b) { return b > a ? b : a; }

// Two independent minima and maxima, so that no instruction waits for the one before it.
static LinearI8Inputs look_at_inputs(const float *x, int n, bool is_15_bit) {
    f32x4 min[2], max[2];
    float lows[2 * SIMD_LANES], highs[2 * SIMD_LANES], sizes[2 * SIMD_LANES + 1], low = 0, high = 0;
    int i = 0;
    for (int j = 0; j < 2; j++) min[j] = max[j] = f32x4_splat(0);
    for (; i + 2 * SIMD_LANES <= n; i += 2 * SIMD_LANES) {
        SIMD_UNROLL
        for (int j = 0; j < 2; j++) {
            const f32x4 values = f32x4_load(x + i + j * SIMD_LANES);
            min[j] = f32x4_min(min[j], values), max[j] = f32x4_max(max[j], values);
        }
    }
    for (int j = 0; j < 2; j++) f32x4_store(lows + j * SIMD_LANES, min[j]), f32x4_store(highs + j * SIMD_LANES, max[j]);
    for (; i < n; i++) low = lower(low, x[i]), high = higher(high, x[i]);
    sizes[2 * SIMD_LANES] = higher(high, -low);
    for (int j = 0; j < 2 * SIMD_LANES; j++) {
        low = lower(low, lows[j]), high = higher(high, highs[j]);
        sizes[j] = higher(highs[j], -lows[j]);
    }
    LinearI8Range range = {low, high, -1};
    // if none of these maxima is far from the others, no input is
    if (!is_15_bit && linear_i8_has_outlier(sizes, 2 * SIMD_LANES + 1)) range = linear_i8_range(x, n, true);
    return linear_i8_inputs(x, range, is_15_bit);
}

// Sixteen inputs to integers; returns their sum in four parts.
static inline i32x4 quantise_16(const float *x, LinearI8Inputs inputs, LinearI8Path path, void *row, int at) {
    const f32x4 factor = f32x4_splat(inputs.inverse_scale);
    const i32x4 zero_point = i32x4_splat(inputs.zero_point);
    i32x4 ints[4];
    SIMD_UNROLL
    for (int i = 0; i < 4; i++)
        ints[i] = i32x4_sub(i32x4_round(f32x4_mul(f32x4_load(x + i * SIMD_LANES), factor)), zero_point);
    if (path == LINEAR_I8_WORDS) {
        simd_words_store_16((int16_t *)row + at, ints);
    } else {
        simd_bytes_store_16((int8_t *)row + at, ints);
    }
    return i32x4_add(i32x4_add(ints[0], ints[1]), i32x4_add(ints[2], ints[3]));
}

// Whether the sum of a row's integers is possible: each is at most `most` + 1 because of rounding, and one is an
// outlier. NaNs among the inputs make the sum larger.
static bool is_sum_of_numbers(int32_t sum, int most) {
    const int32_t limit = LINEAR_DEPTH * (most + 1) + linear_i8_max(true);
    return sum >= -limit && sum <= limit;
}

// Clamps the outlier to a byte, and returns the part that exceeds it. Gives the same integer as quantise_16: a product
// is rounded in the same way in a vector and alone.
static LinearI8Excess clamp_outlier(const float *x, LinearI8Inputs inputs, int8_t *row) {
    const int most = linear_i8_max(false);
    const int q = (int)rintf(x[inputs.outlier] * inputs.inverse_scale) - inputs.zero_point;
    const int cut = q > most ? most : q < -most ? -most : q;
    row[inputs.outlier] = (int8_t)cut;
    return (LinearI8Excess){inputs.outlier, q - cut};
}

// One to three steps of linear_i8_rotate at once, from `stride` on, while the values are in registers.
static inline __attribute__((always_inline)) void mix(const float *x, int n, int stride, int radix, float *to) {
    for (int base = 0; base < n; base += radix * stride) {
        for (int at = base; at < base + stride; at += SIMD_LANES) {
            f32x4 values[8];
            SIMD_UNROLL
            for (int i = 0; i < radix; i++) values[i] = f32x4_load(x + at + i * stride);
            SIMD_UNROLL
            for (int step = 1; step < radix; step *= 2) {
                SIMD_UNROLL
                for (int i = 0; i < radix; i++) {
                    if (i & step) continue;
                    const f32x4 a = values[i], b = values[i + step];
                    values[i] = f32x4_add(a, b), values[i + step] = f32x4_sub(a, b);
                }
            }
            SIMD_UNROLL
            for (int i = 0; i < radix; i++) f32x4_store(to + at + i * stride, values[i]);
        }
    }
}

// x [n], rotated, to `to`.
static void rotate(const float *x, int n, float *to) {
    const int n_mixed = linear_i8_n_mixed(n);
    memcpy(to + n_mixed, x + n_mixed, (size_t)(n - n_mixed) * sizeof *x);
    int stride = SIMD_LANES;
    for (; 8 * stride <= n_mixed; stride *= 8, x = to) mix(x, n_mixed, stride, 8, to);
    if (4 * stride <= n_mixed) {
        mix(x, n_mixed, stride, 4, to);
    } else if (2 * stride <= n_mixed) {
        mix(x, n_mixed, stride, 2, to);
    } else if (x != to) {
        memcpy(to, x, (size_t)n_mixed * sizeof *x);
    }
}

void linear_i8_simd_pack_row(const LinearI8Simd *linear, const float *from, int row, int n_rows, void *rows) {
    const LinearI8Path path = path_of(linear);
    for (int k_block = 0; k_block < linear_tile_k_blocks(linear->spec.in_c); k_block++, from += LINEAR_DEPTH) {
        const int depth = linear_tile_depth(linear->spec.in_c, k_block);
        const float *x = from;
        float rotated[LINEAR_I8_BLOCK];
        const Rows to = rows_at(linear, k_block, row, n_rows, rows);
        if (linear->spec.is_rotated) {
            rotate(from, depth, rotated);
            *to.means = linear_i8_take_mean(rotated, depth);
            x = rotated;
        }
        const LinearI8Inputs inputs = look_at_inputs(x, depth, linear->spec.is_15_bit);
        i32x4 sum = i32x4_splat(0);
        uint32_t sums[SIMD_LANES]; // they wrap around if inputs are NaN
        int i = 0, unread = 0;
        for (; i + 16 <= depth; i += 16) sum = i32x4_add(sum, quantise_16(x + i, inputs, path, to.inputs, i));
        if (i < depth) {
            float rest[16] = {0};
            memcpy(rest, x + i, (size_t)(depth - i) * sizeof *x);
            sum = i32x4_add(sum, quantise_16(rest, inputs, path, to.inputs, i));
            unread = i + 16 - round_up(depth, SIMD_DOT); // each counts as a zero
        }
        i32x4_store((int32_t *)sums, sum);
        const uint32_t total = sums[0] + sums[1] + sums[2] + sums[3];
        *to.scales = is_sum_of_numbers((int32_t)total, linear_i8_max(linear->spec.is_15_bit)) ? inputs.scale : NAN;
        *to.offset = (int32_t)(LINEAR_I8_OFFSET * (total + (uint32_t)(unread * inputs.zero_point)));
        *to.zero_points = inputs.zero_point;
        const bool is_cut = inputs.outlier >= 0 && path != LINEAR_I8_WORDS;
        *to.excess = is_cut ? clamp_outlier(x, inputs, to.inputs) : (LinearI8Excess){0};
    }
}

void linear_i8_simd_multiply(const LinearI8Simd *linear, LinearPart part, const float *bias, float *sums) {
    const int in_c = linear->spec.in_c, col = part.col, n_k_blocks = linear_tile_k_blocks(in_c);
    const int end = col + LINEAR_COLS < linear->spec.out_c ? col + LINEAR_COLS : linear->spec.out_c;
    for (int k_block = 0; k_block < n_k_blocks; k_block++) {
        const Rows from = rows_at(linear, k_block, part.first, part.n_rows, (void *)part.rows);
        for (int c = col; c < end; c += GEMM_COLS) {
            const size_t panel = (size_t)(c / GEMM_COLS);
            const uint8_t *weights =
                linear->weights + (panel * padded_in_c(linear) + (size_t)k_block * LINEAR_DEPTH) * GEMM_COLS;
            const size_t at = (panel * (size_t)n_k_blocks + (size_t)k_block) * GEMM_COLS;
            const LinearI8Panel product = {
                .inputs = from.inputs,
                .input_scales = from.scales,
                .means = linear->spec.is_rotated ? from.means : NULL,
                .offset = from.offset,
                .zero_points = from.zero_points,
                .excess = from.excess,
                .n_rows = linear_i8_simd_padded_rows(part.n),
                .depth = linear_tile_depth(in_c, k_block),
                .weights = weights,
                .weight_scales = linear->scales + at,
                .totals = linear->totals + at,
                .bias = k_block ? NULL : bias + c,
                .sums = sums + c - col,
            };
            linear_i8_panel_multiply(&product, path_of(linear));
        }
    }
}
