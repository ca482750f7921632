// Layer normalisation by the kernel of the chosen table.
#include "ops/layer_norm.h"

#include "ops/kernels.h"

void layer_norm_run(const LayerNorm *norm, const float *x, size_t x_stride, int rows, float *y, size_t y_stride) {
    kernels_chosen()->layer_norm(norm, x, x_stride, rows, y, y_stride);
}
