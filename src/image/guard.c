// The function with setjmp does nothing else, so a jump cannot corrupt its variables.
#include "image/guard.h"

void guard_fail(Guard *guard, Status status) {
    guard->failed = status;
    longjmp(guard->out, 1);
}

Status guard_run(Guard *guard, void (*run)(void *context), void *context) {
    if (guard->failed) return guard->failed;
    if (!setjmp(guard->out)) run(context);
    return guard->failed;
}
