// The exponential function of four floats.
#ifndef OPS_EXP_F32_H
#define OPS_EXP_F32_H

#include "core/simd_int.h"

// Relative error at most 2e-7 from -87.3 to 88; what is beyond is taken as those. Cody and Waite's reduction to |r| <=
// ln 2 / 2 and a minimax polynomial of degree 6 (3e-9).
static inline f32x4 exp_f32(f32x4 x) {
    x = f32x4_min(f32x4_max(x, f32x4_splat(-87.3f)), f32x4_splat(88));
    const f32x4 magic = f32x4_splat(simd_round_magic);
    const f32x4 shifted = f32x4_madd(x, f32x4_splat(1.44269504f), magic);
    const f32x4 n = f32x4_sub(shifted, magic);
    f32x4 r = f32x4_madd(n, f32x4_splat(-0.693359375f), x);
    r = f32x4_madd(n, f32x4_splat(2.12194440e-4f), r);
    f32x4 p = f32x4_splat(0.0013814466f);
    p = f32x4_madd(p, r, f32x4_splat(0.0083687808f));
    p = f32x4_madd(p, r, f32x4_splat(0.0416683927f));
    p = f32x4_madd(p, r, f32x4_splat(0.1666651964f));
    p = f32x4_madd(p, r, f32x4_splat(0.4999999404f));
    p = f32x4_madd(p, f32x4_mul(r, r), f32x4_add(r, f32x4_splat(1)));
    return f32x4_of_bits(i32x4_add(i32x4_bits(p), i32x4_shift_left(i32x4_bits(shifted), 23)));
}

#endif
