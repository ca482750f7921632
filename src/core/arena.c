// First-fit scratch memory, with a mode that only measures.
#include "core/arena.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/parallel.h"

// Where a measuring arena begins: any address that is not NULL.
static unsigned char *const measuring_base = (unsigned char *)(uintptr_t)ARENA_ALIGNMENT;

static unsigned char *arena_base(const Arena *arena) { return arena->memory ? arena->memory : measuring_base; }

static void stop(const char *why) {
    fprintf(stderr, "acg2vec: %s\n", why);
    abort();
}

enum { PAGE = 4096, PART = 256 * PAGE };

// Writes to each page of a part. Our kernels read an output before they write it, to bring its lines into the cache. On
// Linux a new page that is read before it is written costs ten times as much: Linux maps a zero page and later has to
// replace it for all threads.
static void touch(void *context, int part) {
    const Arena *arena = context;
    const size_t begin = (size_t)part * PART, left = arena->capacity - begin;
    for (size_t i = 0; i < left && i < PART; i += PAGE) *(volatile unsigned char *)(arena->memory + begin + i) = 0;
}

Arena arena_measure(void) { return (Arena){0}; }

Status arena_create(size_t size, Arena *out) {
    size_t rounded = (size + ARENA_ALIGNMENT - 1) / ARENA_ALIGNMENT * ARENA_ALIGNMENT;
    if (rounded < ARENA_ALIGNMENT) rounded = ARENA_ALIGNMENT;
    unsigned char *memory = rounded < size ? NULL : aligned_alloc(ARENA_ALIGNMENT, rounded);
    if (!memory) {
        return status_fail_for(REASON_WORK_TOO_LARGE, STATUS_NO_MEMORY,
                               "Not enough memory: the work needs %zu MiB at once. Choose a smaller tile.", size >> 20);
    }
    *out = (Arena){.memory = memory, .capacity = rounded};
    parallel_for(touch, out, (int)((rounded + PART - 1) / PART));
    return STATUS_OK;
}

void arena_free(Arena *arena) {
    free(arena->memory);
    *arena = (Arena){0};
}

// The bytes of a block of `size` bytes with its guard; SIZE_MAX if that exceeds ARENA_MAX_BYTES.
static size_t block_bytes(size_t size) {
    if (size > ARENA_MAX_BYTES - ARENA_GUARD_BYTES) return SIZE_MAX;
    return (size + ARENA_GUARD_BYTES + ARENA_ALIGNMENT - 1) / ARENA_ALIGNMENT * ARENA_ALIGNMENT;
}

void *arena_take(Arena *arena, size_t size) {
    if (arena->n_blocks == ARENA_MAX_BLOCKS) stop("too many scratch blocks at once");
    const size_t needed = block_bytes(size);
    size_t begin = 0;
    int at = 0;
    while (at < arena->n_blocks && arena->blocks[at].begin - begin < needed) begin = arena->blocks[at++].end;
    const bool fits = needed <= ARENA_MAX_BYTES - begin;
    if (!fits) begin = ARENA_MAX_BYTES; // an empty block after all others, so that arena_give finds it
    const size_t end = fits ? begin + needed : begin;
    memmove(&arena->blocks[at + 1], &arena->blocks[at], (size_t)(arena->n_blocks - at) * sizeof arena->blocks[0]);
    arena->blocks[at].begin = begin;
    arena->blocks[at].end = end;
    arena->n_blocks++;
    if (!fits || end > arena->peak) arena->peak = fits ? end : SIZE_MAX;
    if (arena->memory && arena->peak > arena->capacity) stop("scratch memory is smaller than what was measured");
    return (void *)((uintptr_t)arena_base(arena) + begin); // in 32 bits the offset may exceed PTRDIFF_MAX
}

Status arena_measured(const Arena *arena, const char *what, size_t *bytes) {
    *bytes = arena->peak;
    if (arena_is_countable(arena)) return STATUS_OK;
    return status_fail(STATUS_NO_MEMORY, "Not enough memory: %s needs more than a 32-bit program can have.", what);
}

void arena_give(Arena *arena, const void *block) {
    const size_t begin = (size_t)((uintptr_t)block - (uintptr_t)arena_base(arena));
    for (int i = 0; i < arena->n_blocks; i++) {
        if (arena->blocks[i].begin != begin) continue;
        arena->n_blocks--;
        memmove(&arena->blocks[i], &arena->blocks[i + 1], (size_t)(arena->n_blocks - i) * sizeof arena->blocks[0]);
        return;
    }
    stop("a scratch block was given back twice");
}

void arena_reset(Arena *arena) { arena->n_blocks = 0; }
