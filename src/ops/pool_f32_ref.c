// Pooling by its definition.
#include "ops/pool.h"

#include <math.h>

void pool_f32_ref_max(const Windows *windows, float outside, float *out) {
    const Tensor in = windows->in;
    for (int i = 0; i < windows->out_h * windows->out_w * in.c; i++) {
        const int c = i % in.c, top = i / in.c / windows->out_w * windows->stride - windows->padding;
        const int left = i / in.c % windows->out_w * windows->stride - windows->padding;
        float max = -INFINITY;
        for (int y = top; y < top + windows->kernel; y++) {
            for (int x = left; x < left + windows->kernel; x++) {
                const int is_inside = y >= 0 && y < in.h && x >= 0 && x < in.w;
                max = fmaxf(max, is_inside ? tensor_at(in, y, x)[c] : outside);
            }
        }
        out[i] = max;
    }
}
