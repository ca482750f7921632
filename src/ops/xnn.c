// XNNPACK's start, its status codes and its order of weights.
#include "ops/xnn.h"

#include <stdio.h>
#include <stdlib.h>

Status xnn_start(void) { return xnn_check(xnn_initialize(NULL), "its start"); }

Status xnn_check(enum xnn_status status, const char *what) {
    switch (status) {
        case xnn_status_success: return STATUS_OK;
        case xnn_status_out_of_memory:
            return status_fail(STATUS_NO_MEMORY, "Not enough memory for %s in XNNPACK.", what);
        default: return status_fail(STATUS_INTERNAL, "XNNPACK refused %s with status %d.", what, (int)status);
    }
}

void xnn_must(enum xnn_status status) {
    if (status == xnn_status_success) return;
    fprintf(stderr, "acg2vec: XNNPACK failed to run what it had planned (status %d)\n", (int)status);
    abort();
}

float *xnn_reorder_weights(const float *weights, int out_c, int in_c, int kernel) {
    const size_t taps = (size_t)kernel * (size_t)kernel, channels = (size_t)in_c;
    float *reordered = malloc((size_t)out_c * channels * taps * sizeof(float));
    if (!reordered) return NULL;
    for (size_t o = 0; o < (size_t)out_c; o++) {
        for (size_t c = 0; c < channels; c++) {
            for (size_t tap = 0; tap < taps; tap++) {
                reordered[(o * taps + tap) * channels + c] = weights[(o * channels + c) * taps + tap];
            }
        }
    }
    return reordered;
}
