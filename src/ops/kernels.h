// The implementations of all operators that have more than one, as tables of functions. Layers that pack weights are
// created with a table and keep its kernel. All other operators use the table that was chosen for the engine. A new
// implementation is a new table.
#ifndef OPS_KERNELS_H
#define OPS_KERNELS_H

#include "ops/attention.h"
#include "ops/conv_kernel.h"
#include "ops/deconv_kernel.h"
#include "ops/layer_norm.h"
#include "ops/linear_kernel.h"
#include "ops/pool.h"

struct Kernels {
    const char *name;
    const ConvKernel *const *conv; // in this order: a layer takes the first that suits
    const DeconvKernel *const *deconv;
    const LinearKernel *linear;
    // Their contracts stand in the operators' headers.
    Status (*attention_plan)(int n_keys, int head_dim);
    void (*attention)(const Attention *attention);
    void (*layer_norm)(const LayerNorm *norm, const float *x, size_t x_stride, int rows, float *y, size_t y_stride);
    void (*pool_max)(const Windows *windows, float outside, float *out);
    void (*activation)(Activation activation, float *x, size_t n);
};

extern const Kernels kernels_simd;      // over core/simd.h
extern const Kernels kernels_reference; // by the definitions, in double precision: slow

// Sets the table of the engine: once, before anything runs. The default is kernels_simd.
void kernels_choose(const Kernels *kernels);
const Kernels *kernels_chosen(void);

#endif
