// The slow plain twin of layer_norm_run.
#ifndef OPS_LAYER_NORM_F32_REF_H
#define OPS_LAYER_NORM_F32_REF_H

#include "ops/layer_norm.h"

void layer_norm_f32_ref_run(const LayerNorm *norm, const float *x, size_t x_stride, int rows, float *y,
                            size_t y_stride);

#endif
