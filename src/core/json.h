// A JSON pull parser (RFC 8259): the caller reads one value after the other. It builds no tree, allocates nothing, does
// not recurse, and never reads outside the text. After the first error every function returns false, so loops end and
// only json_close has to be checked.
//
//     Json json = json_open(text, size, "the header");
//     json_object(&json);
//     while (json_key(&json, key, sizeof key)) {
//         if (!strcmp(key, "rows")) json_size(&json, &rows);
//         else json_skip(&json);
//     }
//     return json_close(&json);
#ifndef CORE_JSON_H
#define CORE_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/status.h"

enum { JSON_MAX_DEPTH = 64 };

typedef enum JsonType {
    JSON_NOTHING, // the end of the text, or an error
    JSON_OBJECT,
    JSON_ARRAY,
    JSON_STRING,
    JSON_NUMBER,
    JSON_BOOL,
    JSON_NULL,
} JsonType;

typedef struct Json {
    const char *begin, *at, *end;
    const char *what;   // for error messages, e.g. "the header"; not copied
    int depth;          // the number of open objects and arrays
    uint64_t is_object; // bit i: whether depth i is an object
    bool is_first;      // no member or element of the innermost has been read yet
    Status status;
} Json;

// `text` is not copied, need not end with a zero, and may begin with a byte order mark.
Json json_open(const char *text, size_t size, const char *what);

// The type of the next value, without reading it.
JsonType json_type(Json *json);

// Opens an object; then json_key returns true for each member, with its key in `key` of `capacity` bytes, terminated,
// and false behind the last one. The value must be read, or skipped, before the next call. Keys may repeat.
bool json_object(Json *json);
bool json_key(Json *json, char *key, size_t capacity);

// Opens an array; then json_element returns true for each element, which must be read before the next call.
bool json_array(Json *json);
bool json_element(Json *json);

// A string as UTF-8, terminated. One that needs more than `capacity` bytes or holds U+0000, a surrogate without its
// partner or bytes that are not UTF-8 is an error.
bool json_string(Json *json, char *out, size_t capacity);
bool json_number(Json *json, double *out); // finite
bool json_size(Json *json,
               size_t *out); // a whole number without sign, fraction or exponent that a size_t holds, exactly
bool json_bool(Json *json, bool *out);
// Skips any value; use it for null too.
bool json_skip(Json *json);

// Records an error of the caller: "Expected {expected} in {what} but found …". Keeps an earlier error.
void json_fail(Json *json, const char *expected);

// Returns the first error; text after the value is an error too.
MUST_CHECK Status json_close(Json *json);

#endif
