// Layer normalisation (Ba, Kiros and Hinton 2016), each row by itself.
#ifndef OPS_LAYER_NORM_H
#define OPS_LAYER_NORM_H

#include <stddef.h>

typedef struct LayerNorm {
    int c;
    const float *gamma, *beta; // [c]; not owned
    float epsilon;             // added to the variance
} LayerNorm;

// y [rows][c] = (x - mean) / sqrt(variance + epsilon) * gamma + beta; rows are *_stride values apart. y may be x.
void layer_norm_run(const LayerNorm *norm, const float *x, size_t x_stride, int rows, float *y, size_t y_stride);

// The kernels.
void layer_norm_f32_simd_run(const LayerNorm *norm, const float *x, size_t x_stride, int rows, float *y,
                             size_t y_stride);
void layer_norm_f32_ref_run(const LayerNorm *norm, const float *x, size_t x_stride, int rows, float *y,
                            size_t y_stride);

#endif
