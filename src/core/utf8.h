// UTF-8, one code point at a time.
#ifndef CORE_UTF8_H
#define CORE_UTF8_H

#include <stddef.h>
#include <stdint.h>

enum { UTF8_BROKEN = -1, UTF8_REPLACEMENT = 0xFFFD, UTF8_MAX_BYTES = 4 };

// The code point at `*at`, which must be before `end`; moves `*at` behind it. Overlong forms, surrogates and code
// points beyond U+10FFFF are broken: UTF8_BROKEN, and `*at` moves behind the longest run of bytes that could have begun
// a code point, at least one, so that writing U+FFFD for each gives what Python's errors='replace' gives (The Unicode
// Standard, table 3-7).
int32_t utf8_next(const char **at, const char *end);

// Writes `code` (not a surrogate, at most U+10FFFF), 1 to UTF8_MAX_BYTES bytes, and returns how many.
size_t utf8_put(int32_t code, char *out);

#endif
