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
    bool is_first;      // no member or element of the innermost object or array has been read yet
    Status status;
} Json;

// `text` is not copied, needs no terminating zero, and may begin with a byte order mark.
Json json_open(const char *text, size_t size, const char *what);

// The type of the next value, without reading it.
JsonType json_type(Json *json);

// Opens an object. Then json_key returns true for each member and writes its key, terminated, to `key` of `capacity`
// bytes; a longer key is an error. The value must be read, or skipped, before the next call. After the last member
// json_key returns false and leaves the object. Keys may repeat.
bool json_object(Json *json);
bool json_key(Json *json, char *key, size_t capacity);

// The same for an array. Each element must be read, or skipped, before the next call.
bool json_array(Json *json);
bool json_element(Json *json);

// Reads a string as UTF-8, terminated. It is an error if it needs more than `capacity` bytes, or has U+0000, an
// unpaired surrogate or bytes that are not UTF-8.
bool json_string(Json *json, char *out, size_t capacity);
// Reads a number, which must be finite as a double.
bool json_number(Json *json, double *out);
// Reads a whole number exactly. It is an error if it has a sign, a fraction or an exponent, or exceeds SIZE_MAX.
bool json_size(Json *json, size_t *out);
bool json_bool(Json *json, bool *out);
// Skips any value; use it for null too.
bool json_skip(Json *json);

// Records an error that the caller has found: "Expected {expected} in {what} but found …". An earlier error stays.
void json_fail(Json *json, const char *expected);

// Returns the first error. Text after the value is an error too.
MUST_CHECK Status json_close(Json *json);

#endif
