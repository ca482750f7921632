// Random weights of any dtype, for the tests of layers that keep them as a file has them.
#ifndef TESTS_KERNELS_WEIGHTS_OF_H
#define TESTS_KERNELS_WEIGHTS_OF_H

#include "core/dtype.h"
#include "kernels/kernel.h"

// Halves and bfloats are random bits of magnitudes from 2^-17 (subnormal halves among them) to 1; the others reach 1,
// or 127.
static inline void *random_weights(Dtype dtype, size_t n) {
    unsigned char *p = malloc((n + 1) * dtype_bytes(dtype));
    assert_non_null(p);
    for (size_t i = 0; i < n; i++) {
        const float x = random_float();
        const uint16_t bits = (uint16_t)(random_float() * 32768);
        const uint16_t half = (bits & 0x83ff) | (uint16_t)(i % 15) << 10;
        const uint16_t bfloat = (bits & 0x807f) | (uint16_t)(110 + i % 17) << 7;
        if (dtype == DTYPE_F32) memcpy(p + i * 4, &x, 4);
        if (dtype == DTYPE_F16) memcpy(p + i * 2, &half, 2);
        if (dtype == DTYPE_BF16) memcpy(p + i * 2, &bfloat, 2);
        if (dtype == DTYPE_I8) p[i] = (unsigned char)(signed char)lrintf(x * 127.9f);
    }
    return p;
}

#endif
