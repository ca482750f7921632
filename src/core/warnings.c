// Sentences, each ended by a newline, in one buffer.
#include "core/warnings.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

// The next newline, or the end.
static size_t line_end(const Bytes *warnings, size_t at) {
    const uint8_t *end = memchr(warnings->data + at, '\n', warnings->size - at);
    return end ? (size_t)(end - warnings->data) : warnings->size;
}

static void add_line(Bytes *warnings, const char *line, size_t size) {
    int n = 0;
    for (size_t at = 0; at < warnings->size; n++) {
        const size_t end = line_end(warnings, at);
        if (end - at == size && !memcmp(warnings->data + at, line, size)) return;
        at = end + 1;
    }
    if (n >= WARNINGS_MOST) return;
    char ended[WARNINGS_MAX_SENTENCE + 1];
    memcpy(ended, line, size);
    ended[size] = '\n';
    if (bytes_append(warnings, ended, size + 1)) return; // the warning is dropped
}

void warnings_add(Bytes *warnings, const char *format, ...) {
    char line[WARNINGS_MAX_SENTENCE];
    va_list args;
    va_start(args, format);
    vsnprintf(line, sizeof line, format, args);
    va_end(args);
    const size_t size = strlen(line);
    for (size_t i = 0; i < size; i++) {
        if (line[i] == '\n') line[i] = ' ';
    }
    add_line(warnings, line, size);
}

void warnings_join(Bytes *warnings, const Bytes *from) {
    for (size_t at = 0; at < from->size;) {
        const size_t end = line_end(from, at), size = end - at;
        add_line(warnings, (const char *)from->data + at, size < WARNINGS_MAX_SENTENCE ? size : WARNINGS_MAX_SENTENCE);
        at = end + 1;
    }
}
