// Growable array of code points.
#include "text/code_points.h"

#include <stdlib.h>
#include <string.h>

#include "core/checked.h"
#include "core/utf8.h"

static Status reserve(CodePoints *text, size_t n) {
    size_t size, capacity;
    if (n <= text->capacity) return STATUS_OK;
    capacity = n < 64 ? 64 : n + n / 2;
    int32_t *grown = checked_mul(capacity, sizeof *text->at, &size) ? realloc(text->at, size) : NULL;
    if (!grown) return status_fail(STATUS_NO_MEMORY, "Not enough memory for a text of %zu characters.", n);
    text->at = grown;
    text->capacity = capacity;
    return STATUS_OK;
}

Status code_points_append(CodePoints *text, const int32_t *codes, size_t n) {
    Status status = reserve(text, checked_add_or_max(text->n, n));
    if (status) return status;
    if (n) memcpy(text->at + text->n, codes, n * sizeof *codes);
    text->n += n;
    return STATUS_OK;
}

Status code_points_push(CodePoints *text, int32_t code) { return code_points_append(text, &code, 1); }

Status code_points_decode(const char *text, size_t size, CodePoints *out) {
    CodePoints made = {0};
    const char *end = text + size;
    Status status = reserve(&made, size); // at most one code point a byte
    if (status) return status;
    while (text < end) {
        const int32_t code = utf8_next(&text, end);
        // NOLINTNEXTLINE(clang-analyzer-core.NullDereference): without memory only if there are no bytes
        made.at[made.n++] = code == UTF8_BROKEN ? UTF8_REPLACEMENT : code;
    }
    *out = made;
    return STATUS_OK;
}

void code_points_free(CodePoints *text) {
    free(text->at);
    *text = (CodePoints){0};
}
