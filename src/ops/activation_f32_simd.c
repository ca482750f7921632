// Activations four values at a time.
#include "ops/activation.h"

#include <string.h>

#include "ops/math_f32.h"

static inline f32x4 quick_gelu(f32x4 x) {
    const f32x4 one = f32x4_splat(1);
    return f32x4_div(x, f32x4_add(one, math_f32_exp(f32x4_mul(x, f32x4_splat(-1.702f)))));
}

// x * Phi(x) = max(x, 0) - |x| * Phi(-|x|)
static inline f32x4 gelu(f32x4 x) {
    const f32x4 u = f32x4_abs(x);
    return f32x4_sub(f32x4_max(x, f32x4_splat(0)), f32x4_mul(u, math_f32_tail(u)));
}

// x / (1 + exp(-2 sqrt(2 / pi) * (x + 0.044715 x^3))), since (1 + tanh u) / 2 = 1 / (1 + exp(-2 u))
static inline f32x4 gelu_tanh(f32x4 x) {
    const f32x4 one = f32x4_splat(1), linear = f32x4_splat(-1.5957691216057308f),
                cubic = f32x4_splat(-0.0713548162726f);
    const f32x4 u = f32x4_mul(x, f32x4_madd(f32x4_mul(x, x), cubic, linear));
    return f32x4_div(x, f32x4_add(one, math_f32_exp(u)));
}

// 1 - 2 / (exp(2 x) + 1)
static inline f32x4 tanh_of(f32x4 x) {
    const f32x4 one = f32x4_splat(1), two = f32x4_splat(2);
    return f32x4_sub(one, f32x4_div(two, f32x4_add(math_f32_exp(f32x4_mul(x, two)), one)));
}

static inline f32x4 sigmoid(f32x4 x) {
    const f32x4 one = f32x4_splat(1);
    return f32x4_div(one, f32x4_add(one, math_f32_exp(f32x4_sub(f32x4_splat(0), x))));
}

static inline f32x4 relu(f32x4 x) { return f32x4_max(x, f32x4_splat(0)); }

static inline __attribute__((always_inline)) void apply(f32x4 (*function)(f32x4), float *x, size_t n) {
    size_t i = 0;
    for (; i + SIMD_LANES <= n; i += SIMD_LANES) f32x4_store(x + i, function(f32x4_load(x + i)));
    if (i == n) return;
    float rest[SIMD_LANES] = {0};
    memcpy(rest, x + i, (n - i) * sizeof *x);
    f32x4_store_part(x + i, function(f32x4_load(rest)), (int)(n - i));
}

void activation_f32_simd_run(Activation activation, float *x, size_t n) {
    switch (activation) {
        case ACTIVATION_RELU: apply(relu, x, n); break;
        case ACTIVATION_QUICK_GELU: apply(quick_gelu, x, n); break;
        case ACTIVATION_GELU: apply(gelu, x, n); break;
        case ACTIVATION_GELU_TANH: apply(gelu_tanh, x, n); break;
        case ACTIVATION_TANH: apply(tanh_of, x, n); break;
        case ACTIVATION_SIGMOID: apply(sigmoid, x, n); break;
        default: break;
    }
}
