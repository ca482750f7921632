// What every harness has: the function that is called with each input, and a way to take numbers off one.
#ifndef TESTS_FUZZ_FUZZ_H
#define TESTS_FUZZ_FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/status.h"

// What a harness does with one input.
void fuzz_one(const uint8_t *bytes, size_t size);

// libFuzzer's name for it, in fuzz.c. Returns 0.
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

// What must hold whatever the input is.
#define MUST(condition)                                                                                 \
    do {                                                                                                \
        if (!(condition)) {                                                                             \
            fprintf(stderr, "%s:%d: broken: %s\n  last sentence: %s\n", __FILE__, __LINE__, #condition, \
                    status_message());                                                                  \
            abort();                                                                                    \
        }                                                                                               \
    } while (0)

// The work went well, or there was too little memory for it; all else is broken.
#define MUST_WORK(status)                                                \
    do {                                                                 \
        const Status must_work_ = (status);                              \
        MUST(must_work_ == STATUS_OK || must_work_ == STATUS_NO_MEMORY); \
    } while (0)

// What is left of the input. Behind its end come zeros.
typedef struct Draw {
    const uint8_t *at;
    size_t left;
} Draw;

static inline Draw draw_from(const uint8_t *bytes, size_t size) { return (Draw){bytes, size}; }

static inline uint8_t draw_byte(Draw *draw) {
    if (!draw->left) return 0;
    draw->left--;
    return *draw->at++;
}

static inline uint64_t draw_bits(Draw *draw, int n_bytes) {
    uint64_t bits = 0;
    for (int i = 0; i < n_bytes; i++) bits |= (uint64_t)draw_byte(draw) << 8 * i;
    return bits;
}

// From `from` to `to`, which are at most 65535 apart.
static inline int draw_int(Draw *draw, int from, int to) {
    const unsigned n = (unsigned)(to - from) + 1;
    return from + (int)((unsigned)draw_bits(draw, n > 256 ? 2 : 1) % n);
}

// Any number, and often one at an edge.
static inline int draw_any_int(Draw *draw) {
    static const int edges[] = {0,   1,   -1,  2,    3,    4,     5,     15,      16,        100,
                                101, 255, 256, 4096, 4097, 65535, 65536, 1 << 20, INT32_MAX, INT32_MIN};
    const size_t n = sizeof edges / sizeof *edges, i = draw_byte(draw);
    return i < n ? edges[i] : i < 128 ? (int)i : (int)(uint32_t)draw_bits(draw, 4);
}

static inline double draw_any_double(Draw *draw) {
    static const double edges[] = {0,    1,      -1,    0.5,   1.5, 0.15, 0.85, 1e6, 1e8, 4294967295.0, 4294967296.0,
                                   1e15, 1.8e19, 1e300, -1e300};
    const size_t n = sizeof edges / sizeof *edges, i = draw_byte(draw);
    if (i < n) return edges[i];
    if (i < 128) return (double)draw_bits(draw, 4);
    const uint64_t bits = draw_bits(draw, 8); // these have infinities and what is not a number
    double value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

static inline float draw_any_float(Draw *draw) {
    static const float edges[] = {0, 1, -1, 0.5f, 1.5f, 0.15f, 0.85f, 1e30f, -1e30f, 1e-40f};
    const size_t n = sizeof edges / sizeof *edges, i = draw_byte(draw);
    if (i < n) return edges[i];
    if (i < 128) return (float)i / 64;
    const uint32_t bits = (uint32_t)draw_bits(draw, 4);
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

// Takes the next `n` bytes off as they are, or as many as there are.
static inline Draw draw_part(Draw *draw, size_t n) {
    const Draw part = {draw->at, n < draw->left ? n : draw->left};
    draw->at += part.left;
    draw->left -= part.left;
    return part;
}

// Makes sure that all of `size` bytes may be read.
static inline void read_all(const void *memory, size_t size) {
    static volatile uint8_t sink;
    const uint8_t *bytes = memory;
    uint8_t sum = 0;
    for (size_t i = 0; i < size; i++) sum ^= bytes[i];
    sink = sum;
    (void)sink;
}

#endif
