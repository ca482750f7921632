// Maximum pooling by the kernel of the chosen table, and mean pooling.
#include "ops/pool.h"

#include "core/ints.h"
#include "ops/kernels.h"

void pool_max(const Windows *windows, float outside, float *out) { kernels_chosen()->pool_max(windows, outside, out); }

// A few channels at a time, so that their sums stay in the cache.
enum { GROUP = 64 };

void pool_mean(Tensor in, float *means) {
    const size_t n = (size_t)in.h * (size_t)in.w;
    for (int first = 0; first < in.c; first += GROUP) {
        const int n_channels = min(GROUP, in.c - first);
        double sums[GROUP] = {0};
        for (size_t i = 0; i < n; i++) {
            const float *pixel = in.data + i * (size_t)in.c + first;
            for (int c = 0; c < n_channels; c++) sums[c] += pixel[c];
        }
        for (int c = 0; c < n_channels; c++) means[first + c] = (float)(sums[c] / (double)n);
    }
}
