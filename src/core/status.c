// The one record of the last failure.
#include "core/status.h"

#include <stdarg.h>

static StatusRecord last = {.facts = "0"};

Status status_fail(Status code, const char *format, ...) {
    va_list args;
    va_start(args, format);
    reason_write(code == STATUS_NO_MEMORY ? REASON_NO_MEMORY : REASON_NONE, last.message, last.facts, format, args);
    va_end(args);
    last.code = code;
    return code;
}

Status status_fail_for(Reason reason, Status code, const char *format, ...) {
    va_list args;
    va_start(args, format);
    reason_write(reason, last.message, last.facts, format, args);
    va_end(args);
    last.code = code;
    return code;
}

const char *status_message(void) { return last.message; }

const char *status_facts(void) { return last.facts; }

Status status_last(void) { return last.code; }

StatusRecord status_record(void) { return last; }

Status status_fail_again(const StatusRecord *record) {
    last = *record;
    return last.code;
}
