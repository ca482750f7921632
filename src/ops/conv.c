// Chooses the kernel of a convolution, and keeps its bias.
#include "ops/conv.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "ops/gemm_f32_simd.h"
#include "ops/kernels.h"

ConvPadding conv_same_padding(int in_side, int kernel, int stride) {
    const int all = (windows_out_side(in_side, stride) - 1) * stride + kernel - in_side;
    const int before = windows_same_padding(in_side, kernel, stride);
    return (ConvPadding){before, all > 0 ? all - before : 0};
}

static const ConvKernel *kernel_for(ConvSpec spec, const Kernels *kernels) {
    const ConvKernel *const *kernel = kernels->conv;
    while ((*kernel)->suits && !(*kernel)->suits(spec)) kernel++;
    return *kernel;
}

static Status no_memory(void) { return status_fail(STATUS_NO_MEMORY, "Not enough memory for a layer's weights."); }

Status conv_create(ConvSpec spec, const Kernels *kernels, Conv **out) {
    const ConvKernel *kernel = kernel_for(spec, kernels);
    Conv *conv = calloc(1, kernel->layer_bytes);
    if (!conv) return no_memory();
    conv->kernel = kernel;
    conv->spec = spec;
    const Status status = kernel->create ? kernel->create(conv, kernels) : STATUS_OK;
    if (status) {
        conv_free(conv);
        return status;
    }
    *out = conv;
    return STATUS_OK;
}

void conv_free(Conv *conv) {
    if (!conv) return;
    conv->kernel->free(conv);
    free(conv->bias);
    free(conv);
}

ConvSpec conv_spec(const Conv *conv) { return conv->spec; }

size_t conv_bytes(const Conv *conv) { return conv->kernel->bytes(conv); }

static Status take_bias_memory(Conv *conv) {
    if (!conv->bias) conv->bias = calloc((size_t)gemm_f32_simd_padded(conv->spec.out_c), sizeof(float));
    return conv->bias ? STATUS_OK : no_memory();
}

Status conv_pack(Conv *conv, const void *weights, LinearScales scales) {
    const Status status = conv->kernel->set_bias ? STATUS_OK : take_bias_memory(conv);
    return status ? status : conv->kernel->pack(conv, weights, scales);
}

Status conv_set_bias(Conv *conv, const float *bias) {
    if (conv->kernel->set_bias) return conv->kernel->set_bias(conv, bias);
    const Status status = take_bias_memory(conv);
    if (!status) memcpy(conv->bias, bias, (size_t)conv->spec.out_c * sizeof *bias);
    return status;
}

Status conv_plan(const Conv *conv, int in_h, int in_w, size_t *scratch_bytes) {
    *scratch_bytes = 0;
    return conv->kernel->plan ? conv->kernel->plan(conv, in_h, in_w, scratch_bytes) : STATUS_OK;
}

void conv_run(const Conv *conv, Tensor in, ConvEnd end, Tensor out, void *scratch) {
    assert(!end.residual || conv->spec.kernel == 1);
    conv->kernel->run(conv, in, end, out, scratch);
}
