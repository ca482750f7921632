// Arithmetic on sizes from files and options. It returns false, or SIZE_MAX, where the result would wrap around.
#ifndef CORE_CHECKED_H
#define CORE_CHECKED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

static inline bool checked_add(size_t a, size_t b, size_t *sum) { return !__builtin_add_overflow(a, b, sum); }
static inline bool checked_mul(size_t a, size_t b, size_t *product) { return !__builtin_mul_overflow(a, b, product); }

// The sum or product, or SIZE_MAX where it would wrap around: for sizes that are compared with a limit or allocated.
static inline size_t checked_add_or_max(size_t a, size_t b) {
    size_t sum;
    return checked_add(a, b, &sum) ? sum : SIZE_MAX;
}
static inline size_t checked_mul_or_max(size_t a, size_t b) {
    size_t product;
    return checked_mul(a, b, &product) ? product : SIZE_MAX;
}

#endif
