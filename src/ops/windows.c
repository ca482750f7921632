// Each row of a window is a run of values that lie together, with zeros before or behind where it hangs over the edge.
#include "ops/windows.h"

#include <string.h>

int windows_same_before(int in_side, int kernel, int stride) {
    const int all = (windows_out_side(in_side, stride) - 1) * stride + kernel - in_side;
    return all > 0 ? all / 2 : 0;
}

void windows_gather(const Windows *windows, int row, float *to) {
    const Tensor in = windows->in;
    const int kernel = windows->kernel, stride = windows->stride;
    const int top = row / windows->out_w * stride - windows->before;
    const int left = row % windows->out_w * stride - windows->before;
    const size_t line = (size_t)kernel * (size_t)in.c;
    const int begin = left < 0 ? 0 : left, end = left + kernel < in.w ? left + kernel : in.w;
    for (int y = top; y < top + kernel; y++, to += line) {
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
