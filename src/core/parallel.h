// The one thread pool of the engine, ours and XNNPACK's.
#ifndef CORE_PARALLEL_H
#define CORE_PARALLEL_H

#include "core/status.h"

typedef struct pthreadpool *ParallelPool;

// Starts the pool with `n_threads` threads, the caller's included. A second call replaces the first pool.
MUST_CHECK Status parallel_start(int n_threads);
void parallel_stop(void);
int parallel_n_threads(void);
// What XNNPACK's operators take. NULL, one thread, before parallel_start.
ParallelPool parallel_pool(void);

// Calls body(context, i) once for each i in [0, n), on all threads, and returns when all are done. What a body writes must not
// depend on which thread runs it, nor in which order.
void parallel_for(void (*body)(void *context, int i), void *context, int n);

#endif
