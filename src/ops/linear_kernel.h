// The interface of a kernel for linear layers.
#ifndef OPS_LINEAR_KERNEL_H
#define OPS_LINEAR_KERNEL_H

#include "ops/linear.h"

// Where the rows of an input come from.
typedef struct LinearInput {
    const float *x; // rows, or
    size_t stride;
    const Windows *windows;
} LinearInput;

// window: in_c floats for one that must be gathered.
static inline const float *linear_kernel_row(const LinearInput *in, int row, float *window) {
    if (!in->windows) return in->x + (size_t)row * in->stride;
    windows_gather(in->windows, row, window);
    return window;
}

static inline LinearScales linear_scales_of(LinearScales scales, int channel) {
    if (scales.values) scales.values += (size_t)channel * (size_t)scales.per_channel;
    return scales;
}

static inline float linear_scale(LinearScales channel, int k_block) {
    return channel.values ? channel.values[channel.per_channel > 1 ? k_block : 0] : 1;
}

// The functions do the same as those of the same name in linear.h. All but the first need weights.
typedef struct LinearKernel {
    Status (*take_memory)(Linear *linear); // for linear->weights
    void (*free)(Linear *linear);          // of linear->weights
    size_t (*bytes)(const Linear *linear); // of linear->weights
    void (*pack)(Linear *linear, int first, int n, const void *weights, Dtype dtype, LinearScales scales);
    Status (*plan)(const Linear *linear, int max_rows, size_t *scratch_bytes);
    void (*run)(const Linear *linear, LinearInput in, int rows, LinearEnd end, float *y, size_t y_stride,
                void *scratch);
} LinearKernel;

struct Linear {
    const LinearKernel *kernel;
    LinearSpec spec;
    float *bias;   // [out_c], padded to whole blocks of linear_tile.h; NULL: no memory yet
    void *weights; // the kernel's own; NULL: no memory yet
};

extern const LinearKernel linear_simd_kernel;
extern const LinearKernel linear_ref_kernel; // in double precision

#endif
