// Layer normalisation by its definition.
#include "ops/layer_norm.h"

#include <math.h>

void layer_norm_f32_ref_run(const LayerNorm *norm, const float *x, size_t x_stride, int rows, float *y,
                            size_t y_stride) {
    for (int row = 0; row < rows; row++, x += x_stride, y += y_stride) {
        double mean = 0, variance = 0;
        for (int i = 0; i < norm->c; i++) mean += x[i];
        mean /= norm->c;
        for (int i = 0; i < norm->c; i++) variance += (x[i] - mean) * (x[i] - mean);
        const double factor = 1 / sqrt(variance / norm->c + norm->epsilon);
        for (int i = 0; i < norm->c; i++) y[i] = (float)((x[i] - mean) * factor * norm->gamma[i] + norm->beta[i]);
    }
}
