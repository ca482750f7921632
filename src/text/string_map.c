// Open addressing over FNV-1a (Fowler, Noll, Vo), at most half full.
#include "text/string_map.h"

#include <stdlib.h>
#include <string.h>

enum { FIRST_SLOTS = 1024, MAX_STRING_BYTES = 1 << 30 };

// The slot of the string, or the free one where it would go.
static size_t find_slot(const StringMap *map, const char *string, size_t size) {
    uint32_t hash = 2166136261u;
    for (size_t i = 0; i < size; i++) hash = (hash ^ (unsigned char)string[i]) * 16777619u;
    size_t slot = hash & (map->n_slots - 1);
    for (; map->slots[slot]; slot = (slot + 1) & (map->n_slots - 1)) {
        const StringEntry *entry = &map->entries[map->slots[slot] - 1];
        if (entry->size == size && (!size || !memcmp(map->strings.data + entry->offset, string, size))) break;
    }
    return slot;
}

static Status grow(StringMap *map) {
    const size_t n_slots = map->n_slots ? map->n_slots * 2 : FIRST_SLOTS;
    uint32_t *slots = n_slots < SIZE_MAX / 2 / sizeof(StringEntry) ? calloc(n_slots, sizeof *slots) : NULL;
    StringEntry *entries = slots ? realloc(map->entries, n_slots / 2 * sizeof *entries) : NULL;
    if (!entries) {
        free(slots);
        return status_fail(STATUS_NO_MEMORY, "Not enough memory for a vocabulary of %zu words.", n_slots / 2);
    }
    free(map->slots);
    map->slots = slots;
    map->n_slots = n_slots;
    map->entries = entries;
    for (size_t i = 0; i < map->n; i++) {
        const char *string = (const char *)map->strings.data + entries[i].offset;
        slots[find_slot(map, string, entries[i].size)] = (uint32_t)i + 1;
    }
    return STATUS_OK;
}

Status string_map_put(StringMap *map, const char *string, size_t size, int32_t value) {
    if (2 * map->n >= map->n_slots) {
        Status status = grow(map);
        if (status) return status;
    }
    const size_t slot = find_slot(map, string, size), offset = map->strings.size;
    if (map->slots[slot]) {
        map->entries[map->slots[slot] - 1].value = value;
        return STATUS_OK;
    }
    if (size > MAX_STRING_BYTES - offset)
        return status_fail(STATUS_BAD_FORMAT, "Expected a vocabulary of less than 1 GiB.");
    Status status = bytes_append(&map->strings, string, size);
    if (status) return status;
    map->entries[map->n] = (StringEntry){(uint32_t)offset, (uint32_t)size, value};
    map->slots[slot] = (uint32_t)++map->n;
    return STATUS_OK;
}

int32_t string_map_get(const StringMap *map, const char *string, size_t size) {
    if (!map->n) return STRING_MAP_MISSING;
    const uint32_t entry = map->slots[find_slot(map, string, size)];
    return entry ? map->entries[entry - 1].value : STRING_MAP_MISSING;
}

void string_map_free(StringMap *map) {
    bytes_free(&map->strings);
    free(map->entries);
    free(map->slots);
    *map = (StringMap){0};
}
