// Functions of four floats that activations and attention need.
#ifndef OPS_MATH_F32_H
#define OPS_MATH_F32_H

#include "core/simd_int.h"

// Read from memory: V8 would build a constant in the code from general registers each time.
extern const float math_f32_exp_constants[12];
extern const float math_f32_tail_constants[10];

// Relative error at most 2e-7 from -87.3 to 88; x is clamped to that range. Cody and Waite's reduction to |r| <=
// ln 2 / 2 and a minimax polynomial of degree 6 (3e-9).
static inline f32x4 math_f32_exp(f32x4 x) {
    const float *const k = math_f32_exp_constants;
    x = f32x4_min(f32x4_max(x, f32x4_load_splat(k)), f32x4_load_splat(k + 1));
    const f32x4 magic = f32x4_load_splat(k + 2);
    const f32x4 shifted = f32x4_madd(x, f32x4_load_splat(k + 3), magic);
    const f32x4 n = f32x4_sub(shifted, magic);
    f32x4 r = f32x4_madd(n, f32x4_load_splat(k + 4), x);
    r = f32x4_madd(n, f32x4_load_splat(k + 5), r);
    f32x4 p = f32x4_load_splat(k + 6);
    for (int i = 7; i <= 10; i++) p = f32x4_madd(p, r, f32x4_load_splat(k + i));
    p = f32x4_madd(p, f32x4_mul(r, r), f32x4_add(r, f32x4_load_splat(k + 11)));
    return f32x4_of_bits(i32x4_add(i32x4_bits(p), i32x4_shift_left(i32x4_bits(shifted), 23)));
}

// The upper tail of the normal distribution, u >= 0: (1 - erf(u / sqrt 2)) / 2 = exp(-u² / 2) * p(1 / (1 + 0.3 u)),
// where p is a minimax polynomial whose error, times that exponential and u, is at most 7e-9.
static inline f32x4 math_f32_tail(f32x4 u) {
    const float *const k = math_f32_tail_constants;
    const f32x4 one = f32x4_load_splat(k);
    const f32x4 t = f32x4_div(one, f32x4_madd(u, f32x4_load_splat(k + 1), one));
    f32x4 p = f32x4_load_splat(k + 3);
    for (int i = 4; i <= 9; i++) p = f32x4_madd(p, t, f32x4_load_splat(k + i));
    return f32x4_mul(p, math_f32_exp(f32x4_mul(f32x4_mul(u, u), f32x4_load_splat(k + 2))));
}

#endif
