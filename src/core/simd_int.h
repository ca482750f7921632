// Four integers at a time, as core/simd.h has floats: the bits of floats, and half precision. Products of bytes are in
// core/simd_dot.h.
#ifndef CORE_SIMD_INT_H
#define CORE_SIMD_INT_H

#include <stdint.h>

#include "core/simd.h"

#if defined(__wasm_simd128__)

typedef v128_t i32x4;

static inline i32x4 i32x4_splat(int32_t a) { return wasm_i32x4_splat(a); }
static inline i32x4 i32x4_load(const int32_t *p) { return wasm_v128_load(p); }
static inline i32x4 i32x4_load_splat(const int32_t *p) { return wasm_v128_load32_splat(simd_splat_address(p)); }
static inline i32x4 i32x4_add(i32x4 a, i32x4 b) { return wasm_i32x4_add(a, b); }
static inline i32x4 i32x4_sub(i32x4 a, i32x4 b) { return wasm_i32x4_sub(a, b); }
static inline i32x4 i32x4_mul(i32x4 a, i32x4 b) { return wasm_i32x4_mul(a, b); }
static inline i32x4 i32x4_and(i32x4 a, i32x4 b) { return wasm_v128_and(a, b); }
static inline i32x4 i32x4_or(i32x4 a, i32x4 b) { return wasm_v128_or(a, b); }
static inline i32x4 i32x4_shift_left(i32x4 a, int n) { return wasm_i32x4_shl(a, n); }
// a < b ? yes : no, lane by lane.
static inline i32x4 i32x4_select_less(i32x4 a, i32x4 b, i32x4 yes, i32x4 no) {
    return wasm_v128_bitselect(yes, no, wasm_i32x4_lt(a, b));
}
static inline f32x4 f32x4_of_i32x4(i32x4 a) { return wasm_f32x4_convert_i32x4(a); }
static inline i32x4 i32x4_bits(f32x4 a) { return a; }
static inline f32x4 f32x4_of_bits(i32x4 a) { return a; }
static inline i32x4 i32x4_load_u16(const uint16_t *p) { return wasm_u32x4_load16x4(p); }
static inline i32x4 i32x4_load_i16(const uint16_t *p) { return wasm_i32x4_load16x4(p); }
static inline void i32x4_store(int32_t *p, i32x4 a) { wasm_v128_store(p, a); }

#else

typedef int32_t i32x4 __attribute__((vector_size(16)));
typedef uint32_t u32x4 __attribute__((vector_size(16))); // for sums that wrap around, as WebAssembly's do

static inline i32x4 i32x4_splat(int32_t a) { return (i32x4){a, a, a, a}; }
static inline i32x4 i32x4_load(const int32_t *p) { return (i32x4){p[0], p[1], p[2], p[3]}; }
static inline i32x4 i32x4_load_splat(const int32_t *p) { return i32x4_splat(*p); }
static inline i32x4 i32x4_add(i32x4 a, i32x4 b) { return (i32x4)((u32x4)a + (u32x4)b); }
static inline i32x4 i32x4_sub(i32x4 a, i32x4 b) { return (i32x4)((u32x4)a - (u32x4)b); }
static inline i32x4 i32x4_mul(i32x4 a, i32x4 b) { return (i32x4)((u32x4)a * (u32x4)b); }
static inline i32x4 i32x4_and(i32x4 a, i32x4 b) { return a & b; }
static inline i32x4 i32x4_or(i32x4 a, i32x4 b) { return a | b; }
static inline i32x4 i32x4_shift_left(i32x4 a, int n) {
    for (int i = 0; i < SIMD_LANES; i++) a[i] = (int32_t)((uint32_t)a[i] << n);
    return a;
}
static inline i32x4 i32x4_select_less(i32x4 a, i32x4 b, i32x4 yes, i32x4 no) {
    const i32x4 mask = a < b;
    return (yes & mask) | (no & ~mask);
}
static inline f32x4 f32x4_of_i32x4(i32x4 a) { return __builtin_convertvector(a, f32x4); }
static inline i32x4 i32x4_bits(f32x4 a) { return (i32x4)a; }
static inline f32x4 f32x4_of_bits(i32x4 a) { return (f32x4)a; }
static inline i32x4 i32x4_load_u16(const uint16_t *p) { return (i32x4){p[0], p[1], p[2], p[3]}; }
static inline i32x4 i32x4_load_i16(const uint16_t *p) {
    return (i32x4){(int16_t)p[0], (int16_t)p[1], (int16_t)p[2], (int16_t)p[3]};
}
static inline void i32x4_store(int32_t *p, i32x4 a) { memcpy(p, &a, sizeof a); }

#endif

// Adding this leaves a float's nearest integer (ties to even) in its low bits: exact for magnitudes up to 2^22.
static const float simd_round_magic = 12582912; // 1.5 * 2^23

static inline i32x4 i32x4_round(f32x4 a) {
    const f32x4 magic = f32x4_splat(simd_round_magic);
    return i32x4_sub(i32x4_bits(f32x4_add(a, magic)), i32x4_bits(magic));
}

// The constants of f32x4_load_half. They are read from memory: V8 would build constants that stand in the code from
// general registers each time.
extern const int32_t simd_int_half_constants[7];

// Converts four halves exactly, also subnormal ones and infinities, without computing with a subnormal float.
static inline f32x4 f32x4_load_half(const uint16_t *p) {
    const int32_t *const k = simd_int_half_constants;
    const i32x4 half = i32x4_load_u16(p);
    const i32x4 magnitude = i32x4_shift_left(i32x4_and(half, i32x4_load_splat(k)), 13);
    const i32x4 sign = i32x4_shift_left(i32x4_and(half, i32x4_load_splat(k + 1)), 16);
    const f32x4 scale = f32x4_of_bits(i32x4_load_splat(k + 3)), smallest = f32x4_of_bits(i32x4_load_splat(k + 5));
    const f32x4 normal = f32x4_mul(f32x4_of_bits(i32x4_add(magnitude, i32x4_load_splat(k + 2))), scale);
    const f32x4 subnormal = f32x4_sub(f32x4_of_bits(i32x4_add(magnitude, i32x4_load_splat(k + 4))), smallest);
    const i32x4 bits = i32x4_select_less(magnitude, i32x4_load_splat(k + 6), i32x4_bits(subnormal), i32x4_bits(normal));
    return f32x4_of_bits(i32x4_or(bits, sign));
}

// Constants for converting rebiased fp16 (core/half.h) to float32; load them before a loop.
typedef struct RebiasedHalf {
    i32x4 mask;
    f32x4 scale;
} RebiasedHalf;

extern const int32_t simd_int_rebiased_half_constants[2];

static inline RebiasedHalf rebiased_half(void) {
    const int32_t *const k = simd_int_rebiased_half_constants;
    return (RebiasedHalf){i32x4_load_splat(k), f32x4_of_bits(i32x4_load_splat(k + 1))};
}

// Converts four rebiased fp16 values exactly, without subnormal floats. Loading copies the sign into the bits above it;
// the mask keeps only the highest of them.
static inline f32x4 f32x4_load_rebiased_half(const uint16_t *p, RebiasedHalf by) {
    return f32x4_mul(f32x4_of_bits(i32x4_and(i32x4_shift_left(i32x4_load_i16(p), 13), by.mask)), by.scale);
}

static inline f32x4 f32x4_load_bfloat(const uint16_t *p) {
    return f32x4_of_bits(i32x4_shift_left(i32x4_load_u16(p), 16));
}

#endif
