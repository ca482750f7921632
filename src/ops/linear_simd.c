// Divides the work of a linear layer among the threads: a chunk of rows is packed, and then multiplied in parts.
#include <stdlib.h>
#include <string.h>

#include "core/ints.h"
#include "core/parallel.h"
#include "ops/linear_f32_simd.h"
#include "ops/linear_i8_simd.h"
#include "ops/linear_kernel.h"
#include "ops/linear_tile.h"

// Its weights are a LinearI8Simd, or else a LinearF32Simd.
static bool is_i8(const Linear *linear) { return linear->spec.kept == DTYPE_I8; }

static Status take_memory(Linear *linear) {
    LinearI8Simd *i8 = NULL;
    LinearF32Simd *f32 = NULL;
    const Status status =
        is_i8(linear) ? linear_i8_simd_create(linear->spec, &i8) : linear_f32_simd_create(linear->spec, &f32);
    linear->weights = i8 ? (void *)i8 : f32;
    return status;
}

static void free_weights(Linear *linear) {
    if (is_i8(linear)) {
        linear_i8_simd_free(linear->weights);
    } else {
        linear_f32_simd_free(linear->weights);
    }
}

static size_t bytes(const Linear *linear) {
    return is_i8(linear) ? linear_i8_simd_bytes(linear->weights) : linear_f32_simd_bytes(linear->weights);
}

static void pack(Linear *linear, int first, int n, const void *weights, Dtype dtype, LinearScales scales) {
    if (is_i8(linear)) {
        linear_i8_simd_pack(linear->weights, first, n, weights, dtype, scales);
    } else {
        linear_f32_simd_pack(linear->weights, first, n, weights, dtype);
    }
}

// A thread's own: the sums of a part and two panels of converted weights; while rows are packed, a window.
enum { SUMS = LINEAR_PART * LINEAR_COLS, CONVERTED = 2 * LINEAR_F32_DEPTH * GEMM_COLS };

static Status plan(const Linear *linear, int max_rows, size_t *scratch_bytes) {
    const int rows = min(max_rows, linear_tile_rows(linear->spec.in_c));
    const size_t own = SUMS + CONVERTED, window = (size_t)linear->spec.in_c;
    *scratch_bytes = is_i8(linear) ? linear_i8_simd_rows_bytes(linear->weights, rows)
                                   : linear_f32_simd_rows_bytes(linear->weights, rows);
    return parallel_reserve_scratch((own > window ? own : window) * sizeof(float));
}

typedef struct Chunk {
    const Linear *linear;
    LinearInput in;
    int first, n_rows; // of the input
    LinearEnd end;
    float *y;
    size_t y_stride;
    void *rows; // packed
    int padded_rows;
} Chunk;

enum { PACK_ROWS = 12 }; // at a time: one row alone may be too little work for a thread

static void pack_rows(void *context, int i, int thread) {
    const Chunk *chunk = context;
    const int end = min((i + 1) * PACK_ROWS, chunk->padded_rows);
    for (int row = i * PACK_ROWS; row < end; row++) {
        const int from = chunk->first + min(row, chunk->n_rows - 1);
        const float *x = linear_kernel_row(&chunk->in, from, parallel_scratch(thread));
        if (is_i8(chunk->linear)) {
            linear_i8_simd_pack_row(chunk->linear->weights, x, row, chunk->n_rows, chunk->rows);
        } else {
            linear_f32_simd_pack_row(chunk->linear->weights, x, row, chunk->n_rows, chunk->rows);
        }
    }
}

static inline __attribute__((always_inline)) void add(const float *a, const float *b, size_t n, bool relu, float *sum) {
    const f32x4 zero = f32x4_splat(0);
    size_t i = 0;
    for (; i + SIMD_LANES <= n; i += SIMD_LANES) {
        const f32x4 x = f32x4_add(f32x4_load(a + i), f32x4_load(b + i));
        f32x4_store(sum + i, relu ? f32x4_max(x, zero) : x);
    }
    for (; i < n; i++) sum[i] = relu && a[i] + b[i] < 0 ? 0 : a[i] + b[i];
}

static void finish_row(LinearEnd end, float *sums, size_t n, const float *residual, float *y) {
    if (residual && end.residual_first && end.activation == ACTIVATION_RELU) { // as in residual networks: in one pass
        add(sums, residual, n, true, y);
        return;
    }
    if (residual && end.residual_first) add(sums, residual, n, false, sums);
    activation_f32_simd_run(end.activation, sums, n);
    if (residual && !end.residual_first) {
        add(sums, residual, n, false, y);
    } else {
        memcpy(y, sums, n * sizeof *y);
    }
}

static void multiply_part(void *context, int i, int thread) {
    const Chunk *chunk = context;
    const Linear *linear = chunk->linear;
    const int n_blocks = (linear->spec.out_c + LINEAR_COLS - 1) / LINEAR_COLS;
    const int first = i / n_blocks * LINEAR_PART, col = i % n_blocks * LINEAR_COLS;
    const LinearPart part = {chunk->rows, chunk->n_rows, first, min(LINEAR_PART, chunk->n_rows - first), col};
    const size_t n = (size_t)min(LINEAR_COLS, linear->spec.out_c - col);
    float *sums = parallel_scratch(thread);
    if (is_i8(linear)) {
        linear_i8_simd_multiply(linear->weights, part, linear->bias, sums);
    } else {
        linear_f32_simd_multiply(linear->weights, part, linear->bias, sums, sums + SUMS);
    }
    for (int row = 0; row < part.n; row++) {
        const size_t at = (size_t)(chunk->first + first + row);
        const float *residual = chunk->end.residual;
        if (residual) residual += at * chunk->end.residual_stride + (size_t)col;
        finish_row(chunk->end, sums + row * LINEAR_COLS, n, residual, chunk->y + at * chunk->y_stride + col);
    }
}

static void run_chunk(Chunk chunk) {
    const Linear *linear = chunk.linear;
    const int n_blocks = (linear->spec.out_c + LINEAR_COLS - 1) / LINEAR_COLS;
    const int n_parts = (chunk.n_rows + LINEAR_PART - 1) / LINEAR_PART;
    chunk.padded_rows =
        is_i8(linear) ? linear_i8_simd_padded_rows(chunk.n_rows) : linear_f32_simd_padded_rows(chunk.n_rows);
    parallel_for_thread(pack_rows, &chunk, (chunk.padded_rows + PACK_ROWS - 1) / PACK_ROWS);
    parallel_for_thread(multiply_part, &chunk, n_parts * n_blocks);
}

static void run(const Linear *linear, LinearInput in, int rows, LinearEnd end, float *y, size_t y_stride,
                void *scratch) {
    const int chunk = linear_tile_rows(linear->spec.in_c);
    for (int first = 0; first < rows; first += chunk) {
        run_chunk((Chunk){.linear = linear,
                          .in = in,
                          .first = first,
                          .n_rows = min(chunk, rows - first),
                          .end = end,
                          .y = y,
                          .y_stride = y_stride,
                          .rows = scratch});
    }
}

const LinearKernel linear_simd_kernel = {take_memory, free_weights, bytes, pack, plan, run};
