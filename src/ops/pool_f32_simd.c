// Maximum pooling, divided among the threads by rows of the output.
#include "ops/pool.h"

#include <math.h>
#include <stdbool.h>

#include "core/ints.h"
#include "core/parallel.h"
#include "core/simd.h"

typedef struct Pass {
    const Windows *windows;
    float outside;
    float *out;
} Pass;

static void max_of(const float *a, const float *b, int n, float *max) {
    int i = 0;
    for (; i + SIMD_LANES <= n; i += SIMD_LANES) f32x4_store(max + i, f32x4_max(f32x4_load(a + i), f32x4_load(b + i)));
    for (; i < n; i++) max[i] = a[i] < b[i] ? b[i] : a[i];
}

static void max_row(void *context, int row) {
    const Pass *pass = context;
    const Windows *windows = pass->windows;
    const Tensor in = windows->in;
    const int kernel = windows->kernel, top = row * windows->stride - windows->padding;
    const int first_y = max(top, 0), end_y = min(top + kernel, in.h);
    float *to = pass->out + (size_t)row * (size_t)windows->out_w * (size_t)in.c;
    for (int i = 0; i < windows->out_w; i++, to += in.c) {
        const int left = i * windows->stride - windows->padding;
        const int first_x = max(left, 0), end_x = min(left + kernel, in.w);
        const bool is_whole = (end_y - first_y) * (end_x - first_x) == kernel * kernel;
        for (int c = 0; c < in.c; c++) to[c] = is_whole ? -INFINITY : pass->outside;
        for (int y = first_y; y < end_y; y++) {
            for (int x = first_x; x < end_x; x++) max_of(to, tensor_at(in, y, x), in.c, to);
        }
    }
}

void pool_f32_simd_max(const Windows *windows, float outside, float *out) {
    Pass pass = {windows, outside, out};
    parallel_for(max_row, &pass, windows->out_h);
}
