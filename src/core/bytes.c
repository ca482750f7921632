// Growable byte buffer.
#include "core/bytes.h"

#include <stdlib.h>
#include <string.h>

#include "core/checked.h"

Status bytes_append(Bytes *bytes, const void *data, size_t size) {
    size_t needed;
    if (!checked_add(bytes->size, size, &needed)) {
        return status_fail(STATUS_NO_MEMORY, "Not enough memory for %zu more bytes of output.", size);
    }
    if (needed > bytes->capacity) {
        size_t capacity = bytes->capacity < 4096 ? 4096 : bytes->capacity + bytes->capacity / 2;
        if (capacity < needed) capacity = needed;
        uint8_t *grown = realloc(bytes->data, capacity);
        if (!grown) return status_fail(STATUS_NO_MEMORY, "Not enough memory for %zu bytes of output.", capacity);
        bytes->data = grown;
        bytes->capacity = capacity;
    }
    if (size) memcpy(bytes->data + bytes->size, data, size);
    bytes->size = needed;
    return STATUS_OK;
}

void bytes_clear(Bytes *bytes) { bytes->size = 0; }

void bytes_free(Bytes *bytes) {
    free(bytes->data);
    *bytes = (Bytes){0};
}
