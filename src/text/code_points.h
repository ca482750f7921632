// A text as an array of code points that grows.
#ifndef TEXT_CODE_POINTS_H
#define TEXT_CODE_POINTS_H

#include <stddef.h>
#include <stdint.h>

#include "core/status.h"

typedef struct CodePoints {
    int32_t *at; // owned
    size_t n, capacity;
} CodePoints;

// Decodes UTF-8; invalid bytes become U+FFFD, as with Python's errors='replace'. `out` is written only on STATUS_OK.
MUST_CHECK Status code_points_decode(const char *text, size_t size, CodePoints *out);

// Appends `n` code points.
MUST_CHECK Status code_points_append(CodePoints *text, const int32_t *codes, size_t n);
MUST_CHECK Status code_points_push(CodePoints *text, int32_t code);

// Accepts a zeroed one and leaves one.
void code_points_free(CodePoints *text);

#endif
