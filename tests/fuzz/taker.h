// What the harnesses of both formats of weights give to a sink: memory for the tensor under way, which is read and
// given back when it is there.
#ifndef TESTS_FUZZ_TAKER_H
#define TESTS_FUZZ_TAKER_H

#include "core/status.h"
#include "fuzz.h"
#include "weights/tensor_table.h"

enum { MAX_TENSOR = 1 << 20 };

typedef struct Taker {
    uint8_t *memory; // for the tensor under way
    int n_placed;
} Taker;

static inline Status taker_check(const TensorSpec *spec) {
    if (spec->bytes <= MAX_TENSOR) return STATUS_OK;
    return status_fail(STATUS_UNSUPPORTED, "A tensor is larger than the harness wants.");
}

// `context`: a struct that begins with a Taker.
static inline Status taker_placed(void *context, const TensorSpec *spec) {
    Taker *taker = context;
    read_all(taker->memory, spec->bytes);
    free(taker->memory);
    taker->memory = NULL;
    return STATUS_OK;
}

#endif
