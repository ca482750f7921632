// What ftfy makes of single characters.
#ifndef TEXT_FTFY_CHARS_H
#define TEXT_FTFY_CHARS_H

#include <stdbool.h>
#include <stdint.h>

enum { FTFY_CHARS_MAX_PARTS = 3 };

// The characters that `code` becomes, which stands before `next`, in `parts`, and how many these are: C1 controls,
// Latin ligatures, full and half wide forms, curly quotes; line breaks become "\n", and of "\r\n" the first becomes
// none.
int ftfy_chars_replace(int32_t code, int32_t next, int32_t parts[FTFY_CHARS_MAX_PARTS]);
// Whether it is left out: control characters and their like.
bool ftfy_chars_is_dropped(int32_t code);

#endif
