// Chooses the implementation of a linear layer and divides its work among the threads.
#include "ops/linear.h"

#include <stdlib.h>
#include <string.h>

#include "core/checked.h"
#include "core/parallel.h"
#include "ops/linear_f32_simd.h"
#include "ops/linear_i8_simd.h"
#include "ops/linear_ref.h"
#include "ops/linear_tile.h"

struct Linear {
    LinearSpec spec;
    float *bias;        // [out_c], padded to whole blocks
    LinearF32Simd *f32; // exactly one of these is there
    LinearI8Simd *i8;
    LinearRef *ref;
};

static Status create(Linear *linear, LinearImpl impl) {
    const LinearSpec spec = linear->spec;
    if (spec.kept > DTYPE_I8) {
        return status_fail(STATUS_UNSUPPORTED, "Expected weights of F32, F16, BF16 or I8 but found %s.",
                           dtype_name(spec.kept));
    }
    linear->bias = calloc((size_t)linear_tile_round_up(spec.out_c, LINEAR_COLS), sizeof(float));
    if (!linear->bias) return status_fail(STATUS_NO_MEMORY, "Not enough memory for a layer's bias.");
    if (impl == LINEAR_REF) return linear_ref_create(spec, &linear->ref);
    if (spec.kept == DTYPE_I8) return linear_i8_simd_create(spec, &linear->i8);
    return linear_f32_simd_create(spec, &linear->f32);
}

Status linear_create(LinearSpec spec, LinearImpl impl, Linear **out) {
    Linear *linear = calloc(1, sizeof *linear);
    if (!linear) return status_fail(STATUS_NO_MEMORY, "Not enough memory for a layer.");
    linear->spec = spec;
    const Status status = create(linear, impl);
    if (status) {
        linear_free(linear);
        return status;
    }
    *out = linear;
    return STATUS_OK;
}

void linear_free(Linear *linear) {
    if (!linear) return;
    linear_f32_simd_free(linear->f32);
    linear_i8_simd_free(linear->i8);
    linear_ref_free(linear->ref);
    free(linear->bias);
    free(linear);
}

LinearSpec linear_spec(const Linear *linear) { return linear->spec; }

size_t linear_bytes(const Linear *linear) {
    const size_t bias = (size_t)linear_tile_round_up(linear->spec.out_c, LINEAR_COLS) * sizeof(float);
    if (linear->ref) return bias + linear_ref_bytes(linear->ref);
    return bias + (linear->i8 ? linear_i8_simd_bytes(linear->i8) : linear_f32_simd_bytes(linear->f32));
}

bool linear_takes(const Linear *linear, Dtype dtype) {
    const bool converts = linear->spec.kept == DTYPE_F32 || linear->spec.kept == DTYPE_I8;
    return dtype == linear->spec.kept || (converts && dtype < DTYPE_I8);
}

void linear_pack(Linear *linear, int first, int n, const void *weights, Dtype dtype, const float *scales) {
    if (linear->ref) {
        linear_ref_pack(linear->ref, first, n, weights, dtype, scales);
    } else if (linear->i8) {
        linear_i8_simd_pack(linear->i8, first, n, weights, dtype, scales);
    } else {
        linear_f32_simd_pack(linear->f32, first, n, weights, dtype);
    }
}

void linear_set_bias(Linear *linear, int first, int n, const float *bias) {
    memcpy(linear->bias + first, bias, (size_t)n * sizeof *bias);
}

// A thread's own: the sums of a block and a panel of widened weights.
enum { SUMS = LINEAR_ROWS * LINEAR_COLS, WIDE = LINEAR_DEPTH * GEMM_COLS };

Status linear_plan(const Linear *linear, int max_rows, size_t *scratch_bytes) {
    const int rows = max_rows < LINEAR_ROWS ? max_rows : LINEAR_ROWS;
    *scratch_bytes = 0;
    if (linear->ref) return STATUS_OK;
    *scratch_bytes =
        linear->i8 ? linear_i8_simd_rows_bytes(linear->i8, rows) : linear_f32_simd_rows_bytes(linear->f32, rows);
    return parallel_reserve_scratch((SUMS + WIDE) * sizeof(float));
}

typedef struct Chunk {
    const Linear *linear;
    const float *x;
    size_t x_stride;
    int n_rows;
    LinearEnd end;
    float *y;
    size_t y_stride;
    void *rows;
} Chunk;

static void pack_row(void *context, int row) {
    const Chunk *chunk = context;
    const int from = row < chunk->n_rows ? row : chunk->n_rows - 1;
    const float *x = chunk->x + (size_t)from * chunk->x_stride;
    if (chunk->linear->i8) {
        linear_i8_simd_pack_row(chunk->linear->i8, x, row, chunk->n_rows, chunk->rows);
    } else {
        linear_f32_simd_pack_row(chunk->linear->f32, x, row, chunk->n_rows, chunk->rows);
    }
}

static void finish_row(LinearEnd end, float *sums, size_t n, const float *residual, float *y) {
    size_t i = 0;
    activation_run(end.activation, sums, n);
    if (!residual) {
        memcpy(y, sums, n * sizeof *y);
        return;
    }
    for (; i + SIMD_LANES <= n; i += SIMD_LANES)
        f32x4_store(y + i, f32x4_add(f32x4_load(sums + i), f32x4_load(residual + i)));
    for (; i < n; i++) y[i] = sums[i] + residual[i];
}

static void multiply_block(void *context, int i, int thread) {
    const Chunk *chunk = context;
    const Linear *linear = chunk->linear;
    const int col = i * LINEAR_COLS, rest = linear->spec.out_c - col;
    const size_t n = (size_t)(rest < LINEAR_COLS ? rest : LINEAR_COLS);
    float *sums = parallel_scratch(thread);
    if (linear->i8) {
        linear_i8_simd_multiply(linear->i8, chunk->rows, chunk->n_rows, col, linear->bias, sums);
    } else {
        linear_f32_simd_multiply(linear->f32, chunk->rows, chunk->n_rows, col, linear->bias, sums, sums + SUMS);
    }
    for (size_t row = 0; row < (size_t)chunk->n_rows; row++) {
        const float *residual = chunk->end.residual;
        if (residual) residual += row * chunk->end.residual_stride + (size_t)col;
        finish_row(chunk->end, sums + row * LINEAR_COLS, n, residual, chunk->y + row * chunk->y_stride + col);
    }
}

static void run_chunk(Chunk chunk) {
    const int padded =
        chunk.linear->i8 ? linear_i8_simd_padded_rows(chunk.n_rows) : linear_f32_simd_padded_rows(chunk.n_rows);
    parallel_for(pack_row, &chunk, padded);
    parallel_for_thread(multiply_block, &chunk, (chunk.linear->spec.out_c + LINEAR_COLS - 1) / LINEAR_COLS);
}

void linear_run(const Linear *linear, const float *x, size_t x_stride, int rows, LinearEnd end, float *y,
                size_t y_stride, void *scratch) {
    if (linear->ref) {
        linear_ref_run(linear->ref, linear->bias, x, x_stride, rows, end, y, y_stride);
        return;
    }
    while (rows > 0) {
        const int n = rows < LINEAR_ROWS ? rows : LINEAR_ROWS;
        run_chunk((Chunk){linear, x, x_stride, n, end, y, y_stride, scratch});
        rows -= n;
        x += (size_t)n * x_stride;
        y += (size_t)n * y_stride;
        if (end.residual) end.residual += (size_t)n * end.residual_stride;
    }
}
