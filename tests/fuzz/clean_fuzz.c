// What is done to a text before it is cut into tokens: character references, ftfy, normalisation form C, lower case.
#include "core/utf8.h"
#include "fuzz.h"
#include "text/ftfy.h"
#include "text/html.h"
#include "text/unicode.h"
#include "texts.h"

static bool is_same(const CodePoints *a, const CodePoints *b) {
    return a->n == b->n && (!a->n || !memcmp(a->at, b->at, a->n * sizeof *a->at));
}

static void check_codes(const CodePoints *text) {
    for (size_t i = 0; i < text->n; i++) {
        char bytes[UTF8_MAX_BYTES];
        const int32_t code = text->at[i];
        MUST(code >= 0 && code <= 0x10FFFF);
        MUST(utf8_put(code, bytes) <= sizeof bytes);
        (void)unicode_class(code);
    }
}

// What is in normalisation form C stays as it is.
static void check_nfc(const CodePoints *text) {
    CodePoints again = {0};
    MUST_WORK(code_points_append(&again, text->at, text->n));
    MUST_WORK(unicode_nfc(&again));
    MUST(is_same(text, &again));
    code_points_free(&again);
}

static Status clean(CodePoints *text, unsigned way) {
    switch (way % 6) {
        case 0: return ftfy_fix(text);
        case 1: return html_unescape(text, HTML_AS_PYTHON);
        case 2: return html_unescape(text, HTML_AS_FTFY);
        case 3: return unicode_lower(text, false);
        case 4: return unicode_lower(text, true);
        default: return unicode_nfc(text);
    }
}

void fuzz_one(const uint8_t *bytes, size_t size) {
    Draw draw = draw_from(bytes, size);
    const unsigned way = draw_byte(&draw);
    size_t n;
    char *text = texts_draw(&draw, &n);
    CodePoints codes = {0};
    MUST_WORK(code_points_decode(text, n, &codes));
    MUST(codes.n <= n);
    MUST_WORK(clean(&codes, way));
    check_codes(&codes);
    if (way % 6 == 0 || way % 6 == 5) check_nfc(&codes);
    code_points_free(&codes);
    free(text);
}
