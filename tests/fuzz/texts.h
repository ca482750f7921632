// Texts and vocabularies for the harnesses of tokenizers.
#ifndef TESTS_FUZZ_TEXTS_H
#define TESTS_FUZZ_TEXTS_H

#include "core/bytes.h"
#include "fuzz.h"
#include "text/clip_merges.h"

enum { TEXTS_LONG = 200000 }; // bytes of a long text: enough for what is quadratic to show

// The rest of the input as a text, in memory of just that size. One of sixteen is long: its end is repeated, so that
// what takes more than its share of time shows.
static inline char *texts_draw(Draw *draw, size_t *size) {
    const bool is_long = draw_byte(draw) % 16 == 15;
    const Draw first = draw_part(draw, is_long ? draw_byte(draw) : 0), unit = *draw;
    const size_t n_units = !unit.left ? 0 : is_long ? TEXTS_LONG / unit.left : 1;
    char *text = malloc(first.left + n_units * unit.left + 1);
    if (!text) abort();
    if (first.left) memcpy(text, first.at, first.left);
    for (size_t i = 0; i < n_units; i++) memcpy(text + first.left + i * unit.left, unit.at, unit.left);
    *size = first.left + n_units * unit.left;
    char *exact = realloc(text, *size ? *size : 1);
    return exact ? exact : text;
}

static inline void texts_add(Bytes *file, const char *text) {
    if (bytes_append(file, text, strlen(text))) abort();
}

// A merges.txt of full length: all pairs of letters and digits, then all rows of three, then some at a word's end.
static inline Bytes texts_merges(void) {
    static const char letters[] = "etaoinshrdlcumwfgypbvkjxqz0123456789";
    enum { N = sizeof letters - 1, PAIRS = N * N, TRIPLES = N * N * N };
    Bytes file = {0};
    texts_add(&file, "#version: 0.2\n");
    for (int i = 0; i < CLIP_N_MERGES; i++) {
        char line[16];
        const int k = i < PAIRS ? i : (i - PAIRS) % TRIPLES;
        const char *end = i < PAIRS + TRIPLES ? "" : "</w>";
        const char a = letters[k / N % N], b = letters[k % N];
        if (i < PAIRS)
            snprintf(line, sizeof line, "%c %c\n", a, b);
        else
            snprintf(line, sizeof line, "%c%c %c%s\n", letters[k / PAIRS], a, b, end);
        texts_add(&file, line);
    }
    return file;
}

// A vocab.txt for BERT.
static inline Bytes texts_pieces(void) {
    static const char *const pieces[] = {
        "[UNK]", "[CLS]", "[SEP]", "the", "girl",           "##s",          "##a",      "##b",        "un",  "##un",
        "a",     "b",     "!",     "#",   "##\xE3\x81\x82", "\xE5\x88\x9D", "\xC3\xA9", "##\xC3\xA9", "a##b"};
    Bytes file = {0};
    for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++) {
        texts_add(&file, pieces[i]);
        texts_add(&file, "\n");
    }
    return file;
}

#endif
