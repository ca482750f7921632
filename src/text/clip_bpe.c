// OpenAI's simple_tokenizer.py: words by a regular expression, each a sequence of bytes that are merged by rank.
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

// The ids that were written.
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

// A word while it is merged: its symbols as a linked list, and its pairs in a heap, ordered by rank.
typedef struct Pair {
    int32_t rank, at; // of the left symbol
} Pair;

typedef struct Word {
    int32_t *symbols, *previous, *next; // [room]; next of the last is n, previous of the first -1
    int32_t *ranks; // [room], of each symbol and the one after it: CLIP_NO_MERGE if they do not merge
    Pair *heap;     // [2 * room], the lowest first, of equal ones the leftmost; some are out of date
    size_t n_heap, room;
} Word;

static void word_free(Word *word) {
    free(word->symbols);
    free(word->heap);
}

static Status reserve(Word *word, size_t n) {
    size_t size;
    if (n <= word->room) return STATUS_OK;
    word_free(word);
    *word = (Word){0};
    if (checked_mul(n, 4 * sizeof(int32_t), &size)) word->symbols = malloc(size);
    if (checked_mul(n, 2 * sizeof(Pair), &size)) word->heap = malloc(size);
    if (!word->symbols || !word->heap)
        return status_fail(STATUS_NO_MEMORY, "Not enough memory for a word of %zu bytes.", n);
    word->previous = word->symbols + n;
    word->next = word->previous + n;
    word->ranks = word->next + n;
    word->room = n;
    return STATUS_OK;
}

static bool comes_first(Pair a, Pair b) { return a.rank != b.rank ? a.rank < b.rank : a.at < b.at; }

static void push_pair(Word *word, Pair pair) {
    size_t i = word->n_heap++;
    for (; i > 0 && comes_first(pair, word->heap[(i - 1) / 2]); i = (i - 1) / 2)
        word->heap[i] = word->heap[(i - 1) / 2];
    word->heap[i] = pair;
}

static Pair pop_pair(Word *word) {
    Pair *heap = word->heap;
    const Pair first = heap[0], last = heap[--word->n_heap];
    size_t i = 0;
    for (size_t child; (child = 2 * i + 1) < word->n_heap; i = child) {
        if (child + 1 < word->n_heap && comes_first(heap[child + 1], heap[child])) child++;
        if (!comes_first(heap[child], last)) break;
        heap[i] = heap[child];
    }
    heap[i] = last;
    return first;
}

// Looks up the pair that begins at symbol i.
static void rank_pair(const ClipMerges *merges, Word *word, int32_t i, int32_t n) {
    const int32_t next = word->next[i];
    word->ranks[i] = next < n ? clip_merges_rank(merges, word->symbols[i], word->symbols[next]) : CLIP_NO_MERGE;
    if (word->ranks[i] != CLIP_NO_MERGE) push_pair(word, (Pair){word->ranks[i], i});
}

// Merges the pair of lowest rank (the leftmost, if several) until none is left. A new symbol never belongs to a pair of
// an earlier rank, so all pairs of a rank exist before the first of them is merged.
static void merge(const ClipMerges *merges, Word *word, int32_t n) {
    word->n_heap = 0;
    for (int32_t i = 0; i < n; i++) word->previous[i] = i - 1, word->next[i] = i + 1;
    for (int32_t i = 0; i < n; i++) rank_pair(merges, word, i, n);
    while (word->n_heap) {
        const Pair pair = pop_pair(word);
        const int32_t gone = word->next[pair.at];
        if (word->ranks[pair.at] != pair.rank) continue; // outdated: one of the two symbols has been merged
        word->symbols[pair.at] = CLIP_FIRST_MERGED + pair.rank;
        word->ranks[gone] = CLIP_NO_MERGE;
        word->next[pair.at] = word->next[gone];
        if (word->next[gone] < n) word->previous[word->next[gone]] = pair.at;
        rank_pair(merges, word, pair.at, n);
        if (word->previous[pair.at] >= 0) rank_pair(merges, word, word->previous[pair.at], n);
    }
}

// A word of code points to ids.
static Status encode_word(const ClipMerges *merges, const int32_t *text, size_t n, Word *word, Output *out) {
    int32_t n_symbols = 0;
    Status status = reserve(word, n * UTF8_MAX_BYTES);
    if (status) return status;
    for (size_t i = 0; i < n; i++) {
        char bytes[UTF8_MAX_BYTES];
        const size_t size = utf8_put(text[i], bytes);
        for (size_t b = 0; b < size; b++) word->symbols[n_symbols++] = merges->byte_ids[(unsigned char)bytes[b]];
    }
    // NOLINTNEXTLINE(clang-analyzer-core.uninitialized.Assign): a code point has at least one byte
    word->symbols[n_symbols - 1] += CLIP_N_BYTES;
    merge(merges, word, n_symbols);
    for (int32_t i = 0; i < n_symbols && !out->is_full; i = word->next[i]) put_id(out, word->symbols[i]);
    return STATUS_OK;
}

// Whether the text at `text` begins with `word` (ASCII, small letters). OpenAI's expression ignores case, and matches
// the long s as an s.
static bool begins(const int32_t *text, size_t n, const char *word, ClipCleaning cleaning) {
    for (; *word; word++, text++, n--) {
        if (!n || (*text != *word && !(cleaning == CLIP_AS_OPENAI && *word == 's' && *text == LONG_S))) return false;
    }
    return true;
}

static UnicodeClass class_of(int32_t code, ClipCleaning cleaning) {
    // its capital is a letter, so an expression that ignores case matches it neither as a letter nor as another
    // character
    if (code == YPOGEGRAMMENI && cleaning == CLIP_AS_OPENAI) return UNICODE_SPACE;
    const UnicodeClass class = unicode_class(code);
    return class == UNICODE_LETTER || class == UNICODE_NUMBER || class == UNICODE_SPACE ? class : UNICODE_OTHER;
}

// The length of the next word, n > 0, or of the blanks before it:
// 's|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+ with OpenAI's expression beginning with the two special
// tokens, which encode_clean has handled before.
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
    Word word = {0};
    Status status = STATUS_OK;
    for (size_t i = 0, length; i < text->n && !out->is_full && !status; i += length) {
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
            if (is_word) status = encode_word(merges, at, length, &word, out);
        }
    }
    word_free(&word);
    return status;
}

// As Hugging Face does: the end token is searched for before the text is cleaned.
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
