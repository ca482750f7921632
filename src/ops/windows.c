// Each row of a window is a run of values that lie together, with zeros before or behind where it hangs over the edge.
#include "ops/windows.h"

#include <string.h>

#include "core/ints.h"

int windows_same_before(int in_side, int kernel, int stride) {
    const int all = (windows_out_side(in_side, stride) - 1) * stride + kernel - in_side;
    return all > 0 ? all / 2 : 0;
}

void windows_cut(Tensor in, int top, int left, int side, float *to) {
    const size_t line = (size_t)side * (size_t)in.c;
    const int begin = larger(left, 0), end = smaller(left + side, in.w);
    for (int y = top; y < top + side; y++, to += line) {
        if (y < 0 || y >= in.h || begin >= end) {
            memset(to, 0, line * sizeof *to);
            continue;
        }
        const size_t before = (size_t)(begin - left) * (size_t)in.c, n = (size_t)(end - begin) * (size_t)in.c;
        memset(to, 0, before * sizeof *to);
        memcpy(to + before, tensor_at(in, y, begin), n * sizeof *to);
        memset(to + before + n, 0, (line - before - n) * sizeof *to);
    }
}

void windows_gather(const Windows *windows, int row, float *to) {
    const int top = row / windows->out_w * windows->stride - windows->before;
    const int left = row % windows->out_w * windows->stride - windows->before;
    windows_cut(windows->in, top, left, windows->kernel, to);
}
