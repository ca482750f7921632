// Half precision (IEEE 754 binary16) and bfloat16.
#ifndef CORE_HALF_H
#define CORE_HALF_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

// Exact.
static inline float half_to_float(uint16_t half) {
    const uint32_t sign = (uint32_t)(half & 0x8000u) << 16, exponent = half >> 10 & 31, mantissa = half & 0x3ffu;
    uint32_t bits;
    float value;
    if (exponent == 0) { // zero and subnormal: mantissa * 2^-24
        value = (float)mantissa * 0x1p-24f;
        return sign ? -value : value;
    }
    bits = sign | (exponent == 31 ? 0x7f800000u : (exponent + 112) << 23) | mantissa << 13;
    memcpy(&value, &bits, sizeof value);
    return value;
}

// The nearest half, ties to even. Magnitudes from 65520 on become infinite; NaN stays NaN.
static inline uint16_t half_from_float(float value) {
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    const uint16_t sign = (uint16_t)(bits >> 16 & 0x8000u);
    uint32_t magnitude = bits & 0x7fffffffu;
    if (magnitude > 0x7f800000u) return sign | 0x7e00u;
    if (magnitude >= 0x477ff000u) return sign | 0x7c00u;
    if (magnitude < 0x38800000u) { // subnormal: the last bit of 0.5 is 2^-24, so a sum with 0.5 is rounded to that
        float sum;
        memcpy(&sum, &magnitude, sizeof sum);
        sum += 0.5f;
        memcpy(&bits, &sum, sizeof bits);
        return (uint16_t)(sign | (bits - 0x3f000000u));
    }
    magnitude += 0xfffu + (magnitude >> 13 & 1);
    return (uint16_t)(sign | (magnitude - 0x38000000u) >> 13);
}

// Rebiased fp16: 16 bits like a half, but the exponents range from -24 to 6 instead of -14 to 15.
// No value is subnormal, so core/simd_int.h converts it to float32 in four operations. Every half with a magnitude
// below 128 can be rebiased exactly; zero stays zero.
enum { HALF_REBIASED_END = 0x5800, HALF_REBIAS = 10 << 10 };

static inline bool half_can_be_rebiased(uint16_t half) { return (half & 0x7fffu) < HALF_REBIASED_END; }

// For halves that can be rebiased. half_from_rebiased restores the half exactly.
static inline uint16_t half_rebias(uint16_t half) {
    const unsigned magnitude = half & 0x7fffu;
    if (magnitude >= 0x400) return (uint16_t)(half + HALF_REBIAS);
    if (magnitude == 0) return half;
    const unsigned shift = (unsigned)__builtin_clz(magnitude) - 21; // moves the highest bit to the implicit bit's place
    return (uint16_t)((half & 0x8000u) | (11 - shift) << 10 | (magnitude << shift & 0x3ffu));
}

static inline uint16_t half_from_rebiased(uint16_t rebiased) {
    const unsigned sign = rebiased & 0x8000u, exponent = rebiased >> 10 & 31, mantissa = rebiased & 0x3ffu;
    if (exponent > 10) return (uint16_t)(rebiased - HALF_REBIAS);
    return (uint16_t)(sign | (exponent ? (mantissa | 0x400u) >> (11 - exponent) : 0));
}

// Exact: a bfloat16 is the upper 16 bits of a float.
static inline float bfloat_to_float(uint16_t bfloat) {
    const uint32_t bits = (uint32_t)bfloat << 16;
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

#endif
