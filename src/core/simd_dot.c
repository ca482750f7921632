// The constant of simd_dot.h.
#include "core/simd_dot.h"

const uint16_t simd_dot_low_bytes[8] = {255, 255, 255, 255, 255, 255, 255, 255};
