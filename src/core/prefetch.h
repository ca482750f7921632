// WebAssembly has no prefetch. A plain load of each cache line does as well, if nothing is computed in between: the
// processor waits for many of them at once, but for each alone where it computes with the values.
#ifndef CORE_PREFETCH_H
#define CORE_PREFETCH_H

#include <stddef.h>

enum { PREFETCH_LINE = 16 }; // floats

// Brings n floats from p on into the caches. Best are 16 KiB at a time, a half of the usual first-level cache.
static inline void prefetch_floats(const float *p, size_t n) {
    const volatile float *line = p;
    for (size_t i = 0; i < n; i += PREFETCH_LINE) (void)line[i];
}

#endif
