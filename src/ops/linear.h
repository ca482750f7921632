// Fully connected layers, and convolutions that are computed in the same way: rows of values times packed weights, with
// bias, activation and residual. The table of kernels has the implementation.
#ifndef OPS_LINEAR_H
#define OPS_LINEAR_H

#include <stdbool.h>
#include <stddef.h>

#include "core/dtype.h"
#include "core/status.h"
#include "ops/activation.h"
#include "ops/windows.h"

typedef struct LinearSpec {
    int in_c, out_c; // at least 1
    Dtype kept; // how weights are kept in memory: F32, F16 or BF16; I8 multiplies in integers (linear_i8.h says how)
    bool is_15_bit;  // of I8: inputs are quantised to 15 bits, not to 8; never faster, and up to three times
                     // slower
    bool is_rotated; // of I8: the weights belong to rotated inputs (linear_i8.h)
} LinearSpec;

typedef struct Linear Linear;
typedef struct Kernels Kernels; // ops/kernels.h

// Memory for the weights, all zero, and for the bias, zero as well. STATUS_UNSUPPORTED for other kinds of `kept`.
MUST_CHECK Status linear_create(LinearSpec spec, const Kernels *kernels, Linear **out);
// The same without memory, for layers whose weights may never be needed. The two functions below allocate it, before
// weights or a bias are set; they do nothing if it is there already.
MUST_CHECK Status linear_create_empty(LinearSpec spec, const Kernels *kernels, Linear **out);
MUST_CHECK Status linear_take_memory(Linear *linear);
MUST_CHECK Status linear_take_bias_memory(Linear *linear); // for the bias alone
void linear_free(Linear *linear);
LinearSpec linear_spec(const Linear *linear);
// Memory that the packed weights and the bias take.
size_t linear_bytes(const Linear *linear);

// Scales of I8 weights: values [n][per_channel], one for all of a channel's weights, or one for each of its K-blocks
// (LINEAR_I8_BLOCK of linear_i8.h).
typedef struct LinearScales {
    const float *values; // NULL: none
    int per_channel;
} LinearScales;

// Whether weights of `dtype` can be packed: the dtype `kept` itself, or any of F32, F16, BF16 into F32 or I8.
bool linear_takes(const Linear *linear, Dtype dtype);
// Packs weights [n][in_c] of output channels [first, first + n); the caller may free them afterwards. Those of one
// layer may come from several tensors and in several parts. A weight of I8 is scale * int8; no scales for the other
// dtypes.
void linear_pack(Linear *linear, int first, int n, const void *weights, Dtype dtype, LinearScales scales);
// bias [n], of output channels [first, first + n).
void linear_set_bias(Linear *linear, int first, int n, const float *bias);

// Prepares for inputs of up to max_rows rows; to be called for each layer. *scratch_bytes is what linear_run then
// needs, aligned to 64 bytes; all layers may share one.
MUST_CHECK Status linear_plan(const Linear *linear, int max_rows, size_t *scratch_bytes);

typedef struct LinearEnd {
    Activation activation;
    const float *residual; // NULL, or what is added; may be y itself
    size_t residual_stride;
    bool residual_first; // it is added before the activation, not after
} LinearEnd;

// y [rows][out_c] = activation(x [rows][in_c] · weightsᵀ + bias) + residual, or activation(… + residual); rows are
// *_stride values apart. y may overlap neither x nor scratch. Reads and writes only these. The result does not
// depend on the number of threads, nor on the other rows.
void linear_run(const Linear *linear, const float *x, size_t x_stride, int rows, LinearEnd end, float *y,
                size_t y_stride, void *scratch);
// The same for rows that are windows of a map: a convolution. in_c = kernel * kernel * c, in the order ky, kx, channel;
// y [out_h * out_w][out_c].
void linear_run_windows(const Linear *linear, const Windows *windows, LinearEnd end, float *y, size_t y_stride,
                        void *scratch);

#endif
