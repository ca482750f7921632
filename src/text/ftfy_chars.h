// ftfy's replacements for single characters.
#ifndef TEXT_FTFY_CHARS_H
#define TEXT_FTFY_CHARS_H

#include <stdbool.h>
#include <stdint.h>

enum { FTFY_CHARS_MAX_PARTS = 3 };

// Writes the replacement of `code` to `parts` and returns its length; `next` is the character after it. Replaces C1
// controls, Latin ligatures, full and half wide forms, and curly quotes. Line breaks become "\n"; the first character
// of
// "\r\n" is dropped.
int ftfy_chars_replace(int32_t code, int32_t next, int32_t parts[FTFY_CHARS_MAX_PARTS]);
// Whether ftfy drops the character: control characters and the like.
bool ftfy_chars_is_dropped(int32_t code);

#endif
