// Warnings: sentences about odd input, which the user reads beside the result. The work goes on.
#ifndef CORE_WARNINGS_H
#define CORE_WARNINGS_H

#include "core/bytes.h"
#include "core/reason.h"

enum { WARNINGS_MOST = 32, WARNINGS_MAX_LINE = 2 * REASON_MAX_BYTES }; // the latter in bytes

// Appends a line to `warnings`, unless it is there already: the sentence `format…`, a tab and its facts (see
// reason_write). It is dropped if there is no memory for it, or if there are WARNINGS_MOST already: a warning never
// stops the work. Tabs and newlines in the sentence become spaces.
void warnings_add(Bytes *warnings, Reason reason, const char *format, ...) __attribute__((format(printf, 3, 4)));
// Appends all warnings of `from`.
void warnings_join(Bytes *warnings, const Bytes *from);

#endif
