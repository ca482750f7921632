// A view of float32 samples in memory, channels last: data[(y * w + x) * c + channel]. Owns nothing.
#ifndef CORE_TENSOR_H
#define CORE_TENSOR_H

#include <stddef.h>

typedef struct Tensor {
    float *data;
    int h, w, c;
} Tensor;

static inline size_t tensor_count(Tensor t) { return (size_t)t.h * (size_t)t.w * (size_t)t.c; }
static inline float *tensor_at(Tensor t, int y, int x) { return t.data + ((size_t)y * (size_t)t.w + (size_t)x) * (size_t)t.c; }

#endif
