// What the kernel tests share: seeded inputs, buffers with guard bands, the error between a kernel and its twin, and
// timing.
#ifndef TESTS_KERNELS_KERNEL_H
#define TESTS_KERNELS_KERNEL_H

#include <math.h>
#include <stdbool.h>
#include <time.h>

#ifdef __EMSCRIPTEN__
#include <emscripten.h>
#endif

#include "core/parallel.h"
#include "core/tensor.h"
#include "test.h"

enum { GUARD_FLOATS = 64 };

static const float guard_value = -12345.75f;

static uint32_t seed = 20240611;

// xorshift32 (Marsaglia 2003), to [-1, 1).
static inline float random_float(void) {
    seed ^= seed << 13;
    seed ^= seed >> 17;
    seed ^= seed << 5;
    return (float)(int32_t)seed / 2147483648.0f;
}

static inline float *random_floats(size_t n, float scale) {
    if (n > SIZE_MAX / 8) abort();
    float *p = malloc((n + GUARD_FLOATS) * sizeof *p);
    assert_non_null(p);
    for (size_t i = 0; i < n + GUARD_FLOATS; i++) p[i] = random_float() * scale;
    return p;
}

// A tensor with guard bands on both sides of its samples; free it with guarded_free.
static inline Tensor guarded_tensor(int h, int w, int c) {
    Tensor t = {NULL, h, w, c};
    const size_t n = tensor_count(t) + 2 * GUARD_FLOATS;
    float *p = malloc(n * sizeof *p);
    assert_non_null(p);
    for (size_t i = 0; i < n; i++) p[i] = guard_value;
    t.data = p + GUARD_FLOATS;
    return t;
}

static inline void assert_guards(Tensor t) {
    for (int i = 0; i < GUARD_FLOATS; i++) {
        assert_true(t.data[-1 - i] == guard_value);
        assert_true(t.data[tensor_count(t) + (size_t)i] == guard_value);
    }
}

static inline void guarded_free(Tensor t) { free(t.data - GUARD_FLOATS); }

// sum (a - b)² / sum b², over all samples.
static inline double normalised_error(Tensor a, Tensor b) {
    double difference = 0, power = 0;
    assert_int_equal(tensor_count(a), tensor_count(b));
    for (size_t i = 0; i < tensor_count(a); i++) {
        difference += pow((double)a.data[i] - b.data[i], 2);
        power += pow(b.data[i], 2);
    }
    return power > 0 ? difference / power : difference;
}

static inline double seconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

#ifdef __EMSCRIPTEN__
// A page is not told the processor's time, only the clock's.
EM_JS(double, processor_seconds, (void), {
    if (typeof process == 'undefined') return performance.now() / 1e3;
    const used = process.cpuUsage();
    return (used.user + used.system) / 1e6;
})
#else
static inline double processor_seconds(void) {
    struct timespec used;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
    return (double)used.tv_sec + (double)used.tv_nsec * 1e-9;
}
#endif

// Of one thread the processor's time, which does not count what other programs take; of several threads the clock's.
static inline double bench_seconds(void) { return parallel_n_threads() == 1 ? processor_seconds() : seconds(); }

// The best times of two statements that take turns, so that a busy machine hits both; at least 0.4 s and 5 turns.
#define BEST_SECONDS_OF_TWO(best, first, second)                                          \
    do {                                                                                  \
        const double bench_start = bench_seconds();                                       \
        (best)[0] = (best)[1] = 1e9;                                                      \
        for (int turn_ = 0; turn_ < 10 || bench_seconds() - bench_start < 0.4; turn_++) { \
            const double start_ = bench_seconds();                                        \
            if (turn_ % 2) {                                                              \
                second;                                                                   \
            } else {                                                                      \
                first;                                                                    \
            }                                                                             \
            const double took_ = bench_seconds() - start_;                                \
            if (took_ < (best)[turn_ % 2]) (best)[turn_ % 2] = took_;                     \
        }                                                                                 \
    } while (0)

static inline bool has_flag(int argc, char **argv, const char *flag) {
    for (int i = 1; i < argc; i++) {
        if (!strcmp(argv[i], flag)) return true;
    }
    return false;
}

#endif
