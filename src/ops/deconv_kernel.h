// The interface of a kernel for transposed convolutions. Its layers are structs that begin with `Deconv`.
#ifndef OPS_DECONV_KERNEL_H
#define OPS_DECONV_KERNEL_H

#include <stdbool.h>

#include "ops/deconv.h"

// The functions do the same as those of the same name in deconv.h.
typedef struct DeconvKernel {
    bool (*suits)(DeconvSpec spec); // whether it can run such layers and is faster than the kernels after it; NULL: all
    size_t layer_bytes;             // of its struct, which deconv.c allocates zeroed
    void (*free)(Deconv *deconv);   // all but the struct; accepts a half-built layer
    Status (*pack)(Deconv *deconv, const float *weights);
    Status (*set_bias)(Deconv *deconv, const float *bias);
    Status (*plan)(const Deconv *deconv, int in_w); // of a map of so many columns; NULL: nothing to do
    void (*run)(const Deconv *deconv, Tensor in, DeconvEnd end, Tensor out);
} DeconvKernel;

struct Deconv {
    const DeconvKernel *kernel;
    DeconvSpec spec;
};

// For few output channels: what each input pixel adds to an output row is one row of a product, and these rows overlap.
extern const DeconvKernel deconv_f32_overlap_kernel;
extern const DeconvKernel deconv_f32_simd_kernel; // all: products that write whole output pixels, each once
extern const DeconvKernel deconv_f32_ref_kernel;  // all: sums in double precision

#endif
