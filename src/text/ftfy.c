// The fixes of ftfy, one line of the text after the other, each line until nothing changes any more.
#include "text/ftfy.h"

#include <stdbool.h>
#include <string.h>

#include "text/html.h"
#include "text/unicode.h"

enum { ESCAPE = 0x1B, IDEOGRAPHIC_SPACE = 0x3000, FULL_WIDTH_MACRON = 0xFFE3, MAX_PARTS = 3 };

static int ligature(int32_t code, int32_t parts[MAX_PARTS]) {
    static const struct {
        int32_t code, parts[MAX_PARTS];
    } ligatures[] = {
        {0x132, {'I', 'J'}},
        {0x133, {'i', 'j'}},
        {0x149, {0x2BC, 'n'}},
        {0x1C4, {'D', 0x17D}},
        {0x1C5, {'D', 0x17E}},
        {0x1C6, {'d', 0x17E}},
        {0x1C7, {'L', 'J'}},
        {0x1C8, {'L', 'j'}},
        {0x1C9, {'l', 'j'}},
        {0x1CA, {'N', 'J'}},
        {0x1CB, {'N', 'j'}},
        {0x1CC, {'n', 'j'}},
        {0x1F1, {'D', 'Z'}},
        {0x1F2, {'D', 'z'}},
        {0x1F3, {'d', 'z'}},
        {0xFB00, {'f', 'f'}},
        {0xFB01, {'f', 'i'}},
        {0xFB02, {'f', 'l'}},
        {0xFB03, {'f', 'f', 'i'}},
        {0xFB04, {'f', 'f', 'l'}},
        {0xFB05, {0x17F, 't'}},
        {0xFB06, {'s', 't'}},
        {FULL_WIDTH_MACRON, {' ', 0x304}},
    };
    for (size_t i = 0; i < sizeof ligatures / sizeof *ligatures; i++) {
        if (ligatures[i].code != code) continue;
        memcpy(parts, ligatures[i].parts, sizeof ligatures[i].parts);
        return parts[2] ? 3 : 2;
    }
    return 0;
}

static int32_t straight_quote(int32_t code) {
    if (code == 0x2BC || (code >= 0x2018 && code <= 0x201B)) return '\'';
    return code >= 0x201C && code <= 0x201F ? '"' : code;
}

static bool is_dropped(int32_t c) {
    return (c < ' ' && c != '\t' && c != '\n' && c != '\f' && c != '\r') || c == 0x7F || (c >= 0x206A && c <= 0x206F) ||
           c == 0xFEFF || (c >= 0xFFF9 && c <= 0xFFFC);
}

// The length of "ESC [ digits and semicolons letter" at `i`, or 0.
static size_t terminal_escape(const CodePoints *text, size_t i) {
    size_t end = i + 2;
    if (end >= text->n || text->at[i] != ESCAPE || text->at[i + 1] != '[') return 0;
    while (end < text->n && (text->at[end] == ';' || (text->at[end] >= '0' && text->at[end] <= '9'))) end++;
    if (end >= text->n) return 0;
    const int32_t c = text->at[end] | 0x20;
    return c >= 'a' && c <= 'z' ? end + 1 - i : 0;
}

// Characters that become others, each for itself; line breaks become "\n".
static Status replace(CodePoints *text) {
    CodePoints made = {0};
    Status status = STATUS_OK;
    for (size_t i = 0; i < text->n && !status; i++) {
        int32_t parts[MAX_PARTS], code = unicode_windows_1252(text->at[i]);
        int n = ligature(code, parts);
        if (n == 0) {
            code = straight_quote(code == IDEOGRAPHIC_SPACE ? ' ' : unicode_narrow(code));
            if (code == '\r' && i + 1 < text->n && text->at[i + 1] == '\n') continue;
            parts[n++] = code == '\r' || code == 0x2028 || code == 0x2029 ? '\n' : code;
        } else {
            parts[0] = straight_quote(parts[0]);
        }
        status = code_points_append(&made, parts, (size_t)n);
    }
    code_points_free(text);
    *text = made;
    return status;
}

static void drop(CodePoints *text) {
    size_t n = 0;
    for (size_t i = 0; i < text->n;) {
        const size_t escape = terminal_escape(text, i);
        if (!escape && !is_dropped(text->at[i])) text->at[n++] = text->at[i];
        i += escape ? escape : 1;
    }
    text->n = n;
}

static bool contains(const CodePoints *text, int32_t code) {
    for (size_t i = 0; i < text->n; i++) {
        if (text->at[i] == code) return true;
    }
    return false;
}

static bool equal(const CodePoints *a, const CodePoints *b) {
    return a->n == b->n && (!a->n || !memcmp(a->at, b->at, a->n * sizeof *a->at));
}

static Status fix_line(CodePoints *line, bool has_references) {
    CodePoints before = {0};
    Status status;
    do {
        before.n = 0;
        status = code_points_append(&before, line->at, line->n);
        if (!status && has_references) status = html_unescape(line, HTML_AS_FTFY);
        if (!status) status = replace(line);
        if (status) break;
        drop(line);
        status = unicode_nfc(line);
    } while (!status && !equal(&before, line));
    code_points_free(&before);
    return status;
}

Status ftfy_fix(CodePoints *text) {
    CodePoints made = {0}, line = {0};
    Status status = STATUS_OK;
    bool has_references = true; // until a "<" says that this is HTML itself
    for (size_t begin = 0, end; begin < text->n && !status; begin = end) {
        for (end = begin; end < text->n && text->at[end] != '\n';) end++;
        if (end < text->n) end++;
        line.n = 0;
        status = code_points_append(&line, text->at + begin, end - begin);
        if (contains(&line, '<')) has_references = false;
        if (!status) status = fix_line(&line, has_references);
        if (!status) status = code_points_append(&made, line.at, line.n);
    }
    code_points_free(&line);
    code_points_free(text);
    *text = made;
    return status;
}
