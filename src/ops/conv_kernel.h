// The interface of a kernel for convolutions. Its layers are structs that begin with `Conv`.
#ifndef OPS_CONV_KERNEL_H
#define OPS_CONV_KERNEL_H

#include "ops/conv.h"

// The functions do the same as those of the same name in conv.h.
typedef struct ConvKernel {
    bool (*suits)(ConvSpec spec); // whether it can run such layers and is faster than the kernels after it; NULL: all
    size_t layer_bytes;           // of its struct, which conv.c allocates zeroed
    Status (*create)(Conv *conv, const Kernels *kernels); // NULL: nothing to do
    void (*free)(Conv *conv);                             // all but the struct and `bias`; accepts a half-built layer
    size_t (*bytes)(const Conv *conv);
    Status (*pack)(Conv *conv, const void *weights, LinearScales scales);
    Status (*set_bias)(Conv *conv, const float *bias);                           // NULL: it reads conv->bias
    Status (*plan)(const Conv *conv, int in_h, int in_w, size_t *scratch_bytes); // NULL: nothing to do
    void (*run)(const Conv *conv, Tensor in, ConvEnd end, Tensor out, void *scratch);
} ConvKernel;

struct Conv {
    const ConvKernel *kernel;
    ConvSpec spec;
    float *bias; // [out_c, up to whole columns of a product], zero until it is set; NULL: no weights and no bias yet
};

extern const ConvKernel conv_rgb_kernel;      // float32, to three channels, no padding
extern const ConvKernel conv_winograd_kernel; // 3x3, stride 1: Winograd
extern const ConvKernel conv_direct_kernel;   // float32, no padding: directly from the map's rows
extern const ConvKernel conv_windows_kernel;  // all: a linear layer over windows

#endif
