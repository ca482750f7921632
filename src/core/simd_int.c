// The constants of simd_int.h.
#include "core/simd_int.h"

const int32_t simd_int_half_constants[7] = {
    0x7fff,
    0x8000, // masks of a half's magnitude and sign
    224 << 23,
    (127 - 112) << 23, // adds 224 to the exponent, so that infinity stays infinite; then multiplies by 2^-112
    113 << 23,
    (127 - 14) << 23, // for a subnormal: adds its mantissa to 2^-14, then subtracts 2^-14
    1 << 23,          // smaller magnitudes are subnormal
};

const int32_t simd_int_rebiased_half_constants[2] = {
    (int32_t)0x8fffe000,    // sign, exponent and mantissa
    (127 + 127 - 25) << 23, // 2^102: the exponent field 1 means -24, but -126 in a float
};
