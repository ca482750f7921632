// The activation functions at the end of a layer.
#ifndef OPS_ACTIVATION_H
#define OPS_ACTIVATION_H

#include <stddef.h>

typedef enum Activation {
    ACTIVATION_NONE,
    ACTIVATION_RELU,       // max(x, 0)
    ACTIVATION_QUICK_GELU, // x / (1 + exp(-1.702 x)): OpenAI's CLIP
    ACTIVATION_GELU,       // x * (1 + erf(x / sqrt 2)) / 2 (Hendrycks and Gimpel 2016, PyTorch's "none")
    ACTIVATION_GELU_TANH,  // its approximation x * (1 + tanh(sqrt(2 / pi) * (x + 0.044715 x^3))) / 2 (PyTorch's "tanh")
    ACTIVATION_TANH,
    ACTIVATION_SIGMOID, // 1 / (1 + exp(-x))
} Activation;

// In place, n values. Absolute error at most 2e-7 of max(1, |x|).
void activation_run(Activation activation, float *x, size_t n);

// In place: exp(x) divided by the sum of all n exp(x), in double precision.
void activation_softmax(float *x, size_t n);

// The kernels, and the reference of one value.
void activation_f32_simd_run(Activation activation, float *x, size_t n);
void activation_f32_ref_run(Activation activation, float *x, size_t n);
double activation_f32_ref_of(Activation activation, double x);

#endif
