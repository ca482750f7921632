// Warnings: sentences about odd input, which the user reads beside the result. The work goes on.
#ifndef CORE_WARNINGS_H
#define CORE_WARNINGS_H

#include "core/bytes.h"

enum { WARNINGS_MAX_SENTENCE = 512 }; // bytes; a longer one is cut off

// Appends the sentence `format…` and a newline to `warnings`, unless it is there already. The sentence is dropped if
// there is no memory for it, or if there are WARNINGS_MOST already: a warning never stops the work. A sentence with
// newlines in it becomes one line.
enum { WARNINGS_MOST = 32 };
void warnings_add(Bytes *warnings, const char *format, ...) __attribute__((format(printf, 2, 3)));
// Appends all warnings of `from`.
void warnings_join(Bytes *warnings, const Bytes *from);

#endif
