// The fixes of ftfy, one line of the text after the other, each line until nothing changes any more.
#include "text/ftfy.h"

#include <stdbool.h>
#include <string.h>

#include "text/ftfy_chars.h"
#include "text/ftfy_layers.h"
#include "text/html.h"
#include "text/unicode.h"

enum { ESCAPE = 0x1B };

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
        int32_t parts[FTFY_CHARS_MAX_PARTS];
        const int n = ftfy_chars_replace(text->at[i], i + 1 < text->n ? text->at[i + 1] : 0, parts);
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
        if (!escape && !ftfy_chars_is_dropped(text->at[i])) text->at[n++] = text->at[i];
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

static Status pass(CodePoints *line, bool has_references) {
    Status status = has_references ? html_unescape(line, HTML_AS_FTFY) : STATUS_OK;
    if (!status) status = replace(line);
    if (status) return status;
    drop(line);
    return unicode_nfc(line);
}

// References may be nested; each pass resolves one layer. After two passes, the others run only on places that changed.
static Status fix_line(CodePoints *line, bool has_references) {
    enum { WHOLE_PASSES = 2 };
    CodePoints before = {0};
    Status status = STATUS_OK;
    for (int n = 0; !status && (n == 0 || !equal(&before, line)); n++) {
        before.n = 0;
        if (n == WHOLE_PASSES && has_references) status = ftfy_layers_resolve(line);
        if (!status) status = code_points_append(&before, line->at, line->n);
        if (!status) status = pass(line, has_references);
    }
    code_points_free(&before);
    return status;
}

Status ftfy_fix(CodePoints *text) {
    CodePoints made = {0}, line = {0};
    Status status = STATUS_OK;
    bool has_references = true; // until a "<" shows that the text is HTML
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
