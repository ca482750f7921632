// Activations four values at a time.
#include "ops/activation.h"

#include <string.h>

#include "ops/exp_f32.h"

static inline f32x4 quick_gelu(f32x4 x) {
    const f32x4 one = f32x4_splat(1);
    return f32x4_div(x, f32x4_add(one, exp_f32(f32x4_mul(x, f32x4_splat(-1.702f)))));
}

// x * Phi(x) = max(x, 0) - |x| * Phi(-|x|), where Phi(-u) = exp(-u² / 2) * p(1 / (1 + 0.3 u)); p is a minimax
// polynomial whose error, times that exponential and u, is at most 7e-9.
static inline f32x4 gelu(f32x4 x) {
    const f32x4 one = f32x4_splat(1), u = f32x4_abs(x);
    const f32x4 t = f32x4_div(one, f32x4_madd(u, f32x4_splat(0.3f), one));
    f32x4 p = f32x4_splat(-0.0482773334f);
    p = f32x4_madd(p, t, f32x4_splat(0.0833634511f));
    p = f32x4_madd(p, t, f32x4_splat(0.2316012979f));
    p = f32x4_madd(p, t, f32x4_splat(-0.0986135975f));
    p = f32x4_madd(p, t, f32x4_splat(0.2443952411f));
    p = f32x4_madd(p, t, f32x4_splat(0.0832859799f));
    p = f32x4_madd(p, t, f32x4_splat(0.0042448197f));
    const f32x4 tail = f32x4_mul(p, exp_f32(f32x4_mul(f32x4_mul(u, u), f32x4_splat(-0.5f))));
    return f32x4_sub(f32x4_max(x, f32x4_splat(0)), f32x4_mul(u, tail));
}

// 1 - 2 / (exp(2 x) + 1)
static inline f32x4 tanh_of(f32x4 x) {
    const f32x4 one = f32x4_splat(1), two = f32x4_splat(2);
    return f32x4_sub(one, f32x4_div(two, f32x4_add(exp_f32(f32x4_mul(x, two)), one)));
}

static inline f32x4 apply(Activation activation, f32x4 x) {
    switch (activation) {
        case ACTIVATION_RELU: return f32x4_max(x, f32x4_splat(0));
        case ACTIVATION_QUICK_GELU: return quick_gelu(x);
        case ACTIVATION_GELU: return gelu(x);
        case ACTIVATION_TANH: return tanh_of(x);
        default: return x;
    }
}

void activation_run(Activation activation, float *x, size_t n) {
    if (activation == ACTIVATION_NONE) return;
    size_t i = 0;
    for (; i + SIMD_LANES <= n; i += SIMD_LANES) f32x4_store(x + i, apply(activation, f32x4_load(x + i)));
    if (i == n) return;
    float rest[SIMD_LANES] = {0};
    memcpy(rest, x + i, (n - i) * sizeof *x);
    f32x4_store_part(x + i, apply(activation, f32x4_load(rest)), (int)(n - i));
}
