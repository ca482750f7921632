// A view of float32 samples in memory, channels last: data[(y * w + x) * c + channel]. Owns nothing.
#ifndef CORE_TENSOR_H
#define CORE_TENSOR_H

#include "core/checked.h"

typedef struct Tensor {
    float *data;
    int h, w, c;
} Tensor;

// For tests: a function that gets the output of every layer, with the layer's name in the original. NULL: none.
typedef struct TensorTap {
    void (*call)(void *context, const char *name, Tensor t);
    void *context;
} TensorTap;

static inline size_t tensor_count(Tensor t) { return (size_t)t.h * (size_t)t.w * (size_t)t.c; }
// SIZE_MAX if the product would wrap around.
static inline size_t tensor_bytes(Tensor t) {
    return checked_mul_or_max(checked_mul_or_max((size_t)t.h, (size_t)t.w),
                              checked_mul_or_max((size_t)t.c, sizeof(float)));
}
static inline float *tensor_at(Tensor t, int y, int x) {
    return t.data + ((size_t)y * (size_t)t.w + (size_t)x) * (size_t)t.c;
}

#endif
