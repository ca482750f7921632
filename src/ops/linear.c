// A linear layer's bias, and its kernel.
#include "ops/linear.h"

#include <stdlib.h>
#include <string.h>

#include "ops/kernels.h"
#include "ops/linear_kernel.h"
#include "ops/linear_tile.h"

Status linear_create_empty(LinearSpec spec, const Kernels *kernels, Linear **out) {
    if (spec.kept > DTYPE_I8) {
        return status_fail(STATUS_UNSUPPORTED, "Expected weights of F32, F16, BF16 or I8 but found %s.",
                           dtype_name(spec.kept));
    }
    Linear *linear = calloc(1, sizeof *linear);
    if (!linear) return status_fail(STATUS_NO_MEMORY, "Not enough memory for a layer.");
    linear->kernel = kernels->linear;
    linear->spec = spec;
    *out = linear;
    return STATUS_OK;
}

static size_t bias_count(const Linear *linear) { return (size_t)round_up(linear->spec.out_c, LINEAR_COLS); }

Status linear_take_bias_memory(Linear *linear) {
    if (!linear->bias) linear->bias = calloc(bias_count(linear), sizeof(float));
    return linear->bias ? STATUS_OK : status_fail(STATUS_NO_MEMORY, "Not enough memory for a layer's bias.");
}

Status linear_take_memory(Linear *linear) {
    const Status status = linear_take_bias_memory(linear);
    return status || linear->weights ? status : linear->kernel->take_memory(linear);
}

Status linear_create(LinearSpec spec, const Kernels *kernels, Linear **out) {
    Linear *linear = NULL;
    Status status = linear_create_empty(spec, kernels, &linear);
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
    if (linear->weights) linear->kernel->free(linear);
    free(linear->bias);
    free(linear);
}

LinearSpec linear_spec(const Linear *linear) { return linear->spec; }

size_t linear_bytes(const Linear *linear) { return bias_count(linear) * sizeof(float) + linear->kernel->bytes(linear); }

bool linear_takes(const Linear *linear, Dtype dtype) {
    const bool converts = linear->spec.kept == DTYPE_F32 || linear->spec.kept == DTYPE_I8;
    return dtype == linear->spec.kept || (converts && dtype < DTYPE_I8);
}

void linear_pack(Linear *linear, int first, int n, const void *weights, Dtype dtype, LinearScales scales) {
    linear->kernel->pack(linear, first, n, weights, dtype, scales);
}

void linear_set_bias(Linear *linear, int first, int n, const float *bias) {
    memcpy(linear->bias + first, bias, (size_t)n * sizeof *bias);
}

Status linear_plan(const Linear *linear, int max_rows, size_t *scratch_bytes) {
    *scratch_bytes = 0;
    return linear->kernel->plan(linear, max_rows, scratch_bytes);
}

void linear_run(const Linear *linear, const float *x, size_t x_stride, int rows, LinearEnd end, float *y,
                size_t y_stride, void *scratch) {
    linear->kernel->run(linear, (LinearInput){.x = x, .stride = x_stride}, rows, end, y, y_stride, scratch);
}

void linear_run_windows(const Linear *linear, const Windows *windows, LinearEnd end, float *y, size_t y_stride,
                        void *scratch) {
    const int rows = windows->out_h * windows->out_w;
    linear->kernel->run(linear, (LinearInput){.windows = windows}, rows, end, y, y_stride, scratch);
}
