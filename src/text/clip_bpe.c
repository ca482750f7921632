// OpenAI's simple_tokenizer.py: words by a regular expression, each a row of bytes that are merged by rank.
#include "text/clip_bpe.h"

#include <stdlib.h>
#include <string.h>

#include "core/checked.h"
#include "core/utf8.h"
#include "text/code_points.h"
#include "text/ftfy.h"
#include "text/html.h"
#include "text/unicode.h"

enum { LONG_S = 0x17F, YPOGEGRAMMENI = 0x345 };
static const char start_of_text[] = "<|startoftext|>", end_of_text[] = "<|endoftext|>";

struct ClipBpe {
    ClipMerges merges;
};

// Where ids go.
typedef struct Output {
    int32_t *ids;
    int n;        // the first is CLIP_START
    bool is_full; // there were more
} Output;

static void put_id(Output *out, int32_t id) {
    if (out->n == CLIP_MAX_TOKENS - 1)
        out->is_full = true;
    else
        out->ids[out->n++] = id;
}

// Merges the pairs of lowest rank, all of them in one pass, until none is left. `ranks[i]` is that of symbols i and i
// + 1.
static size_t merge(const ClipMerges *merges, int32_t *symbols, int32_t *ranks, size_t n) {
    for (size_t i = 0; i + 1 < n; i++) ranks[i] = clip_merges_rank(merges, symbols[i], symbols[i + 1]);
    while (n > 1) {
        int32_t lowest = CLIP_NO_MERGE;
        for (size_t i = 0; i + 1 < n; i++) lowest = ranks[i] < lowest ? ranks[i] : lowest;
        if (lowest == CLIP_NO_MERGE) break;
        size_t kept = 0;
        bool was_merged = false;
        for (size_t i = 0; i < n; kept++) {
            const bool is_merged = i + 1 < n && ranks[i] == lowest;
            symbols[kept] = is_merged ? CLIP_FIRST_MERGED + lowest : symbols[i];
            if (kept > 0 && (is_merged || was_merged))
                ranks[kept - 1] = clip_merges_rank(merges, symbols[kept - 1], symbols[kept]);
            else if (kept > 0)
                ranks[kept - 1] = ranks[i - 1];
            was_merged = is_merged;
            i += is_merged ? 2 : 1;
        }
        n = kept;
    }
    return n;
}

// A word of code points to ids. `symbols` and `ranks` have room for UTF8_MAX_BYTES each.
static void encode_word(const ClipMerges *merges, const int32_t *word, size_t n, int32_t *symbols, int32_t *ranks,
                        Output *out) {
    size_t n_symbols = 0;
    for (size_t i = 0; i < n; i++) {
        char bytes[UTF8_MAX_BYTES];
        const size_t size = utf8_put(word[i], bytes);
        for (size_t b = 0; b < size; b++) symbols[n_symbols++] = merges->byte_ids[(unsigned char)bytes[b]];
    }
    symbols[n_symbols - 1] += CLIP_N_BYTES;
    n_symbols = merge(merges, symbols, ranks, n_symbols);
    for (size_t i = 0; i < n_symbols && !out->is_full; i++) put_id(out, symbols[i]);
}

// Whether `word` (ASCII, small letters) stands at `text`; OpenAI's expression ignores case, and the long s is an s to
// it.
static bool begins(const int32_t *text, size_t n, const char *word, ClipCleaning cleaning) {
    for (; *word; word++, text++, n--) {
        if (!n || (*text != *word && !(cleaning == CLIP_AS_OPENAI && *word == 's' && *text == LONG_S))) return false;
    }
    return true;
}

static UnicodeClass class_of(int32_t code, ClipCleaning cleaning) {
    // its capital is a letter: to an expression that ignores case, it is neither a letter nor none
    if (code == YPOGEGRAMMENI && cleaning == CLIP_AS_OPENAI) return UNICODE_SPACE;
    const UnicodeClass class = unicode_class(code);
    return class == UNICODE_LETTER || class == UNICODE_NUMBER || class == UNICODE_SPACE ? class : UNICODE_OTHER;
}

// The length of the next word, n > 0, or of the blanks before it:
// 's|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+ with OpenAI's expression beginning with the two special
// tokens; that they are not just words, encode_clean has seen before.
static size_t next_word(const int32_t *text, size_t n, ClipCleaning cleaning, bool *is_word) {
    static const char *const parts[] = {start_of_text, end_of_text, "'s", "'t", "'re", "'ve", "'m", "'ll", "'d"};
    *is_word = true;
    for (size_t i = cleaning == CLIP_AS_OPENAI ? 0 : 2; i < sizeof parts / sizeof *parts; i++) {
        if (begins(text, n, parts[i], cleaning)) return strlen(parts[i]);
    }
    const UnicodeClass class = class_of(text[0], cleaning);
    size_t end = 1;
    *is_word = class != UNICODE_SPACE;
    if (class == UNICODE_NUMBER) return 1;
    while (end < n && class_of(text[end], cleaning) == class) {
        // Hugging Face's tokenizers look for this token before they look for words
        if (cleaning == CLIP_AS_HUGGING_FACE && begins(text + end, n - end, start_of_text, cleaning)) break;
        end++;
    }
    return end;
}

// Cleaned text to ids.
static Status encode_clean(const ClipMerges *merges, const CodePoints *text, ClipCleaning cleaning, Output *out) {
    size_t size, n_symbols;
    int32_t *symbols = checked_mul(text->n, 2 * UTF8_MAX_BYTES * sizeof *symbols, &size) ? malloc(size + 1) : NULL;
    if (!symbols) return status_fail(STATUS_NO_MEMORY, "Not enough memory for a text of %zu characters.", text->n);
    n_symbols = text->n * UTF8_MAX_BYTES;
    for (size_t i = 0, length; i < text->n && !out->is_full; i += length) {
        const int32_t *at = text->at + i;
        const size_t n = text->n - i;
        bool is_word;
        if (begins(at, n, start_of_text, CLIP_AS_HUGGING_FACE)) {
            length = sizeof start_of_text - 1;
            put_id(out, CLIP_START);
        } else if (cleaning == CLIP_AS_OPENAI && begins(at, n, end_of_text, CLIP_AS_HUGGING_FACE)) {
            length = sizeof end_of_text - 1;
            put_id(out, CLIP_END);
        } else {
            length = next_word(at, n, cleaning, &is_word);
            if (is_word) encode_word(merges, at, length, symbols, symbols + n_symbols, out);
        }
    }
    free(symbols);
    return STATUS_OK;
}

// Hugging Face's way: the end token is looked for before anything is cleaned.
static Status encode_hugging_face(const ClipMerges *merges, const CodePoints *text, Output *out) {
    CodePoints part = {0};
    Status status = STATUS_OK;
    for (size_t begin = 0, end; begin < text->n && !status && !out->is_full; begin = end) {
        const bool is_end = begins(text->at + begin, text->n - begin, end_of_text, CLIP_AS_HUGGING_FACE);
        end = begin + sizeof end_of_text - 1;
        if (is_end) {
            put_id(out, CLIP_END);
            continue;
        }
        for (end = begin + 1; end < text->n; end++) {
            if (begins(text->at + end, text->n - end, end_of_text, CLIP_AS_HUGGING_FACE)) break;
        }
        part.n = 0;
        status = code_points_append(&part, text->at + begin, end - begin);
        if (!status) status = unicode_nfc(&part);
        if (!status) status = unicode_lower(&part, false);
        if (!status) status = encode_clean(merges, &part, CLIP_AS_HUGGING_FACE, out);
    }
    code_points_free(&part);
    return status;
}

static Status encode_openai(const ClipMerges *merges, CodePoints *text, Output *out) {
    Status status = ftfy_fix(text);
    if (!status) status = html_unescape(text, HTML_AS_PYTHON);
    if (!status) status = html_unescape(text, HTML_AS_PYTHON);
    if (!status) status = unicode_lower(text, true);
    return status ? status : encode_clean(merges, text, CLIP_AS_OPENAI, out);
}

Status clip_bpe_create(const char *file, size_t size, ClipBpe **out) {
    ClipBpe *bpe = calloc(1, sizeof *bpe);
    if (!bpe) return status_fail(STATUS_NO_MEMORY, "Not enough memory for the tokenizer.");
    Status status = clip_merges_read(file, size, &bpe->merges);
    if (status)
        clip_bpe_free(bpe);
    else
        *out = bpe;
    return status;
}

void clip_bpe_free(ClipBpe *bpe) {
    if (bpe) clip_merges_free(&bpe->merges);
    free(bpe);
}

Status clip_bpe_encode(const ClipBpe *bpe, const char *text, size_t size, ClipCleaning cleaning, bool truncate,
                       int32_t ids[CLIP_MAX_TOKENS], int *n_ids) {
    Output out = {.ids = ids};
    CodePoints codes = {0};
    if (size > CLIP_MAX_TEXT_BYTES) {
        return status_fail(STATUS_BAD_ARGUMENT, "Expected a text of at most %d bytes but received %zu.",
                           CLIP_MAX_TEXT_BYTES, size);
    }
    Status status = code_points_decode(text, size, &codes);
    put_id(&out, CLIP_START);
    if (!status) {
        status = cleaning == CLIP_AS_OPENAI ? encode_openai(&bpe->merges, &codes, &out)
                                            : encode_hugging_face(&bpe->merges, &codes, &out);
    }
    code_points_free(&codes);
    if (!status && out.is_full && !truncate) {
        status = status_fail(STATUS_BAD_ARGUMENT, "Expected a text of at most %d tokens but received one with more.",
                             CLIP_MAX_TOKENS - 2);
    }
    if (status) return status;
    ids[out.n] = CLIP_END;
    *n_ids = out.n + 1;
    return STATUS_OK;
}
