// Converts the errors of libraries that jump (libpng, libjpeg) to a Status. The only setjmp of the engine.
#ifndef IMAGE_GUARD_H
#define IMAGE_GUARD_H

#include <setjmp.h>

#include "core/status.h"

typedef struct Guard {
    jmp_buf out;
    Status failed; // the first failure; STATUS_OK until then
} Guard;

// Calls run(context), which may call such a library freely, and returns STATUS_OK, or the first failure of all runs of
// `guard`: after one failure nothing runs any more.
MUST_CHECK Status guard_run(Guard *guard, void (*run)(void *context), void *context);

// Leaves the running guard_run with `status`, whose sentence is already written.
__attribute__((noreturn)) void guard_fail(Guard *guard, Status status);

#endif
