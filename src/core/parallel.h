// The one thread pool of the engine, ours and XNNPACK's.
#ifndef CORE_PARALLEL_H
#define CORE_PARALLEL_H

#include <stddef.h>

#include "core/status.h"

typedef struct pthreadpool *ParallelPool;

enum { PARALLEL_MAX_THREADS = 1024 };

// Starts the pool with `n_threads` threads, at most PARALLEL_MAX_THREADS, the caller's included; a build without
// threads always has one. A second call replaces the first pool.
MUST_CHECK Status parallel_start(int n_threads);
void parallel_stop(void);
int parallel_n_threads(void);
// What XNNPACK's operators take. NULL, one thread, before parallel_start.
ParallelPool parallel_pool(void);

// Calls body(context, i) once for each i in [0, n), on all threads, and returns when all are done. What a body writes
// must not depend on which thread runs it, nor in which order.
void parallel_for(void (*body)(void *context, int i), void *context, int n);
// The same, and tells the body on which thread in [0, parallel_n_threads()) it runs: whose scratch it may use.
void parallel_for_thread(void (*body)(void *context, int i, int thread), void *context, int n);

// The same two for bodies that touch about `values` floats each: where all of them together are less work than waking
// the other threads, they run on the caller alone, as thread 0.
void parallel_for_light(void (*body)(void *context, int i), void *context, int n, size_t values);
void parallel_for_thread_light(void (*body)(void *context, int i, int thread), void *context, int n, size_t values);

// Scratch memory of each thread, the same for all that run in turn: a kernel reserves what it needs when it is planned
// and finds there what the last one left. Reserving never takes anything away from an earlier reservation.
MUST_CHECK Status parallel_reserve_scratch(size_t n_bytes);
// Aligned to 64 bytes.
void *parallel_scratch(int thread);

#endif
