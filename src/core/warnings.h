// Warnings: sentences about odd input, which the user gets with the result. The work goes on.
#ifndef CORE_WARNINGS_H
#define CORE_WARNINGS_H

#include "core/bytes.h"
#include "core/reason.h"

enum { WARNINGS_MOST = 32, WARNINGS_MAX_LINE = 2 * REASON_MAX_BYTES }; // lines; bytes of a line

// Appends a line to `warnings`, unless the same line is there already: the sentence `format…`, a tab and its facts (see
// reason_write). A warning never stops the work: it is dropped if there is no memory for it, or if there are
// WARNINGS_MOST already. Tabs and newlines in the sentence become spaces.
void warnings_add(Bytes *warnings, Reason reason, const char *format, ...) __attribute__((format(printf, 3, 4)));
// Appends all warnings of `from`.
void warnings_join(Bytes *warnings, const Bytes *from);

#endif
