// The parser's state: one pointer, a depth, and one bit for each open object or array.
#include "core/json.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/utf8.h"

enum { MAX_NUMBER_BYTES = 64 };

void json_fail(Json *json, const char *expected) {
    if (json->status) return;
    const size_t at = (size_t)(json->at - json->begin);
    if (json->at >= json->end) {
        json->status =
            status_fail(STATUS_BAD_FORMAT, "Expected %s in %s but it ends at byte %zu.", expected, json->what, at);
    } else if (*json->at > ' ' && *json->at < 0x7F) {
        json->status = status_fail(STATUS_BAD_FORMAT, "Expected %s in %s but found \"%c\" at byte %zu.", expected,
                                   json->what, *json->at, at);
    } else {
        json->status = status_fail(STATUS_BAD_FORMAT, "Expected %s in %s but found the byte 0x%02x at byte %zu.",
                                   expected, json->what, (unsigned char)*json->at, at);
    }
}

static bool expect(Json *json, bool is_there, const char *expected) {
    if (!is_there) json_fail(json, expected);
    return is_there;
}

static void skip_blanks(Json *json) {
    while (json->at < json->end && (*json->at == ' ' || *json->at == '\n' || *json->at == '\t' || *json->at == '\r')) {
        json->at++;
    }
}

// Reads `c` if it comes next.
static bool take(Json *json, char c) {
    if (json->status) return false;
    skip_blanks(json);
    if (json->at >= json->end || *json->at != c) return false;
    json->at++;
    return true;
}

static bool take_word(Json *json, const char *word) {
    const size_t n = strlen(word);
    if (json->status) return false;
    skip_blanks(json);
    if ((size_t)(json->end - json->at) < n || memcmp(json->at, word, n) != 0) return false;
    json->at += n;
    return true;
}

Json json_open(const char *text, size_t size, const char *what) {
    Json json = {.begin = text, .at = text, .end = text + size, .what = what};
    if (size >= 3 && !memcmp(text, "\xEF\xBB\xBF", 3)) json.at += 3;
    return json;
}

JsonType json_type(Json *json) {
    if (json->status) return JSON_NOTHING;
    skip_blanks(json);
    if (json->at >= json->end) return JSON_NOTHING;
    switch (*json->at) {
        case '{': return JSON_OBJECT;
        case '[': return JSON_ARRAY;
        case '"': return JSON_STRING;
        case 't':
        case 'f': return JSON_BOOL;
        case 'n': return JSON_NULL;
        default: return *json->at == '-' || (*json->at >= '0' && *json->at <= '9') ? JSON_NUMBER : JSON_NOTHING;
    }
}

static bool open(Json *json, char c, const char *expected) {
    if (!expect(json, take(json, c), expected)) return false;
    if (json->depth == JSON_MAX_DEPTH) {
        json_fail(json, "at most 64 objects and arrays within one another");
        return false;
    }
    const uint64_t bit = UINT64_C(1) << json->depth++;
    json->is_object = c == '{' ? json->is_object | bit : json->is_object & ~bit;
    json->is_first = true;
    return true;
}

bool json_object(Json *json) { return open(json, '{', "an object"); }

bool json_array(Json *json) { return open(json, '[', "an array"); }

static bool in_object(const Json *json) { return json->is_object >> (json->depth - 1) & 1; }

// Whether another member or element follows; if not, leaves the innermost object or array.
static bool next(Json *json) {
    const bool object = in_object(json);
    if (take(json, object ? '}' : ']')) {
        json->depth--;
        json->is_first = false;
        return false;
    }
    if (!json->is_first && !expect(json, take(json, ','), object ? "\",\" or \"}\"" : "\",\" or \"]\"")) return false;
    json->is_first = false;
    return !json->status;
}

bool json_element(Json *json) {
    if (json->status) return false;
    assert(json->depth > 0 && !in_object(json));
    return next(json);
}

// Four hexadecimal digits, or -1.
static int32_t read_hex(Json *json) {
    int32_t value = 0;
    for (int i = 0; i < 4; i++, json->at++) {
        const char c = json->at < json->end ? *json->at : 0;
        if (c >= '0' && c <= '9')
            value = value << 4 | (c - '0');
        else if (c >= 'a' && c <= 'f')
            value = value << 4 | (c - 'a' + 10);
        else if (c >= 'A' && c <= 'F')
            value = value << 4 | (c - 'A' + 10);
        else
            return -1;
    }
    return value;
}

// The character of an escape after its backslash, or -1.
static int32_t read_escape(Json *json) {
    static const char names[] = "\"\\/bfnrt", codes[] = "\"\\/\b\f\n\r\t";
    const char c = json->at < json->end ? *json->at++ : 0;
    const char *name = c ? strchr(names, c) : NULL;
    if (name) return codes[name - names];
    if (c != 'u') return -1;
    const int32_t code = read_hex(json);
    if (code <= 0 || (code >= 0xDC00 && code <= 0xDFFF)) return -1;
    if (code < 0xD800 || code > 0xDFFF) return code;
    if (json->end - json->at < 2 || json->at[0] != '\\' || json->at[1] != 'u') return -1;
    json->at += 2;
    const int32_t low = read_hex(json);
    return low >= 0xDC00 && low <= 0xDFFF ? 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00) : -1;
}

// Reads a string, into `out` unless it is NULL.
static bool read_string(Json *json, char *out, size_t capacity) {
    size_t n = 0;
    if (!expect(json, take(json, '"'), "a string")) return false;
    for (;;) {
        const char *before = json->at;
        if (json->at >= json->end) break;
        if (*json->at == '"') {
            json->at++;
            if (out) out[n] = 0;
            return true;
        }
        if ((unsigned char)*json->at < ' ') break;
        int32_t code;
        if (*json->at == '\\') {
            json->at++;
            code = read_escape(json);
        } else {
            code = utf8_next(&json->at, json->end);
        }
        if (code < 0) {
            json->at = before;
            break;
        }
        char bytes[UTF8_MAX_BYTES];
        const size_t size = utf8_put(code, bytes);
        if (!out) continue;
        if (n + size >= capacity) {
            json->at = before;
            json_fail(json, "a shorter string");
            return false;
        }
        memcpy(out + n, bytes, size);
        n += size;
    }
    json_fail(json, "the rest of a string");
    return false;
}

bool json_string(Json *json, char *out, size_t capacity) {
    assert(out && capacity > 0);
    return read_string(json, out, capacity);
}

static bool read_key(Json *json, char *key, size_t capacity) {
    if (json->status) return false;
    assert(json->depth > 0 && in_object(json));
    return next(json) && read_string(json, key, capacity) && expect(json, take(json, ':'), "\":\"");
}

bool json_key(Json *json, char *key, size_t capacity) { return read_key(json, key, capacity); }

static const char *skip_digits(const Json *json, const char *at) {
    while (at < json->end && *at >= '0' && *at <= '9') at++;
    return at;
}

// The end of the number at `json->at` by JSON's grammar, or NULL.
static const char *end_of_number(const Json *json) {
    const char *at = json->at, *digits;
    if (at < json->end && *at == '-') at++;
    digits = at;
    at = skip_digits(json, at);
    if (at == digits || (*digits == '0' && at > digits + 1)) return NULL;
    if (at < json->end && *at == '.') {
        digits = ++at;
        at = skip_digits(json, at);
        if (at == digits) return NULL;
    }
    if (at < json->end && (*at == 'e' || *at == 'E')) {
        at++;
        if (at < json->end && (*at == '+' || *at == '-')) at++;
        digits = at;
        at = skip_digits(json, at);
        if (at == digits) return NULL;
    }
    return at;
}

bool json_number(Json *json, double *out) {
    char text[MAX_NUMBER_BYTES + 1];
    if (json->status) return false;
    skip_blanks(json);
    const char *end = end_of_number(json);
    if (!expect(json, end && end - json->at <= MAX_NUMBER_BYTES, "a number of at most 64 characters")) return false;
    const size_t size = (size_t)(end - json->at);
    memcpy(text, json->at, size);
    text[size] = 0;
    const double value = strtod(text, NULL);
    if (!expect(json, isfinite(value), "a finite number")) return false;
    json->at = end;
    *out = value;
    return true;
}

bool json_size(Json *json, size_t *out) {
    size_t value = 0;
    if (json->status) return false;
    skip_blanks(json);
    const char *end = end_of_number(json), *at = json->at;
    if (!expect(json, end && skip_digits(json, at) == end, "a whole number that is not negative")) return false;
    for (; at < end; at++) {
        if (__builtin_mul_overflow(value, (size_t)10, &value) ||
            __builtin_add_overflow(value, (size_t)(*at - '0'), &value)) {
            json_fail(json, "a number that is not absurdly large");
            return false;
        }
    }
    json->at = end;
    *out = value;
    return true;
}

bool json_bool(Json *json, bool *out) {
    *out = take_word(json, "true");
    return *out || expect(json, take_word(json, "false"), "true or false");
}

// Opens an object or array, or reads another value.
static void skip_or_open(Json *json) {
    double number;
    bool truth;
    switch (json_type(json)) {
        case JSON_OBJECT: (void)json_object(json); break;
        case JSON_ARRAY: (void)json_array(json); break;
        case JSON_STRING: (void)read_string(json, NULL, 0); break;
        case JSON_NUMBER: (void)json_number(json, &number); break;
        case JSON_BOOL: (void)json_bool(json, &truth); break;
        case JSON_NULL: (void)expect(json, take_word(json, "null"), "null"); break;
        case JSON_NOTHING: json_fail(json, "a value"); break;
    }
}

bool json_skip(Json *json) {
    const int depth = json->depth;
    do {
        // read_key and json_element return false when they leave an object or array
        if (json->depth == depth || (in_object(json) ? read_key(json, NULL, 0) : json_element(json)))
            skip_or_open(json);
    } while (json->depth > depth && !json->status);
    return !json->status;
}

Status json_close(Json *json) {
    if (json->status) return json->status;
    assert(json->depth == 0);
    skip_blanks(json);
    if (json->at != json->end) json_fail(json, "nothing behind the value");
    return json->status;
}
