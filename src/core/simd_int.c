// The constants of simd_int.h.
#include "core/simd_int.h"

const int32_t simd_int_half_constants[7] = {
    0x7fff,    0x8000,            // magnitude and sign of a half
    224 << 23, (127 - 112) << 23, // exponents moved 224 up, then down by a product with 2^-112
    113 << 23, (127 - 14) << 23,  // a subnormal's digits put behind those of 2^-14, which is then taken away
    1 << 23,                      // magnitudes below are subnormal
};

const int32_t simd_int_rebiased_half_constants[2] = {
    (int32_t)0x8fffe000,
    (127 + 127 - 25) << 23, // an exponent of 1 means -24, to a float -126
};
