// Small integer arithmetic on sizes and indices.
#ifndef CORE_INTS_H
#define CORE_INTS_H

static inline int min(int a, int b) { return a < b ? a : b; }
static inline int max(int a, int b) { return a > b ? a : b; }

// n / by rounded up, and n rounded up to a multiple of `to`. n >= 0; by, to > 0.
static inline int divide_up(int n, int by) { return (n + by - 1) / by; }
static inline int round_up(int n, int to) { return divide_up(n, to) * to; }

#endif
