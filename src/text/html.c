// The rules of Python's html.unescape, which are HTML 5's, and of ftfy.
#include "text/html.h"

#include <string.h>

#include "core/utf8.h"
#include "text/html_names.h"
#include "text/unicode.h"

enum { LONGEST_NAME = 33, FTFY_LONGEST = HTML_FTFY_LONGEST - 2, CODE_LIMIT = 0x110000 };

// The text after an "&".
typedef struct Text {
    const int32_t *at;
    size_t n;
} Text;

static int32_t at(Text text, size_t i) { return i < text.n ? text.at[i] : 0; }

static bool is_digit(int32_t c) { return c >= '0' && c <= '9'; }
static int hex_value(int32_t c) {
    if (is_digit(c)) return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}
static bool is_alphanumeric(int32_t c) { return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

// The value of the longest name that `name` begins with, and the name's length; NULL if there is none.
static const char *find_name(const char *name, size_t *length) {
    const char *value = NULL;
    if (*name < 'A' || *name > 'z') return NULL;
    const char *p = html_names + html_name_starts[*name - 'A'], *end = html_names + html_name_starts[*name - 'A' + 1];
    while (p < end && strcmp(p, name) <= 0) { // names are sorted: a prefix of a name comes before it
        const size_t n = strlen(p);
        if (!strncmp(p, name, n)) {
            value = p + n + 1;
            *length = n;
        }
        p += n + 1;
        p += strlen(p) + 1;
    }
    return value;
}

// The value of a name in capitals that only ftfy knows, or NULL.
static const char *find_capitals(const char *name) {
    char small[LONGEST_NAME + 1];
    size_t length = 0, n = strlen(name);
    for (const char *p = html_names + html_name_starts['z' + 1 - 'A']; p < html_names + sizeof html_names - 1;) {
        if (*p == ' ' && !strcmp(p + 1, name)) return p + strlen(p) + 1;
        p += strlen(p) + 1;
        p += strlen(p) + 1;
    }
    for (size_t i = 0; i <= n; i++) {
        if (name[i] >= 'a' && name[i] <= 'z') return NULL;
        small[i] = (char)(name[i] >= 'A' && name[i] <= 'Z' ? name[i] + 'a' - 'A' : name[i]);
    }
    const char *value = find_name(name, &length) ? NULL : find_name(small, &length);
    return value && length == n ? value : NULL;
}

static Status append_utf8(CodePoints *out, const char *text) {
    const char *end = text + strlen(text);
    Status status = STATUS_OK;
    while (text < end && !status) status = code_points_push(out, utf8_next(&text, end));
    return status;
}

// The code point of a number; -1: none.
static int32_t number_value(int32_t number) {
    if (number == 0 || number >= CODE_LIMIT || (number >= 0xD800 && number <= 0xDFFF)) return UTF8_REPLACEMENT;
    if (number >= 0x80 && number <= 0x9F) return unicode_windows_1252(number);
    if (number == '\t' || number == '\n' || number == '\f' || number == '\r') return number;
    if (number < ' ' || number == 0x7F || (number >= 0xFDD0 && number <= 0xFDEF) || (number & 0xFFFE) == 0xFFFE)
        return -1;
    return number;
}

// Reads "#…". The reference's length, 0 if it is none, and its value.
static size_t read_number(Text text, int32_t *value) {
    size_t end = 1;
    int32_t number = 0;
    const int base = at(text, end) == 'x' || at(text, end) == 'X' ? 16 : 10;
    if (base == 16) end++;
    const size_t begin = end;
    for (;; end++) {
        const int digit = hex_value(at(text, end));
        if (digit < 0 || digit >= base) break;
        if (number < CODE_LIMIT) number = number * base + digit;
    }
    if (end == begin) return 0;
    if (at(text, end) == ';') end++;
    *value = number_value(number);
    return end;
}

// Whether ftfy would touch it: &#?[0-9A-Za-z]{1,24};
static bool is_whole(Text text) {
    const size_t begin = at(text, 0) == '#';
    size_t end = begin;
    while (is_alphanumeric(at(text, end)) && end - begin <= FTFY_LONGEST) end++;
    return end > begin && end - begin <= FTFY_LONGEST && at(text, end) == ';';
}

static Status unescape_number(Text text, HtmlRules rules, CodePoints *out, size_t *length) {
    int32_t number;
    const size_t size = read_number(text, &number);
    if (!size || (rules == HTML_AS_FTFY && (at(text, size - 1) != ';' || number == ';'))) return STATUS_OK;
    *length = size;
    return number < 0 ? STATUS_OK : code_points_push(out, number);
}

static Status unescape_name(Text text, HtmlRules rules, CodePoints *out, size_t *length) {
    char name[LONGEST_NAME + 1];
    size_t n = 0;
    for (; n < LONGEST_NAME && is_alphanumeric(at(text, n)); n++) name[n] = (char)at(text, n);
    if (n < LONGEST_NAME && at(text, n) == ';') name[n++] = ';';
    name[n] = 0;
    const char *value = find_name(name, length);
    if (rules == HTML_AS_FTFY && (!value || *length != n)) {
        value = find_capitals(name);
        *length = n;
    }
    if (!value) *length = 0;
    return value ? append_utf8(out, value) : STATUS_OK;
}

Status html_reference(const int32_t *codes, size_t n, HtmlRules rules, CodePoints *out, size_t *length) {
    const Text text = {codes, n};
    *length = 0;
    if (rules == HTML_AS_FTFY && !is_whole(text)) return STATUS_OK;
    return (at(text, 0) == '#' ? unescape_number : unescape_name)(text, rules, out, length);
}

Status html_unescape(CodePoints *text, HtmlRules rules) {
    CodePoints made = {0};
    Status status = STATUS_OK;
    for (size_t i = 0; i < text->n && !status; i++) {
        size_t length = 0;
        if (text->at[i] == '&') status = html_reference(text->at + i + 1, text->n - i - 1, rules, &made, &length);
        if (length)
            i += length;
        else if (!status)
            status = code_points_push(&made, text->at[i]);
    }
    code_points_free(text);
    *text = made;
    return status;
}
