// The number formats of files and packed weights.
#ifndef CORE_DTYPE_H
#define CORE_DTYPE_H

#include <stddef.h>

typedef enum Dtype { DTYPE_F32, DTYPE_F16, DTYPE_BF16, DTYPE_I8, DTYPE_U8, DTYPE_I32, DTYPE_I64, DTYPE_COUNT } Dtype;

// Bytes of one value.
static inline size_t dtype_bytes(Dtype dtype) {
    static const unsigned char bytes[DTYPE_COUNT] = {4, 2, 2, 1, 1, 4, 8};
    return bytes[dtype];
}

// The name in safetensors files, such as "F32".
static inline const char *dtype_name(Dtype dtype) {
    static const char *const names[DTYPE_COUNT] = {"F32", "F16", "BF16", "I8", "U8", "I32", "I64"};
    return names[dtype];
}

#endif
