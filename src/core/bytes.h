// A byte buffer that grows: encoders append to it, the host takes what is there and clears it.
#ifndef CORE_BYTES_H
#define CORE_BYTES_H

#include <stddef.h>
#include <stdint.h>

#include "core/status.h"

typedef struct Bytes {
    uint8_t *data; // owned
    size_t size, capacity;
} Bytes;

// Appends `size` bytes. On STATUS_NO_MEMORY nothing is lost of what was there.
MUST_CHECK Status bytes_append(Bytes *bytes, const void *data, size_t size);
// Forgets the contents and keeps the memory.
void bytes_clear(Bytes *bytes);
void bytes_free(Bytes *bytes);

#endif
