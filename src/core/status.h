// How every layer reports failure. Only loading, planning and coding can fail; kernels return void.
#ifndef CORE_STATUS_H
#define CORE_STATUS_H

#include "core/reason.h"

typedef enum Status {
    STATUS_OK = 0,
    STATUS_NO_MEMORY = 1,
    STATUS_BAD_FORMAT = 2,   // a file or other input is damaged
    STATUS_BAD_ARGUMENT = 3, // an argument is out of range, or names what does not exist
    STATUS_UNSUPPORTED = 4,  // the input is well-formed, but not supported
    STATUS_INTERNAL = 5,     // our own bug
} Status;

#define MUST_CHECK __attribute__((warn_unused_result))

// Records the message for the user, and has the value `code`:
//     return status_fail(STATUS_BAD_FORMAT, "Expected … but found …");
// The message is one sentence that says what was expected and what was found. One message is kept per process, because
// the engine runs one task at a time. It is a macro so that compilers and clang-tidy see that a failure is never
// STATUS_OK; `code` is evaluated twice.
#define status_fail(code, ...) status_fail_for(REASON_NONE, code, __VA_ARGS__)
// The same with a reason, from which a page makes a sentence in its user's language.
#define status_fail_for(reason, code, ...) (status_keep(reason, code, __VA_ARGS__), (code))
void status_keep(Reason reason, Status code, const char *format, ...) __attribute__((format(printf, 3, 4)));

// The message, the facts (see reason_write) and the code of the last failure; "", "0" and STATUS_OK before the first.
// Valid until the next failure.
const char *status_message(void);
const char *status_facts(void);
Status status_last(void);

// A copy of all of that. status_fail_again restores it after another attempt has failed too, and returns its code.
typedef struct StatusRecord {
    Status code;
    char message[REASON_MAX_BYTES], facts[REASON_MAX_BYTES];
} StatusRecord;
StatusRecord status_record(void);
MUST_CHECK Status status_fail_again(const StatusRecord *record);

#endif
