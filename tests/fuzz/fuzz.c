// One input, and the time that it takes: that of the processor, since others may be at work on the machine.
#include "fuzz.h"

#include <time.h>

enum { MOST_SECONDS = 10 };

static double seconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
    const double begin = seconds();
    fuzz_one(bytes, size);
    const double taken = seconds() - begin;
    if (taken < MOST_SECONDS) return 0;
    fprintf(stderr, "tests/fuzz/fuzz.c:%d: broken: an input of %zu bytes took %.1f s\n", __LINE__, size, taken);
    abort();
}
