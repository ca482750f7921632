// Chooses the kernel of a transposed convolution.
#include "ops/deconv.h"

#include "ops/deconv_kernel.h"
#include "ops/kernels.h"

Status deconv_create(DeconvSpec spec, const Kernels *kernels, const float *weights, const float *bias, Deconv **out) {
    const DeconvKernel *const *kernel = kernels->deconv;
    while ((*kernel)->suits && !(*kernel)->suits(spec)) kernel++;
    return (*kernel)->create(spec, weights, bias, out);
}

void deconv_free(Deconv *deconv) {
    if (deconv) deconv->kernel->free(deconv);
}

DeconvSpec deconv_spec(const Deconv *deconv) { return deconv->spec; }

Status deconv_plan(const Deconv *deconv, int in_h, int in_w) {
    (void)in_h; // no kernel's scratch depends on it
    return deconv->kernel->plan ? deconv->kernel->plan(deconv, in_w) : STATUS_OK;
}

void deconv_run(const Deconv *deconv, Tensor in, Tensor out) { deconv->kernel->run(deconv, in, out); }
