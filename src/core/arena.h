// Scratch memory whose size is known before the work begins. The same straight-line code runs twice: first on a
// measuring arena, which only counts bytes, then on real memory of that size. Allocation is first fit, so the memory of
// a block that was given back is used again.
#ifndef CORE_ARENA_H
#define CORE_ARENA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/status.h"

enum {
    ARENA_ALIGNMENT = 64,
    ARENA_GUARD_BYTES = 64, // after each block: kernels may read up to 16 bytes past the end of an input
    ARENA_MAX_BLOCKS = 64,
};

// The address space of a 32-bit program, such as a WebAssembly module. All builds use this limit, so all refuse the
// same.
#define ARENA_MAX_BYTES ((size_t)(UINT32_MAX / ARENA_ALIGNMENT - 1) * ARENA_ALIGNMENT)

typedef struct Arena {
    unsigned char *memory; // NULL: measuring
    size_t capacity;       // of `memory`
    size_t peak;           // the most bytes that were ever needed at once; SIZE_MAX: more than ARENA_MAX_BYTES
    int n_blocks;
    struct {
        size_t begin, end;
    } blocks[ARENA_MAX_BLOCKS]; // in use, by rising address
} Arena;

// A measuring arena.
Arena arena_measure(void);
// Allocates an arena of `size` bytes. STATUS_NO_MEMORY. arena_free also accepts a measuring or a zeroed arena.
MUST_CHECK Status arena_create(size_t size, Arena *out);
void arena_free(Arena *arena);

// Takes a block of `size` bytes, aligned to ARENA_ALIGNMENT. A measuring arena accepts any size, also SIZE_MAX (see
// checked_mul_or_max), and returns an address that must not be dereferenced but may be given back. If the arena is
// smaller than measured or has too many blocks, that is a bug of ours and stops the program.
void *arena_take(Arena *arena, size_t size);
// Gives a block back that arena_take returned.
void arena_give(Arena *arena, const void *block);
// Gives all blocks back.
void arena_reset(Arena *arena);

static inline bool arena_is_measuring(const Arena *arena) { return !arena->memory; }
// Whether the measured bytes fit into ARENA_MAX_BYTES.
static inline bool arena_is_countable(const Arena *arena) { return arena->peak != SIZE_MAX; }
// The bytes that were measured, or STATUS_NO_MEMORY. `what` names the work in the message.
MUST_CHECK Status arena_measured(const Arena *arena, const char *what, size_t *bytes);

#endif
