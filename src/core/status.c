// The one record of the last failure.
#include "core/status.h"

#include <stdarg.h>
#include <stdio.h>

static char message[512];
static Status last = STATUS_OK;

Status status_fail(Status code, const char *format, ...) {
    va_list args;
    va_start(args, format);
    vsnprintf(message, sizeof message, format, args);
    va_end(args);
    last = code;
    return code;
}

const char *status_message(void) { return message; }

Status status_last(void) { return last; }
