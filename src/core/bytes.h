// A growable byte buffer: encoders append to it, their caller takes the contents and clears it. Empty if zeroed.
#ifndef CORE_BYTES_H
#define CORE_BYTES_H

#include <stddef.h>
#include <stdint.h>

#include "core/status.h"

typedef struct Bytes {
    uint8_t *data; // owned
    size_t size, capacity;
} Bytes;

// Appends a copy of `size` bytes. After STATUS_NO_MEMORY the contents are unchanged.
MUST_CHECK Status bytes_append(Bytes *bytes, const void *data, size_t size);
// Empties the buffer and keeps the memory.
void bytes_clear(Bytes *bytes);
void bytes_free(Bytes *bytes);

#endif
