// The facts are printed from the sentence's arguments, with a format that has only the sentence's conversions.
#include "core/reason.h"

#include <stdio.h>
#include <string.h>

// Makes "\t%s\t%u" of "The %s has %u rows.". A `*` and its conversion stay together, so that each takes the same
// arguments as in the sentence.
static void values_of(const char *format, char *values) {
    size_t n = 0;
    for (const char *at = format; (at = strchr(at, '%'));) {
        const size_t length = at[1] == '%' ? 2 : strcspn(at, "diouxXeEfFgGcsp") + 1;
        if (n + length + 1 >= REASON_MAX_BYTES) break;
        if (at[1] != '%') {
            values[n++] = '\t';
            memcpy(values + n, at, length);
            n += length;
        }
        at += length;
    }
    values[n] = '\0';
}

void reason_write(Reason reason, char *sentence, char *facts, const char *format, va_list args) {
    char values[REASON_MAX_BYTES];
    values_of(format, values);
    const int n = snprintf(facts, REASON_MAX_BYTES, "%d", (int)reason);
    va_list again;
    va_copy(again, args);
    vsnprintf(sentence, REASON_MAX_BYTES, format, args);
    vsnprintf(facts + n, (size_t)(REASON_MAX_BYTES - n), values, again);
    va_end(again);
}
