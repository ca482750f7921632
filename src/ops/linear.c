// Chooses the implementation of a linear layer and divides its work among the threads.
#include "ops/linear.h"

#include <stdlib.h>
#include <string.h>

#include "core/checked.h"
#include "core/ints.h"
#include "core/parallel.h"
#include "ops/linear_f32_simd.h"
#include "ops/linear_i8_simd.h"
#include "ops/linear_ref.h"
#include "ops/linear_tile.h"

struct Linear {
    LinearSpec spec;
    LinearImpl impl;
    float *bias;        // [out_c], padded to whole blocks; NULL: no memory yet
    LinearF32Simd *f32; // once there is memory, exactly one of these is there
    LinearI8Simd *i8;
    LinearRef *ref;
};

Status linear_create_empty(LinearSpec spec, LinearImpl impl, Linear **out) {
    if (spec.kept > DTYPE_I8) {
        return status_fail(STATUS_UNSUPPORTED, "Expected weights of F32, F16, BF16 or I8 but found %s.",
                           dtype_name(spec.kept));
    }
    Linear *linear = calloc(1, sizeof *linear);
    if (!linear) return status_fail(STATUS_NO_MEMORY, "Not enough memory for a layer.");
    linear->spec = spec;
    linear->impl = impl;
    *out = linear;
    return STATUS_OK;
}

Status linear_take_bias_memory(Linear *linear) {
    if (!linear->bias) linear->bias = calloc((size_t)round_up(linear->spec.out_c, LINEAR_COLS), sizeof(float));
    return linear->bias ? STATUS_OK : status_fail(STATUS_NO_MEMORY, "Not enough memory for a layer's bias.");
}

Status linear_take_memory(Linear *linear) {
    const LinearSpec spec = linear->spec;
    const Status status = linear_take_bias_memory(linear);
    if (status || linear->f32 || linear->i8 || linear->ref) return status;
    if (linear->impl == LINEAR_REF) return linear_ref_create(spec, &linear->ref);
    if (spec.kept == DTYPE_I8) return linear_i8_simd_create(spec, &linear->i8);
    return linear_f32_simd_create(spec, &linear->f32);
}

Status linear_create(LinearSpec spec, LinearImpl impl, Linear **out) {
    Linear *linear = NULL;
    Status status = linear_create_empty(spec, impl, &linear);
    if (status) return status;
    status = linear_take_memory(linear);
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
    const size_t bias = (size_t)round_up(linear->spec.out_c, LINEAR_COLS) * sizeof(float);
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

// A thread's own: the sums of a part and a panel of widened weights; while rows are packed, a window.
enum { SUMS = LINEAR_PART * LINEAR_COLS, WIDE = LINEAR_DEPTH * GEMM_COLS };

Status linear_plan(const Linear *linear, int max_rows, size_t *scratch_bytes) {
    const int rows = smaller(max_rows, linear_tile_rows(linear->spec.in_c));
    const size_t own = SUMS + WIDE, window = (size_t)linear->spec.in_c;
    *scratch_bytes = 0;
    if (linear->i8) *scratch_bytes = linear_i8_simd_rows_bytes(linear->i8, rows);
    if (linear->f32) *scratch_bytes = linear_f32_simd_rows_bytes(linear->f32, rows);
    return parallel_reserve_scratch((own > window ? own : window) * sizeof(float));
}

typedef struct Input {
    const float *x; // rows, or
    size_t stride;
    const Windows *windows;
} Input;

typedef struct Chunk {
    const Linear *linear;
    Input in;
    int first, n_rows; // of the input
    LinearEnd end;
    float *y;
    size_t y_stride;
    void *rows; // packed
    int padded_rows;
} Chunk;

enum { PACK_ROWS = 12 }; // at a time: one alone may be too little for a thread

static const float *row_of(const Input *in, int row, float *window) {
    if (!in->windows) return in->x + (size_t)row * in->stride;
    windows_gather(in->windows, row, window);
    return window;
}

static void pack_rows(void *context, int i, int thread) {
    const Chunk *chunk = context;
    const int end = smaller((i + 1) * PACK_ROWS, chunk->padded_rows);
    for (int row = i * PACK_ROWS; row < end; row++) {
        const int from = chunk->first + smaller(row, chunk->n_rows - 1);
        const float *x = row_of(&chunk->in, from, parallel_scratch(thread));
        if (chunk->linear->i8) {
            linear_i8_simd_pack_row(chunk->linear->i8, x, row, chunk->n_rows, chunk->rows);
        } else {
            linear_f32_simd_pack_row(chunk->linear->f32, x, row, chunk->n_rows, chunk->rows);
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
    if (residual && end.residual_first && end.activation == ACTIVATION_RELU) { // a residual network's: in one pass
        add(sums, residual, n, true, y);
        return;
    }
    if (residual && end.residual_first) add(sums, residual, n, false, sums);
    activation_run(end.activation, sums, n);
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
    const LinearPart part = {chunk->rows, chunk->n_rows, first, smaller(LINEAR_PART, chunk->n_rows - first), col};
    const size_t n = (size_t)smaller(LINEAR_COLS, linear->spec.out_c - col);
    float *sums = parallel_scratch(thread);
    if (linear->i8) {
        linear_i8_simd_multiply(linear->i8, part, linear->bias, sums);
    } else {
        linear_f32_simd_multiply(linear->f32, part, linear->bias, sums, sums + SUMS);
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
        linear->i8 ? linear_i8_simd_padded_rows(chunk.n_rows) : linear_f32_simd_padded_rows(chunk.n_rows);
    parallel_for_thread(pack_rows, &chunk, (chunk.padded_rows + PACK_ROWS - 1) / PACK_ROWS);
    parallel_for_thread(multiply_part, &chunk, n_parts * n_blocks);
}

static void run_ref(const Linear *linear, Input in, int rows, LinearEnd end, float *y, size_t y_stride) {
    for (int row = 0; row < rows; row++) {
        const float *x = row_of(&in, row, parallel_scratch(0));
        linear_ref_run(linear->ref, linear->bias, x, 0, 1, end, y, y_stride);
        y += y_stride;
        if (end.residual) end.residual += end.residual_stride;
    }
}

static void run(const Linear *linear, Input in, int rows, LinearEnd end, float *y, size_t y_stride, void *scratch) {
    if (linear->ref) {
        run_ref(linear, in, rows, end, y, y_stride);
        return;
    }
    const int chunk = linear_tile_rows(linear->spec.in_c);
    for (int first = 0; first < rows; first += chunk) {
        run_chunk((Chunk){.linear = linear,
                          .in = in,
                          .first = first,
                          .n_rows = smaller(chunk, rows - first),
                          .end = end,
                          .y = y,
                          .y_stride = y_stride,
                          .rows = scratch});
    }
}

void linear_run(const Linear *linear, const float *x, size_t x_stride, int rows, LinearEnd end, float *y,
                size_t y_stride, void *scratch) {
    run(linear, (Input){.x = x, .stride = x_stride}, rows, end, y, y_stride, scratch);
}

void linear_run_windows(const Linear *linear, const Windows *windows, LinearEnd end, float *y, size_t y_stride,
                        void *scratch) {
    run(linear, (Input){.windows = windows}, windows->out_h * windows->out_w, end, y, y_stride, scratch);
}
