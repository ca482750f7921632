// Four floats at a time, one source for all builds: WebAssembly SIMD (with relaxed multiply-add where the build has
// it), and natively the compiler's vectors, so that the same kernels run under sanitizers and debuggers.
#ifndef CORE_SIMD_H
#define CORE_SIMD_H

#include <string.h>

enum { SIMD_LANES = 4 };

// Both go before an inner loop. SIMD_NO_UNROLL: if LLVM unrolled the loop, more values would be live than there are
// registers, and V8 would run it slower. SIMD_UNROLL is for short loops over registers.
#if defined(__clang__)
#define SIMD_NO_UNROLL _Pragma("clang loop unroll(disable)")
#define SIMD_UNROLL _Pragma("clang loop unroll(full)")
#else
#define SIMD_NO_UNROLL
#define SIMD_UNROLL
#endif

// Whether f32x4_madd is one instruction.
#if defined(__wasm_simd128__) && !defined(__wasm_relaxed_simd__)
#define SIMD_HAS_MADD 0
#else
#define SIMD_HAS_MADD 1
#endif

#if defined(__wasm_simd128__)

#include <wasm_simd128.h>

typedef v128_t f32x4;

// The address of a value that is spread over a vector. JavaScriptCore, which runs the builds without relaxed SIMD, has
// one instruction for it if the address has no constant offset, else three with a slow one. So the compiler must not
// make offsets.
static inline const void *simd_splat_address(const void *p) {
#if !SIMD_HAS_MADD
    __asm__("" : "+r"(p));
#endif
    return p;
}

static inline f32x4 f32x4_load(const float *p) { return wasm_v128_load(p); }
static inline void f32x4_store(float *p, f32x4 a) { wasm_v128_store(p, a); }
static inline void f32x4_store_2(float *p, f32x4 a) { wasm_v128_store64_lane(p, a, 0); }
static inline float f32x4_lane_0(f32x4 a) { return wasm_f32x4_extract_lane(a, 0); }
static inline float f32x4_lane_2(f32x4 a) { return wasm_f32x4_extract_lane(a, 2); }
static inline f32x4 f32x4_splat(float a) { return wasm_f32x4_splat(a); }
static inline f32x4 f32x4_load_splat(const float *p) { return wasm_v128_load32_splat(simd_splat_address(p)); }
static inline f32x4 f32x4_add(f32x4 a, f32x4 b) { return wasm_f32x4_add(a, b); }
static inline f32x4 f32x4_sub(f32x4 a, f32x4 b) { return wasm_f32x4_sub(a, b); }
static inline f32x4 f32x4_mul(f32x4 a, f32x4 b) { return wasm_f32x4_mul(a, b); }
static inline f32x4 f32x4_div(f32x4 a, f32x4 b) { return wasm_f32x4_div(a, b); }
static inline f32x4 f32x4_abs(f32x4 a) { return wasm_f32x4_abs(a); }
// pmax and pmin are one instruction on x86; the operands here are never NaN.
static inline f32x4 f32x4_max(f32x4 a, f32x4 b) { return wasm_f32x4_pmax(a, b); }
static inline f32x4 f32x4_min(f32x4 a, f32x4 b) { return wasm_f32x4_pmin(a, b); }
// a * b + c, rounded once or twice.
static inline f32x4 f32x4_madd(f32x4 a, f32x4 b, f32x4 c) {
#if SIMD_HAS_MADD
    return wasm_f32x4_relaxed_madd(a, b, c);
#else
    return wasm_f32x4_add(wasm_f32x4_mul(a, b), c);
#endif
}

#define SIMD_SHUFFLE(a, b, ...) wasm_i32x4_shuffle(a, b, __VA_ARGS__)

#else

typedef float f32x4 __attribute__((vector_size(16)));

#define SIMD_SHUFFLE(a, b, ...) __builtin_shufflevector(a, b, __VA_ARGS__)

static inline f32x4 f32x4_load(const float *p) {
    f32x4 a;
    memcpy(&a, p, sizeof a);
    return a;
}
static inline void f32x4_store(float *p, f32x4 a) { memcpy(p, &a, sizeof a); }
static inline void f32x4_store_2(float *p, f32x4 a) { memcpy(p, &a, sizeof a / 2); }
static inline float f32x4_lane_0(f32x4 a) { return a[0]; }
static inline float f32x4_lane_2(f32x4 a) { return a[2]; }
static inline f32x4 f32x4_splat(float a) { return (f32x4){a, a, a, a}; }
static inline f32x4 f32x4_load_splat(const float *p) { return f32x4_splat(*p); }
static inline f32x4 f32x4_add(f32x4 a, f32x4 b) { return a + b; }
static inline f32x4 f32x4_sub(f32x4 a, f32x4 b) { return a - b; }
static inline f32x4 f32x4_mul(f32x4 a, f32x4 b) { return a * b; }
static inline f32x4 f32x4_div(f32x4 a, f32x4 b) { return a / b; }
static inline f32x4 f32x4_max(f32x4 a, f32x4 b) {
    for (int i = 0; i < SIMD_LANES; i++) a[i] = a[i] < b[i] ? b[i] : a[i];
    return a;
}
static inline f32x4 f32x4_min(f32x4 a, f32x4 b) {
    for (int i = 0; i < SIMD_LANES; i++) a[i] = b[i] < a[i] ? b[i] : a[i];
    return a;
}
static inline f32x4 f32x4_abs(f32x4 a) { return f32x4_max(a, -a); }
static inline f32x4 f32x4_madd(f32x4 a, f32x4 b, f32x4 c) { return a * b + c; }

#endif

// The sums of the four lanes of each vector, in the order (0 + 2) + (1 + 3).
static inline f32x4 f32x4_sums(f32x4 a, f32x4 b, f32x4 c, f32x4 d) {
    const f32x4 ab = f32x4_add(SIMD_SHUFFLE(a, b, 0, 1, 4, 5), SIMD_SHUFFLE(a, b, 2, 3, 6, 7));
    const f32x4 cd = f32x4_add(SIMD_SHUFFLE(c, d, 0, 1, 4, 5), SIMD_SHUFFLE(c, d, 2, 3, 6, 7));
    return f32x4_add(SIMD_SHUFFLE(ab, cd, 0, 2, 4, 6), SIMD_SHUFFLE(ab, cd, 1, 3, 5, 7));
}

// Stores the first n of the four lanes, n > 0.
static inline void f32x4_store_part(float *p, f32x4 a, int n) {
    if (n >= SIMD_LANES) {
        f32x4_store(p, a);
    } else if (n == 3) {
        f32x4_store_2(p, a);
        p[2] = f32x4_lane_2(a);
    } else if (n == 2) {
        f32x4_store_2(p, a);
    } else {
        *p = f32x4_lane_0(a);
    }
}

// LeakyReLU: max(x, slope * x) for a slope from 0 to 1.
static inline f32x4 f32x4_leaky_relu(f32x4 a, f32x4 slope) { return f32x4_max(a, f32x4_mul(a, slope)); }

#endif
