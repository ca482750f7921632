// The record of the last failure.
#include "core/status.h"

#include <stdarg.h>
#include <stdbool.h>

static StatusRecord last = {.facts = "0"};

void status_keep(Reason reason, Status code, const char *format, ...) {
    const bool is_unnamed = reason == REASON_NONE && code == STATUS_NO_MEMORY;
    va_list args;
    va_start(args, format);
    reason_write(is_unnamed ? REASON_NO_MEMORY : reason, last.message, last.facts, format, args);
    va_end(args);
    last.code = code;
}

const char *status_message(void) { return last.message; }

const char *status_facts(void) { return last.facts; }

Status status_last(void) { return last.code; }

StatusRecord status_record(void) { return last; }

Status status_fail_again(const StatusRecord *record) {
    last = *record;
    return last.code;
}
