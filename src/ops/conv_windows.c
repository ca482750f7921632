// Convolution as a linear layer over windows, for all layers that the other kernels cannot run. With the reference of
// linear layers it is the reference of convolutions.
#include <stdlib.h>
#include <string.h>

#include "ops/conv_kernel.h"
#include "ops/elementwise.h"
#include "ops/linear_kernel.h"

typedef struct OverWindows {
    Conv conv;
    Linear *linear;
} OverWindows;

static size_t n_taps(ConvSpec spec) { return (size_t)spec.kernel * (size_t)spec.kernel; }

static Linear *linear_of(const Conv *conv) { return ((const OverWindows *)conv)->linear; }

static Status create(Conv *conv, const Kernels *kernels) {
    const ConvSpec spec = conv->spec;
    const LinearSpec linear = {.in_c = spec.in_c * (int)n_taps(spec),
                               .out_c = spec.out_c,
                               .kept = spec.kept,
                               .is_15_bit = spec.is_15_bit,
                               .is_rotated = spec.is_rotated};
    return linear_create_empty(linear, kernels, &((OverWindows *)conv)->linear);
}

static void free_linear(Conv *conv) { linear_free(linear_of(conv)); }

static size_t bytes(const Conv *conv) { return linear_bytes(linear_of(conv)); }

// [in_c][taps] to [taps][in_c].
static void transpose(const char *from, size_t in_c, size_t taps, size_t bytes, char *to) {
    for (size_t c = 0; c < in_c; c++) {
        for (size_t tap = 0; tap < taps; tap++, from += bytes) memcpy(to + (tap * in_c + c) * bytes, from, bytes);
    }
}

static Status pack(Conv *conv, const void *weights, LinearScales scales) {
    const ConvSpec spec = conv->spec;
    const size_t in_c = (size_t)spec.in_c, taps = n_taps(spec), value_bytes = dtype_bytes(spec.kept);
    const Status status = linear_take_memory(linear_of(conv));
    if (status) return status;
    char *row = malloc(in_c * taps * value_bytes);
    if (!row) return status_fail(STATUS_NO_MEMORY, "Not enough memory for a layer's weights.");
    for (int i = 0; i < spec.out_c; i++) {
        transpose((const char *)weights + (size_t)i * in_c * taps * value_bytes, in_c, taps, value_bytes, row);
        linear_pack(linear_of(conv), i, 1, row, spec.kept, linear_scales_of(scales, i));
    }
    free(row);
    return STATUS_OK;
}

static Status set_bias(Conv *conv, const float *bias) {
    const Status status = linear_take_bias_memory(linear_of(conv));
    if (!status) linear_set_bias(linear_of(conv), 0, conv->spec.out_c, bias);
    return status;
}

static Status plan(const Conv *conv, int in_h, int in_w, size_t *scratch_bytes) {
    const int rows = conv_out_side(conv->spec, in_h) * conv_out_side(conv->spec, in_w);
    return linear_plan(linear_of(conv), rows, scratch_bytes);
}

static void run(const Conv *conv, Tensor in, ConvEnd end, Tensor out, void *scratch) {
    const ConvSpec spec = conv->spec;
    const LinearEnd linear_end = {.activation = end.slope == 0 ? ACTIVATION_RELU : ACTIVATION_NONE,
                                  .residual = end.residual,
                                  .residual_stride = (size_t)out.c,
                                  .residual_first = true};
    if (spec.kernel == 1 && spec.stride == 1 && !spec.padding.before && !spec.padding.after) {
        linear_run(linear_of(conv), in.data, (size_t)in.c, in.h * in.w, linear_end, out.data, (size_t)out.c, scratch);
    } else {
        const Windows windows = {in, spec.kernel, spec.stride, spec.padding.before, out.h, out.w};
        linear_run_windows(linear_of(conv), &windows, linear_end, out.data, (size_t)out.c, scratch);
    }
    if (end.slope > 0) elementwise_leaky_relu(out, end.slope);
}

const ConvKernel conv_windows_kernel = {
    .layer_bytes = sizeof(OverWindows),
    .create = create,
    .free = free_linear,
    .bytes = bytes,
    .pack = pack,
    .set_bias = set_bias,
    .plan = plan,
    .run = run,
};
