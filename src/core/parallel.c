// A thin layer over pthreadpool, which runs everything on the caller in builds without threads.
#include "core/parallel.h"

#include <pthreadpool.h>
#include <stddef.h>

static pthreadpool_t pool;

Status parallel_start(int n_threads) {
    if (n_threads < 1) return status_fail(STATUS_BAD_ARGUMENT, "Expected at least 1 thread but received %d.", n_threads);
    parallel_stop();
    if (n_threads == 1) return STATUS_OK;
    pool = pthreadpool_create((size_t)n_threads);
    if (!pool) return status_fail(STATUS_NO_MEMORY, "Could not start %d threads.", n_threads);
    return STATUS_OK;
}

void parallel_stop(void) {
    pthreadpool_destroy(pool);
    pool = NULL;
}

int parallel_n_threads(void) { return (int)pthreadpool_get_threads_count(pool); }

ParallelPool parallel_pool(void) { return pool; }

typedef struct Loop {
    void (*body)(void *context, int i);
    void *context;
} Loop;

static void run_body(void *argument, size_t i) {
    const Loop *loop = argument;
    loop->body(loop->context, (int)i);
}

void parallel_for(void (*body)(void *context, int i), void *context, int n) {
    if (n <= 0) return;
    Loop loop = {body, context};
    pthreadpool_parallelize_1d(pool, run_body, &loop, (size_t)n, PTHREADPOOL_FLAG_DISABLE_DENORMALS);
}
