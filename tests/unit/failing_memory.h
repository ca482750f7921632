// Allocations, counted and made to fail, natively only: emscripten's linker wraps no symbols of its C library. For
// programs linked with -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc,--wrap=free.
#ifndef UNIT_FAILING_MEMORY_H
#define UNIT_FAILING_MEMORY_H

#include <stdbool.h>

#include "core/status.h"
#include "test.h"

// Atomic: threads of the engine allocate too.
static struct {
    _Atomic long fail_at; // the how-manieth allocation fails; -1: none
    _Atomic long n;       // allocations so far
    _Atomic long n_live;
    _Atomic size_t largest;
    _Atomic int64_t live_bytes, peak_bytes; // natively: of all that is live, and the most that ever was since
                                            // count_memory; below zero where memory is freed that was taken otherwise
    _Atomic long n_large;                   // allocations of a megabyte or more so far
} memory = {.fail_at = -1};

#ifndef __EMSCRIPTEN__
#include <malloc.h>

void *__real_malloc(size_t size);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *old, size_t size);
void __real_free(void *old);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *old, size_t size);
void __wrap_free(void *old);

static bool may_allocate(size_t size) {
    if (size > memory.largest) memory.largest = size;
    memory.n_large += size >= 1 << 20;
    return memory.n++ != memory.fail_at;
}

static void *counted(void *made) {
    memory.live_bytes += made ? (int64_t)malloc_usable_size(made) : 0;
    if (memory.live_bytes > memory.peak_bytes) memory.peak_bytes = memory.live_bytes;
    return made;
}

void *__wrap_malloc(size_t size) {
    void *made = may_allocate(size) ? __real_malloc(size) : NULL;
    memory.n_live += made != NULL;
    return counted(made);
}

void *__wrap_calloc(size_t n, size_t size) {
    void *made = may_allocate(n * size) ? __real_calloc(n, size) : NULL;
    memory.n_live += made != NULL;
    return counted(made);
}

void *__wrap_realloc(void *old, size_t size) {
    const int64_t before = old ? (int64_t)malloc_usable_size(old) : 0;
    void *made = may_allocate(size) ? __real_realloc(old, size) : NULL;
    memory.n_live += made != NULL && old == NULL;
    counted(made); // for a while there may be both
    memory.live_bytes -= made ? before : 0;
    return made;
}

void __wrap_free(void *old) {
    memory.n_live -= old != NULL;
    memory.live_bytes -= old ? (int64_t)malloc_usable_size(old) : 0;
    __real_free(old);
}
#endif

static inline void need_counted_memory(void) {
#ifdef __EMSCRIPTEN__
    print_message("# skipped: the WebAssembly build does not wrap malloc\n");
    skip();
#endif
}

static inline void count_memory(long fail_at) {
    memory.fail_at = fail_at;
    memory.n = 0;
    memory.largest = 0;
    memory.peak_bytes = memory.live_bytes;
    memory.n_large = 0;
}

// Calls `attempt` with its first allocation failing, then its second, until none fails: it must tell that memory ran
// out, or that all is well, and free whatever it allocates. Returns how many failed.
static inline long fail_each_allocation(Status (*attempt)(void *context), void *context) {
    for (long fail_at = 0;; fail_at++) {
        assert_in_range(fail_at, 0, 10000);
        const long n_live = memory.n_live;
        count_memory(fail_at);
        const Status status = attempt(context);
        const bool has_failed = memory.n > fail_at;
        count_memory(-1);
        if (status != (has_failed ? STATUS_NO_MEMORY : STATUS_OK))
            fail_msg("allocation %ld: %d \"%s\"", fail_at, status, status_message());
        if (memory.n_live != n_live) fail_msg("allocation %ld: %ld blocks are left", fail_at, memory.n_live - n_live);
        if (!has_failed) return fail_at;
    }
}

#endif
