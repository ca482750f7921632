// What is not as it should be, though the work goes on: sentences that a person reads beside the result.
#ifndef CORE_WARNINGS_H
#define CORE_WARNINGS_H

#include "core/bytes.h"

enum { WARNINGS_MAX_SENTENCE = 512 }; // bytes; a longer one is cut off

// Appends the sentence `format…` and a newline to `warnings`, unless it is there already. Where there is no memory for
// it, or WARNINGS_MOST of them are there, it is lost: a warning never stops the work. One with a newline in it becomes
// one line.
enum { WARNINGS_MOST = 32 };
void warnings_add(Bytes *warnings, const char *format, ...) __attribute__((format(printf, 2, 3)));
// Appends all that are in `from`.
void warnings_join(Bytes *warnings, const Bytes *from);

#endif
