// Each row of a window is a contiguous run of values, with zeros before or after it where it crosses the edge.
#include "ops/windows.h"

#include "core/ints.h"
#include "core/simd.h"

int windows_same_padding(int in_side, int kernel, int stride) {
    const int all = (windows_out_side(in_side, stride) - 1) * stride + kernel - in_side;
    return all > 0 ? all / 2 : 0;
}

// Replace memcpy and memset for the few values in a row of a small window: a call into those takes longer than the
// copy.
static void copy(const float *from, size_t n, float *to) {
    size_t i = 0;
    SIMD_NO_UNROLL
    for (; i + SIMD_LANES <= n; i += SIMD_LANES) f32x4_store(to + i, f32x4_load(from + i));
    SIMD_NO_UNROLL
    for (; i < n; i++) to[i] = from[i];
}

static void clear(size_t n, float *to) {
    size_t i = 0;
    SIMD_NO_UNROLL
    for (; i + SIMD_LANES <= n; i += SIMD_LANES) f32x4_store(to + i, f32x4_splat(0));
    SIMD_NO_UNROLL
    for (; i < n; i++) to[i] = 0;
}

void windows_cut(Tensor in, int top, int left, int side, float *to) {
    const size_t line = (size_t)side * (size_t)in.c;
    const int begin = max(left, 0), end = min(left + side, in.w);
    for (int y = top; y < top + side; y++, to += line) {
        if (y < 0 || y >= in.h || begin >= end) {
            clear(line, to);
            continue;
        }
        const size_t before = (size_t)(begin - left) * (size_t)in.c, n = (size_t)(end - begin) * (size_t)in.c;
        clear(before, to);
        copy(tensor_at(in, y, begin), n, to + before);
        clear(line - before - n, to + before + n);
    }
}

void windows_gather(const Windows *windows, int row, float *to) {
    const int top = row / windows->out_w * windows->stride - windows->padding;
    const int left = row % windows->out_w * windows->stride - windows->padding;
    windows_cut(windows->in, top, left, windows->kernel, to);
}
