// UTF-8, one code point at a time.
#ifndef CORE_UTF8_H
#define CORE_UTF8_H

#include <stddef.h>
#include <stdint.h>

enum { UTF8_BROKEN = -1, UTF8_REPLACEMENT = 0xFFFD, UTF8_MAX_BYTES = 4 };

// Returns the code point at `*at`, which must be before `end`, and moves `*at` past it. UTF8_BROKEN: the bytes are not
// UTF-8, also for overlong forms, surrogates and code points beyond U+10FFFF. Then `*at` moves past the longest run of
// bytes that could begin a code point, and at least one byte. So U+FFFD for each UTF8_BROKEN gives the same text as
// Python's errors='replace' (The Unicode Standard, table 3-7).
int32_t utf8_next(const char **at, const char *end);

// Writes `code` (not a surrogate, at most U+10FFFF), 1 to UTF8_MAX_BYTES bytes, and returns how many.
size_t utf8_put(int32_t code, char *out);

#endif
