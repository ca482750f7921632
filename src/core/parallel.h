// The engine's only thread pool.
#ifndef CORE_PARALLEL_H
#define CORE_PARALLEL_H

#include <stddef.h>

#include "core/status.h"

typedef struct pthreadpool *ParallelPool;

enum { PARALLEL_MAX_THREADS = 1024 };

// Starts the pool with `n_threads` threads, 1 to PARALLEL_MAX_THREADS, including the caller. A build without threads
// always has one. A second call replaces the pool. STATUS_BAD_ARGUMENT: out of range, and all stays as it was;
// STATUS_NO_MEMORY: the caller works alone.
MUST_CHECK Status parallel_start(int n_threads);
void parallel_stop(void);
int parallel_n_threads(void);
// The pool for XNNPACK's operators, which tests time beside ours. NULL: one thread, or before parallel_start.
ParallelPool parallel_pool(void);

// Calls body(context, i) once for each i in [0, n), on all threads, and returns when all are done. The output of a body
// must not depend on its thread or on the order of calls.
void parallel_for(void (*body)(void *context, int i), void *context, int n);
// The same, but the body gets its thread in [0, parallel_n_threads()), whose scratch it may use.
void parallel_for_thread(void (*body)(void *context, int i, int thread), void *context, int n);

// The same two for bodies that touch about `values` floats each. If the whole loop is less work than waking the other
// threads, it runs on the caller alone, as thread 0.
void parallel_for_light(void (*body)(void *context, int i), void *context, int n, size_t values);
void parallel_for_thread_light(void (*body)(void *context, int i, int thread), void *context, int n, size_t values);

// Scratch memory of each thread, shared by all kernels, which run one after the other. A kernel reserves the bytes that
// it needs when it is planned. The contents are undefined when it starts. A reservation never becomes smaller.
// STATUS_NO_MEMORY: the earlier reservation stays.
MUST_CHECK Status parallel_reserve_scratch(size_t n_bytes);
// A thread's scratch memory, aligned to 64 bytes.
void *parallel_scratch(int thread);

#endif
