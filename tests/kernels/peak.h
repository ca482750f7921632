// The most multiply-adds that one thread of this machine does: what kernels are measured against.
#ifndef TESTS_KERNELS_PEAK_H
#define TESTS_KERNELS_PEAK_H

#include "core/simd.h"
#include "kernels/kernel.h"

static volatile float peak_sink;

// One step. Where multiplying and adding are two instructions the sum is the factor, so that no product stays the same
// from round to round.
static inline f32x4 peak_step(f32x4 sum, f32x4 a, f32x4 b) {
    return SIMD_HAS_MADD ? f32x4_madd(a, b, sum) : f32x4_madd(sum, a, b);
}

// Twelve independent sums and nothing loaded; few enough rounds that a browser or Node soon runs it optimised.
static __attribute__((noinline)) void peak_rounds(int n) {
    const f32x4 a = f32x4_splat(peak_sink + 0.5f), b = a;
    f32x4 sums[12];
    SIMD_UNROLL
    for (int i = 0; i < 12; i++) sums[i] = f32x4_splat((float)i + peak_sink);
    SIMD_NO_UNROLL
    for (int round = 0; round < n; round++) {
        SIMD_UNROLL
        for (int i = 0; i < 12; i++) sums[i] = peak_step(sums[i], a, b);
    }
    SIMD_UNROLL
    for (int i = 1; i < 12; i++) sums[0] = f32x4_add(sums[0], sums[i]);
    peak_sink = f32x4_lane_0(sums[0]) * 0;
}

// Operations a second, a multiply-add being two: the best of many short runs.
static inline double peak_flops(void) {
    enum { ROUNDS = 200000 };
    double best = 1e9;
    const double begin = processor_seconds();
    for (int i = 0; i < 200 || processor_seconds() - begin < 0.5; i++) {
        const double start = processor_seconds();
        peak_rounds(ROUNDS);
        const double took = processor_seconds() - start;
        if (took < best) best = took;
    }
    return 2.0 * 12 * SIMD_LANES * ROUNDS / best;
}

// That of so many threads, said in front of a table.
static inline double peak_print(int threads) {
    const double peak = peak_flops() * threads;
    printf("\nMultiply-add peak of %d thread%s: %.1f GFLOP/s\n\n", threads, threads > 1 ? "s" : "", peak * 1e-9);
    return peak;
}

#endif
