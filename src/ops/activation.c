// Activations by the kernel of the chosen table, and softmax.
#include "ops/activation.h"

#include <math.h>

#include "ops/kernels.h"

void activation_run(Activation activation, float *x, size_t n) { kernels_chosen()->activation(activation, x, n); }

void activation_softmax(float *x, size_t n) {
    double sum = 0;
    float max = -INFINITY;
    for (size_t i = 0; i < n; i++) max = fmaxf(max, x[i]);
    for (size_t i = 0; i < n; i++) sum += exp((double)x[i] - max);
    for (size_t i = 0; i < n; i++) x[i] = (float)(exp((double)x[i] - max) / sum);
}
