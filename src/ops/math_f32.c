// The constants of math_f32.h.
#include "ops/math_f32.h"

const float math_f32_exp_constants[12] = {
    -87.3f,
    88, // the range
    12582912,
    1.44269504f, // simd_round_magic, 1 / ln 2
    -0.693359375f,
    2.12194440e-4f, // -ln 2 in two parts
    0.0013814466f,
    0.0083687808f,
    0.0416683927f, // the polynomial, from the highest power
    0.1666651964f,
    0.4999999404f,
    1,
};

const float math_f32_tail_constants[10] = {
    1,
    0.3f,
    -0.5f,
    -0.0482773334f,
    0.0833634511f,
    0.2316012979f, // the polynomial, from the highest power
    -0.0986135975f,
    0.2443952411f,
    0.0832859799f,
    0.0042448197f,
};
