// Integer dot products: each of four sums gets SIMD_DOT products of inputs (the same for all four) and 8-bit weights.
// On bytes this is one instruction, but its result for weights of more than 7 bits depends on the machine, so the
// engine tests it before it uses it. On 16-bit words the result is exact everywhere.
#ifndef CORE_SIMD_DOT_H
#define CORE_SIMD_DOT_H

#include "core/simd_int.h"

enum { SIMD_DOT = 4 };

// Whether this build has simd_dot.
#if defined(__wasm_simd128__) && !defined(__wasm_relaxed_simd__)
#define SIMD_HAS_DOT 0
#else
#define SIMD_HAS_DOT 1
#endif

// 0x00ff, eight times; in memory for the reason in simd_int.h.
extern const uint16_t simd_dot_low_bytes[8];

#if defined(__wasm_simd128__)

typedef v128_t SimdBytes; // 16 bytes, four for each sum
typedef v128_t SimdWords; // 8 words, two for each sum

static inline SimdBytes simd_bytes_load(const uint8_t *p) { return wasm_v128_load(p); }
static inline SimdBytes simd_bytes_load_splat(const int8_t *p) { return wasm_v128_load32_splat(simd_splat_address(p)); }
// 0 … 255 to -128 … 127.
static inline SimdBytes simd_bytes_sub_128(SimdBytes a) { return wasm_v128_xor(a, wasm_i8x16_const_splat(-128)); }
// Of each four bytes 0 … 255 the first and the third, or the second and the fourth, as words.
static inline SimdWords simd_words_even(SimdBytes a) { return wasm_v128_and(a, wasm_v128_load(simd_dot_low_bytes)); }
static inline SimdWords simd_words_odd(SimdBytes a) { return wasm_u16x8_shr(a, 8); }
static inline SimdWords simd_words_load_splat(const int16_t *p) {
    return wasm_v128_load32_splat(simd_splat_address(p));
}
static inline SimdWords simd_words_load(const int16_t *p) { return wasm_v128_load(p); }
// Eight bytes -128 … 127 as words.
static inline SimdWords simd_words_load_bytes(const int8_t *p) { return wasm_i16x8_load8x8(p); }
// Adds two products to each sum.
static inline i32x4 simd_dot_words(SimdWords a, SimdWords b, i32x4 sum) {
    return wasm_i32x4_add(wasm_i32x4_dot_i16x8(a, b), sum);
}
// Stores sixteen integers as 8 bits each, in order.
static inline void simd_bytes_store_16(int8_t *p, const i32x4 ints[4]) {
    wasm_v128_store(p, wasm_i8x16_narrow_i16x8(wasm_i16x8_narrow_i32x4(ints[0], ints[1]),
                                               wasm_i16x8_narrow_i32x4(ints[2], ints[3])));
}
// Stores sixteen integers as 16 bits each; of each four, numbers 0 and 2 come before 1 and 3.
static inline void simd_words_store_16(int16_t *p, const i32x4 ints[4]) {
    for (int i = 0; i < 4; i += 2)
        wasm_v128_store(p + i * 4, wasm_i16x8_narrow_i32x4(wasm_i32x4_shuffle(ints[i], ints[i], 0, 2, 1, 3),
                                                           wasm_i32x4_shuffle(ints[i + 1], ints[i + 1], 0, 2, 1, 3)));
}
#if SIMD_HAS_DOT
// Inputs -127 … 127; weights 0 … 255 on some machines (x86 with VNNI), -128 … 127 on others (ARM), 0 … 127 on all.
static inline i32x4 simd_dot(SimdBytes inputs, SimdBytes weights, i32x4 sum) {
    return wasm_i32x4_relaxed_dot_i8x16_i7x16_add(inputs, weights, sum);
}
#endif

#else

typedef uint8_t SimdBytes __attribute__((vector_size(16)));
typedef int16_t SimdWords __attribute__((vector_size(16)));

static inline SimdBytes simd_bytes_load(const uint8_t *p) {
    SimdBytes a;
    memcpy(&a, p, sizeof a);
    return a;
}
static inline SimdBytes simd_bytes_load_splat(const int8_t *p) {
    SimdBytes a;
    for (int i = 0; i < 16; i++) a[i] = (uint8_t)p[i % 4];
    return a;
}
static inline SimdBytes simd_bytes_sub_128(SimdBytes a) { return a ^ 128; }
static inline SimdWords simd_words_even(SimdBytes a) {
    SimdWords words;
    for (int i = 0; i < 8; i++) words[i] = a[2 * i];
    return words;
}
static inline SimdWords simd_words_odd(SimdBytes a) {
    SimdWords words;
    for (int i = 0; i < 8; i++) words[i] = a[2 * i + 1];
    return words;
}
static inline SimdWords simd_words_load_splat(const int16_t *p) {
    return (SimdWords){p[0], p[1], p[0], p[1], p[0], p[1], p[0], p[1]};
}
static inline SimdWords simd_words_load(const int16_t *p) {
    SimdWords words;
    memcpy(&words, p, sizeof words);
    return words;
}
static inline SimdWords simd_words_load_bytes(const int8_t *p) {
    return (SimdWords){p[0], p[1], p[2], p[3], p[4], p[5], p[6], p[7]};
}
static inline int32_t wrapping_sum(int32_t a, int32_t b) { return (int32_t)((uint32_t)a + (uint32_t)b); }
static inline i32x4 simd_dot_words(SimdWords a, SimdWords b, i32x4 sum) {
    for (int i = 0; i < 8; i++) sum[i / 2] = wrapping_sum(sum[i / 2], a[i] * b[i]);
    return sum;
}
static inline void simd_bytes_store_16(int8_t *p, const i32x4 ints[4]) {
    for (int i = 0; i < 16; i++) p[i] = (int8_t)ints[i / 4][i % 4];
}
static inline void simd_words_store_16(int16_t *p, const i32x4 ints[4]) {
    for (int i = 0; i < 16; i++) p[i / 4 * 4 + i % 2 * 2 + i % 4 / 2] = (int16_t)ints[i / 4][i % 4];
}
static inline i32x4 simd_dot(SimdBytes inputs, SimdBytes weights, i32x4 sum) {
    for (int i = 0; i < 16; i++) sum[i / 4] = wrapping_sum(sum[i / 4], (int8_t)inputs[i] * weights[i]);
    return sum;
}

#endif

#endif
