// A thin layer over pthreadpool, which runs everything on the caller in builds without threads.
#include "core/parallel.h"

#include <pthreadpool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "core/checked.h"

#if defined(__EMSCRIPTEN__) && !defined(__EMSCRIPTEN_PTHREADS__)
enum { has_threads = 0 };
#else
enum { has_threads = 1 };
#endif

// Not PTHREADPOOL_FLAG_DISABLE_DENORMALS: WebAssembly computes with subnormal values, and native code is to give the
// same.
enum { NO_FLAGS = 0 };

static pthreadpool_t pool;

// Each thread's own scratch memory, `stride` bytes apart.
static struct {
    unsigned char *memory;
    size_t stride;
} scratch;

static void stop_pool(void) {
    pthreadpool_destroy(pool);
    pool = NULL;
}

Status parallel_start(int n_threads) {
    if (n_threads < 1 || n_threads > PARALLEL_MAX_THREADS) {
        return status_fail(STATUS_BAD_ARGUMENT, "Expected 1 to %d threads but received %d.", PARALLEL_MAX_THREADS,
                           n_threads);
    }
    stop_pool();
    if (n_threads > 1 && has_threads) {
        pool = pthreadpool_create((size_t)n_threads);
        if (!pool) return status_fail(STATUS_NO_MEMORY, "Could not start %d threads.", n_threads);
    }
    const size_t reserved = scratch.stride; // kernels that were planned before still need it, for each thread
    scratch.stride = 0;
    const Status status = parallel_reserve_scratch(reserved);
    if (!status) return STATUS_OK;
    scratch.stride = reserved;
    stop_pool();
    return status;
}

void parallel_stop(void) {
    stop_pool();
    free(scratch.memory);
    scratch.memory = NULL;
    scratch.stride = 0;
}

int parallel_n_threads(void) { return (int)pthreadpool_get_threads_count(pool); }

ParallelPool parallel_pool(void) { return pool; }

typedef struct Loop {
    void (*body)(void *context, int i);
    void (*thread_body)(void *context, int i, int thread);
    void *context;
} Loop;

static void run_body(void *argument, size_t i) {
    const Loop *loop = argument;
    loop->body(loop->context, (int)i);
}

// NULL, which means the caller alone, for a loop that is shorter than waking the threads.
static pthreadpool_t pool_for(int n, size_t values) {
    enum { LIGHT = 1 << 15 }; // values: about ten microseconds of work
    return values < LIGHT && (size_t)n * values < LIGHT ? NULL : pool;
}

void parallel_for_light(void (*body)(void *context, int i), void *context, int n, size_t values) {
    if (n <= 0) return;
    Loop loop = {.body = body, .context = context};
    pthreadpool_parallelize_1d(pool_for(n, values), run_body, &loop, (size_t)n, NO_FLAGS);
}

void parallel_for(void (*body)(void *context, int i), void *context, int n) {
    parallel_for_light(body, context, n, SIZE_MAX);
}

static void run_thread_body(void *argument, size_t thread, size_t i) {
    const Loop *loop = argument;
    loop->thread_body(loop->context, (int)i, (int)thread);
}

void parallel_for_thread_light(void (*body)(void *context, int i, int thread), void *context, int n, size_t values) {
    if (n <= 0) return;
    Loop loop = {.thread_body = body, .context = context};
    pthreadpool_parallelize_1d_with_thread(pool_for(n, values), run_thread_body, &loop, (size_t)n, NO_FLAGS);
}

void parallel_for_thread(void (*body)(void *context, int i, int thread), void *context, int n) {
    parallel_for_thread_light(body, context, n, SIZE_MAX);
}

Status parallel_reserve_scratch(size_t n_bytes) {
    enum { ALIGNMENT = 64 };
    if (n_bytes <= scratch.stride) return STATUS_OK;
    const size_t stride = checked_add_or_max(n_bytes, ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    size_t all;
    const bool fits = checked_mul(stride, (size_t)parallel_n_threads(), &all) && stride >= n_bytes;
    unsigned char *memory = fits ? aligned_alloc(ALIGNMENT, all) : NULL;
    if (!memory)
        return status_fail(STATUS_NO_MEMORY, "Not enough memory for %zu KiB of scratch a thread.", n_bytes >> 10);
    free(scratch.memory);
    scratch.memory = memory;
    scratch.stride = stride;
    return STATUS_OK;
}

void *parallel_scratch(int thread) { return scratch.memory + scratch.stride * (size_t)thread; }
