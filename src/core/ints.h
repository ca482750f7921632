// Small arithmetic of sizes and places.
#ifndef CORE_INTS_H
#define CORE_INTS_H

static inline int smaller(int a, int b) { return a < b ? a : b; }
static inline int larger(int a, int b) { return a > b ? a : b; }

// Of what is not negative, by what is positive: how many pieces of `by` hold n, and how much they hold.
static inline int divide_up(int n, int by) { return (n + by - 1) / by; }
static inline int round_up(int n, int to) { return divide_up(n, to) * to; }

#endif
