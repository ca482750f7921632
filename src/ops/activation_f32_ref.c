// Activations by their definitions, in double precision.
#include "ops/activation.h"

#include <math.h>

double activation_f32_ref_of(Activation activation, double x) {
    switch (activation) {
        case ACTIVATION_RELU: return x > 0 ? x : 0;
        case ACTIVATION_QUICK_GELU: return x / (1 + exp(-1.702 * x));
        case ACTIVATION_GELU: return 0.5 * x * erfc(-x / sqrt(2));
        case ACTIVATION_GELU_TANH: return 0.5 * x * (1 + tanh(0.7978845608028654 * (x + 0.044715 * x * x * x)));
        case ACTIVATION_TANH: return tanh(x);
        case ACTIVATION_SIGMOID: return 1 / (1 + exp(-x));
        default: return x;
    }
}

void activation_f32_ref_run(Activation activation, float *x, size_t n) {
    for (size_t i = 0; i < n; i++) x[i] = (float)activation_f32_ref_of(activation, x[i]);
}
