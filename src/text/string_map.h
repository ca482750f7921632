// A map from strings to numbers: the vocabulary of a tokenizer.
#ifndef TEXT_STRING_MAP_H
#define TEXT_STRING_MAP_H

#include <stddef.h>
#include <stdint.h>

#include "core/bytes.h"
#include "core/status.h"

typedef struct StringEntry {
    uint32_t offset, size; // in `strings`
    int32_t value;
} StringEntry;

typedef struct StringMap {
    Bytes strings;
    StringEntry *entries; // owned
    uint32_t *slots;      // owned; 1 + an index of `entries`, 0: free; a power of two of them
    size_t n, n_slots;
} StringMap;

enum { STRING_MAP_MISSING = -1 };

// Adds a string of `size` bytes, which is copied, or changes its value. `value` is not negative. STATUS_NO_MEMORY
// leaves the map usable.
MUST_CHECK Status string_map_put(StringMap *map, const char *string, size_t size, int32_t value);
// The value of a string, or STRING_MAP_MISSING.
int32_t string_map_get(const StringMap *map, const char *string, size_t size);
// Accepts a zeroed map, which is an empty one, and leaves one.
void string_map_free(StringMap *map);

#endif
