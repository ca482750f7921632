// Allocations of libwebp's. One task runs at a time, so that one flag is enough.
#include "image/guard_webp.h"

#include <stdlib.h>

static bool ran_out;

static void *noted(void *memory, size_t size) {
    if (!memory && size) ran_out = true;
    return memory;
}

void *guard_webp_malloc(size_t size) { return noted(malloc(size), size); }
void *guard_webp_calloc(size_t n, size_t size) { return noted(calloc(n, size), n && size); }
void guard_webp_begin(void) { ran_out = false; }
bool guard_webp_ran_out(void) { return ran_out; }
