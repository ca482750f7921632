// Sentences and their facts, a line each, in one buffer.
#include "core/warnings.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

// The index of the next newline.
static size_t line_end(const Bytes *warnings, size_t at) {
    const uint8_t *end = memchr(warnings->data + at, '\n', warnings->size - at);
    return (size_t)(end - warnings->data);
}

// `line` of `size` bytes ends with a newline.
static void add_line(Bytes *warnings, const char *line, size_t size) {
    int n = 0;
    for (size_t at = 0; at < warnings->size; n++) {
        const size_t end = line_end(warnings, at) + 1;
        if (end - at == size && !memcmp(warnings->data + at, line, size)) return;
        at = end;
    }
    if (n >= WARNINGS_MOST) return;
    if (bytes_append(warnings, line, size)) return; // the warning is dropped
}

static void replace_ends(char *text, bool with_tabs) {
    for (; *text; text++) {
        if (*text == '\n' || (with_tabs && *text == '\t')) *text = ' ';
    }
}

void warnings_add(Bytes *warnings, Reason reason, const char *format, ...) {
    char sentence[REASON_MAX_BYTES], facts[REASON_MAX_BYTES], line[WARNINGS_MAX_LINE + 1];
    va_list args;
    va_start(args, format);
    reason_write(reason, sentence, facts, format, args);
    va_end(args);
    replace_ends(sentence, true);
    replace_ends(facts, false);
    const int size = snprintf(line, sizeof line, "%s\t%s\n", sentence, facts);
    add_line(warnings, line, (size_t)size);
}

void warnings_join(Bytes *warnings, const Bytes *from) {
    for (size_t at = 0; at < from->size;) {
        const size_t end = line_end(from, at) + 1;
        add_line(warnings, (const char *)from->data + at, end - at);
        at = end;
    }
}
