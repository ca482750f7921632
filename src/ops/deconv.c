// Chooses the kernel of a transposed convolution.
#include "ops/deconv.h"

#include <stdlib.h>

#include "ops/deconv_kernel.h"
#include "ops/kernels.h"

static Status no_memory(void) { return status_fail(STATUS_NO_MEMORY, "Not enough memory for a layer's weights."); }

Status deconv_create(DeconvSpec spec, const Kernels *kernels, Deconv **out) {
    const DeconvKernel *const *kernel = kernels->deconv;
    while ((*kernel)->suits && !(*kernel)->suits(spec)) kernel++;
    Deconv *deconv = calloc(1, (*kernel)->layer_bytes);
    if (!deconv) return no_memory();
    *deconv = (Deconv){*kernel, spec};
    *out = deconv;
    return STATUS_OK;
}

void deconv_free(Deconv *deconv) {
    if (!deconv) return;
    deconv->kernel->free(deconv);
    free(deconv);
}

Status deconv_pack(Deconv *deconv, const float *weights) {
    return deconv->kernel->pack(deconv, weights) ? no_memory() : STATUS_OK;
}

Status deconv_set_bias(Deconv *deconv, const float *bias) {
    return deconv->kernel->set_bias(deconv, bias) ? no_memory() : STATUS_OK;
}

DeconvSpec deconv_spec(const Deconv *deconv) { return deconv->spec; }

Status deconv_plan(const Deconv *deconv, int in_h, int in_w) {
    (void)in_h; // no kernel's scratch depends on it
    return deconv->kernel->plan ? deconv->kernel->plan(deconv, in_w) : STATUS_OK;
}

void deconv_run(const Deconv *deconv, Tensor in, DeconvEnd end, Tensor out) {
    deconv->kernel->run(deconv, in, end, out);
}
