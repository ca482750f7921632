// The float32 product. Rows are copied into K-blocks that lie together; weights of 16 bits are converted a
// panel and a K-block at a time.
#include "ops/linear_f32_simd.h"

#include <stdlib.h>
#include <string.h>

#include "core/checked.h"
#include "core/half.h"
#include "core/simd_int.h"
#include "ops/linear_tile.h"

struct LinearF32Simd {
    LinearSpec spec;
    size_t bytes;
    void *weights;    // [panels of GEMM_COLS channels][in_c][GEMM_COLS], of kind spec.kept
    bool is_rebiased; // of F16: they are rebiased (core/half.h), as long as every weight can be
};

Status linear_f32_simd_create(LinearSpec spec, LinearF32Simd **out) {
    LinearF32Simd *linear = calloc(1, sizeof *linear);
    if (!linear) goto fail;
    linear->spec = spec;
    linear->is_rebiased = spec.kept == DTYPE_F16;
    if (!checked_mul((size_t)gemm_f32_simd_padded(spec.out_c) * dtype_bytes(spec.kept), (size_t)spec.in_c,
                     &linear->bytes)) {
        goto fail;
    }
    linear->weights = calloc(linear->bytes, 1);
    if (!linear->weights) goto fail;
    *out = linear;
    return STATUS_OK;
fail:
    linear_f32_simd_free(linear);
    return status_fail(STATUS_NO_MEMORY, "Not enough memory for a layer's weights.");
}

void linear_f32_simd_free(LinearF32Simd *linear) {
    if (!linear) return;
    free(linear->weights);
    free(linear);
}

size_t linear_f32_simd_bytes(const LinearF32Simd *linear) { return linear->bytes; }

static void pack_channel_f32(float *to, const void *weights, Dtype dtype, int n) {
    const uint16_t *const words = weights;
    for (int i = 0; i < n; i++, to += GEMM_COLS) {
        switch (dtype) {
            case DTYPE_F16: *to = half_to_float(words[i]); break;
            case DTYPE_BF16: *to = bfloat_to_float(words[i]); break;
            default: *to = ((const float *)weights)[i];
        }
    }
}

static void pack_channel_16(uint16_t *to, const uint16_t *weights, int n, bool to_low) {
    for (int i = 0; i < n; i++, to += GEMM_COLS) *to = to_low ? half_rebias(weights[i]) : weights[i];
}

// Called before weights that cannot be rebiased: converts the packed ones back to plain fp16.
static void undo_rebias(LinearF32Simd *linear) {
    uint16_t *words = linear->weights;
    for (size_t i = 0; i < linear->bytes / sizeof *words; i++) words[i] = half_from_rebiased(words[i]);
    linear->is_rebiased = false;
}

static bool can_rebias_all(const uint16_t *halves, size_t n) {
    bool all = true;
    for (size_t i = 0; i < n; i++) all &= half_can_be_rebiased(halves[i]);
    return all;
}

void linear_f32_simd_pack(LinearF32Simd *linear, int first, int n, const void *weights, Dtype dtype) {
    const size_t in_c = (size_t)linear->spec.in_c;
    if (linear->is_rebiased && !can_rebias_all(weights, (size_t)n * in_c)) undo_rebias(linear);
    for (size_t i = 0; i < (size_t)n; i++) {
        const size_t channel = (size_t)first + i, at = channel / GEMM_COLS * in_c * GEMM_COLS + channel % GEMM_COLS;
        const char *from = (const char *)weights + i * in_c * dtype_bytes(dtype);
        if (linear->spec.kept == DTYPE_F32) {
            pack_channel_f32((float *)linear->weights + at, from, dtype, (int)in_c);
        } else {
            pack_channel_16((uint16_t *)linear->weights + at, (const uint16_t *)from, (int)in_c, linear->is_rebiased);
        }
    }
}

// The weights of a K-block lie together in memory, so that the processor prefetches them by itself. With few rows,
// reading weights limits the speed. All K-blocks of a layer but the last have the same depth, a multiple of 4.
static int depth_of(int in_c) { return round_up(divide_up(in_c, divide_up(in_c, LINEAR_F32_DEPTH)), SIMD_LANES); }
static int k_blocks_of(int in_c) { return divide_up(in_c, depth_of(in_c)); }
static int depth_at(int in_c, int k_block) { return min(in_c - k_block * depth_of(in_c), depth_of(in_c)); }

// Whole parts, and a last one.
int linear_f32_simd_padded_rows(int n_rows) {
    const int rest = n_rows % LINEAR_PART;
    return n_rows - rest + gemm_f32_simd_padded_rows(rest);
}

size_t linear_f32_simd_rows_bytes(const LinearF32Simd *linear, int n_rows) {
    const size_t padded = (size_t)linear_f32_simd_padded_rows(n_rows);
    return (size_t)k_blocks_of(linear->spec.in_c) * padded * (size_t)depth_of(linear->spec.in_c) * sizeof(float);
}

// Where a K-block of a part lies: [k_block][part], and in a part as in_stride says.
static size_t place(int in_c, int k_block, int first, int n_rows) {
    const size_t padded = (size_t)linear_f32_simd_padded_rows(n_rows), depth = (size_t)depth_of(in_c);
    return (size_t)k_block * padded * depth + (size_t)first * (size_t)depth_at(in_c, k_block);
}

// Interleaved rows need no arithmetic for addresses and lie in different sets of the cache; few rows are faster as they
// are.
static size_t in_stride(int n_rows, size_t depth) { return n_rows > 2 * GEMM_ROWS ? GEMM_INTERLEAVED : depth; }

static inline __attribute__((always_inline)) void spread(const float *x, size_t n, size_t step, float *to) {
    for (size_t i = 0; i < n; i++) to[i * step] = x[i];
}

// One row of a block of `step` interleaved ones.
static void interleave(const float *x, size_t n, int step, float *to) {
    if (step == GEMM_ROWS) { // a constant for the compiler
        spread(x, n, GEMM_ROWS, to);
    } else {
        spread(x, n, (size_t)step, to);
    }
}

void linear_f32_simd_pack_row(const LinearF32Simd *linear, const float *x, int row, int n_rows, void *rows) {
    const int in_c = linear->spec.in_c, in_part = row % LINEAR_PART, first = row - in_part;
    const int n = min(n_rows - first, LINEAR_PART), in_block = in_part % GEMM_ROWS, block = in_part - in_block;
    const int step = gemm_f32_simd_block_rows(n, block);
    for (int k_block = 0; k_block < k_blocks_of(in_c); k_block++, x += depth_of(in_c)) {
        const size_t depth = (size_t)depth_at(in_c, k_block);
        float *const part = (float *)rows + place(in_c, k_block, first, n_rows);
        if (in_stride(n, depth) != GEMM_INTERLEAVED) {
            memcpy(part + (size_t)in_part * depth, x, depth * sizeof *x);
        } else if (in_block < step) { // the others pad
            interleave(x, depth, step, part + (size_t)block * depth + (size_t)in_block);
        }
    }
}

// The weights of a panel and a K-block.
typedef struct Piece {
    size_t at, n; // values
} Piece;

static Piece piece_of(const LinearF32Simd *linear, int col, int k_block) {
    const int in_c = linear->spec.in_c, depth = depth_at(in_c, k_block);
    const size_t panel = (size_t)(col / GEMM_COLS), first = (size_t)(k_block * depth_of(in_c));
    return (Piece){(panel * (size_t)in_c + first) * GEMM_COLS, (size_t)(depth * GEMM_COLS)};
}

static __attribute__((noinline)) void convert(const LinearF32Simd *linear, Piece piece, float *to) {
    const uint16_t *const from = (const uint16_t *)linear->weights + piece.at;
    const size_t n = piece.n;
    if (linear->is_rebiased) {
        const RebiasedHalf by = rebiased_half();
        for (size_t i = 0; i < n; i += SIMD_LANES) f32x4_store(to + i, f32x4_load_rebiased_half(from + i, by));
    } else if (linear->spec.kept == DTYPE_F16) {
        for (size_t i = 0; i < n; i += SIMD_LANES) f32x4_store(to + i, f32x4_load_half(from + i));
    } else {
        for (size_t i = 0; i < n; i += SIMD_LANES) f32x4_store(to + i, f32x4_load_bfloat(from + i));
    }
}

// The weights of the panels from column c, as floats.
static void set_weights(const LinearF32Simd *linear, int c, int k_block, float *converted, GemmPanels *panels) {
    if (linear->spec.kept == DTYPE_F32) {
        panels->weights = (const float *)linear->weights + piece_of(linear, c, k_block).at;
        panels->weights_stride = (size_t)linear->spec.in_c * GEMM_COLS;
        return;
    }
    panels->weights = converted;
    panels->weights_stride = panels->depth * GEMM_COLS;
    for (int i = 0; i < panels->n_panels; i++) {
        convert(linear, piece_of(linear, c + i * GEMM_COLS, k_block), converted + (size_t)i * panels->weights_stride);
    }
}

void linear_f32_simd_multiply(const LinearF32Simd *linear, LinearPart part, const float *bias, float *sums,
                              float *converted) {
    const int in_c = linear->spec.in_c, col = part.col, end = min(col + LINEAR_COLS, linear->spec.out_c);
    const bool is_paired = part.n <= GEMM_ROWS_HALF;
    GemmPanels panels = {.n_rows = part.n, .out_stride = LINEAR_COLS};
    for (int k_block = 0; k_block < k_blocks_of(in_c); k_block++) {
        panels.depth = (size_t)depth_at(in_c, k_block);
        panels.in_stride = in_stride(part.n, panels.depth);
        panels.in = (const float *)part.rows + place(in_c, k_block, part.first, part.n_rows);
        panels.start_stride = k_block ? LINEAR_COLS : 0;
        for (int c = col; c < end; c += panels.n_panels * GEMM_COLS) {
            panels.n_panels = is_paired && c + GEMM_COLS < end ? 2 : 1;
            set_weights(linear, c, k_block, converted, &panels);
            panels.out = sums + c - col;
            panels.start = k_block ? panels.out : bias + c;
            gemm_f32_simd_panels(&panels);
        }
    }
}
