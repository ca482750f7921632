// BertNormalizer (clean_text, handle_chinese_chars; no lower case, accents stay), BertPreTokenizer, WordPiece.
#include "text/wordpiece.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "core/json.h"
#include "core/utf8.h"
#include "text/code_points.h"
#include "text/string_map.h"
#include "text/unicode.h"

enum { MAX_TOKEN_BYTES = 1024, MAX_WORD_BYTES = WORDPIECE_MAX_WORD * UTF8_MAX_BYTES };
// Searched for in the text before it is cleaned.
static const char *const special_tokens[] = {"[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"};
enum { UNK = 1, CLS, SEP, N_SPECIAL = 5 };

struct WordPiece {
    StringMap ids;
    int32_t special[N_SPECIAL]; // STRING_MAP_MISSING: not in the vocabulary
    int32_t largest_id;
};

typedef struct Output {
    int32_t *ids;
    int n, capacity; // without the room for the last token
    bool is_full;    // there were more
} Output;

static void put_id(Output *out, int32_t id) {
    if (out->n == out->capacity)
        out->is_full = true;
    else
        out->ids[out->n++] = id;
}

static Status add_token(WordPiece *wordpiece, const char *token, size_t size, int32_t id) {
    if (id > wordpiece->largest_id) wordpiece->largest_id = id;
    return string_map_put(&wordpiece->ids, token, size, id);
}

static Status read_lines(WordPiece *wordpiece, const char *text, size_t size) {
    const char *end = text + size;
    Status status = STATUS_OK;
    for (int32_t id = 0; text < end && !status; id++) {
        const char *newline = memchr(text, '\n', (size_t)(end - text)), *next = newline ? newline + 1 : end;
        size_t n = (size_t)((newline ? newline : end) - text);
        if (n && text[n - 1] == '\r') n--;
        status = add_token(wordpiece, text, n, id);
        text = next;
    }
    return status;
}

static Status read_vocabulary(WordPiece *wordpiece, Json *json) {
    char token[MAX_TOKEN_BYTES];
    Status status = STATUS_OK;
    json_object(json);
    while (json_key(json, token, sizeof token)) {
        size_t id;
        if (json_size(json, &id) && id > INT32_MAX) json_fail(json, "a smaller id of a token");
        if (!json->status && !status) status = add_token(wordpiece, token, strlen(token), (int32_t)id);
    }
    return status;
}

// `wanted` are settings of the normaliser that must be so.
static Status check_normalizer(Json *json) {
    static const struct {
        const char *key;
        bool wanted;
    } settings[] = {
        {"clean_text", true}, {"handle_chinese_chars", true}, {"lowercase", false}, {"strip_accents", false}};
    char key[MAX_TOKEN_BYTES];
    Status status = STATUS_OK;
    json_object(json);
    while (json_key(json, key, sizeof key)) {
        bool found;
        if (json_type(json) != JSON_BOOL || !json_bool(json, &found)) { // null: strip_accents follows lowercase
            json_skip(json);
            continue;
        }
        for (size_t i = 0; i < sizeof settings / sizeof *settings; i++) {
            if (strcmp(key, settings[i].key) != 0 || found == settings[i].wanted || status) continue;
            status = status_fail(STATUS_UNSUPPORTED, "Expected a tokenizer with %s %s but found it %s.", key,
                                 found ? "off" : "on", found ? "on" : "off");
        }
    }
    return status;
}

static Status read_model(WordPiece *wordpiece, Json *json) {
    char key[MAX_TOKEN_BYTES], type[MAX_TOKEN_BYTES];
    Status status = STATUS_OK;
    json_object(json);
    while (json_key(json, key, sizeof key)) {
        if (!strcmp(key, "type")) {
            if (!json_string(json, type, sizeof type) || !strcmp(type, "WordPiece") || status) continue;
            status =
                status_fail(STATUS_UNSUPPORTED, "Expected a tokenizer of the type WordPiece but found %.80s.", type);
        } else if (!strcmp(key, "vocab") && !status && json_type(json) == JSON_OBJECT) {
            status = read_vocabulary(wordpiece, json);
        } else {
            json_skip(json);
        }
    }
    return status;
}

static Status read_json(WordPiece *wordpiece, const char *text, size_t size) {
    char key[MAX_TOKEN_BYTES];
    Status status = STATUS_OK;
    Json json = json_open(text, size, "the tokenizer's file");
    json_object(&json);
    while (json_key(&json, key, sizeof key) && !status) {
        if (!strcmp(key, "model"))
            status = read_model(wordpiece, &json);
        else if (!strcmp(key, "normalizer") && json_type(&json) == JSON_OBJECT)
            status = check_normalizer(&json);
        else
            json_skip(&json);
    }
    return status ? status : json_close(&json);
}

Status wordpiece_create(const char *file, size_t size, WordPiece **out) {
    WordPiece *wordpiece = calloc(1, sizeof *wordpiece);
    if (!wordpiece) return status_fail(STATUS_NO_MEMORY, "Not enough memory for the tokenizer.");
    Status status = size && *file == '{' ? read_json(wordpiece, file, size) : read_lines(wordpiece, file, size);
    for (int i = 0; i < N_SPECIAL && !status; i++) {
        wordpiece->special[i] = string_map_get(&wordpiece->ids, special_tokens[i], strlen(special_tokens[i]));
        if (wordpiece->special[i] >= 0 || i < UNK || i > SEP) continue;
        status = status_fail(STATUS_BAD_FORMAT, "Expected the token %s in the tokenizer's file.", special_tokens[i]);
    }
    if (status)
        wordpiece_free(wordpiece);
    else
        *out = wordpiece;
    return status;
}

void wordpiece_free(WordPiece *wordpiece) {
    if (wordpiece) string_map_free(&wordpiece->ids);
    free(wordpiece);
}

int32_t wordpiece_largest_id(const WordPiece *wordpiece) { return wordpiece->largest_id; }

// Takes the longest token that fits, again and again. A word that is not completely covered by tokens is unknown.
static void encode_word(const WordPiece *wordpiece, const int32_t *word, size_t n, Output *out) {
    char bytes[2 + MAX_WORD_BYTES] = "##";
    char *text = bytes + 2;
    size_t ends[WORDPIECE_MAX_WORD + 1] = {0}; // of the characters, in bytes
    int32_t ids[WORDPIECE_MAX_WORD];
    size_t n_ids = 0;
    if (n > WORDPIECE_MAX_WORD) {
        put_id(out, wordpiece->special[UNK]);
        return;
    }
    for (size_t i = 0; i < n; i++) ends[i + 1] = ends[i] + utf8_put(word[i], text + ends[i]);
    for (size_t from = 0, to; from < n; from = to) {
        char *piece = text + ends[from], before[2];
        int32_t id = STRING_MAP_MISSING;
        if (from) {
            piece -= 2;
            memcpy(before, piece, 2);
            memcpy(piece, "##", 2);
        }
        for (to = n; to > from; to--) {
            id = string_map_get(&wordpiece->ids, piece, (size_t)(text + ends[to] - piece));
            if (id >= 0) break;
        }
        if (from) memcpy(piece, before, 2);
        if (id < 0) {
            put_id(out, wordpiece->special[UNK]);
            return;
        }
        ids[n_ids++] = id;
    }
    for (size_t i = 0; i < n_ids; i++) put_id(out, ids[i]);
}

// Each is a word of its own. The ranges are those of Hugging Face's tokenizers; 2B820 to 2B91F are missing there too.
static bool is_chinese(int32_t c) {
    return (c >= 0x4E00 && c <= 0x9FFF) || (c >= 0x3400 && c <= 0x4DBF) || (c >= 0x20000 && c <= 0x2A6DF) ||
           (c >= 0x2A700 && c <= 0x2B81F) || (c >= 0x2B920 && c <= 0x2CEAF) || (c >= 0xF900 && c <= 0xFAFF) ||
           (c >= 0x2F800 && c <= 0x2FA1F);
}

static bool is_dropped(int32_t c) {
    // these are White_Space, but control characters first
    if (c == '\v' || c == '\f' || c == 0x85 || c == UTF8_REPLACEMENT) return true;
    return unicode_class(c) == UNICODE_CONTROL;
}

// `text` holds no special token.
static void encode_part(const WordPiece *wordpiece, const int32_t *text, size_t n, Output *out) {
    int32_t word[WORDPIECE_MAX_WORD + 1]; // one extra, to detect a word that is too long
    size_t n_word = 0;
    for (size_t i = 0; i <= n && !out->is_full; i++) {
        const int32_t c = i < n ? text[i] : ' ';
        if (is_dropped(c)) continue;
        const UnicodeClass class = unicode_class(c);
        const bool is_alone = class == UNICODE_PUNCTUATION || is_chinese(c);
        if (!is_alone && class != UNICODE_SPACE) {
            if (n_word <= WORDPIECE_MAX_WORD) word[n_word++] = c;
            continue;
        }
        if (n_word) encode_word(wordpiece, word, n_word, out);
        if (is_alone) encode_word(wordpiece, &c, 1, out);
        n_word = 0;
    }
}

// Which special token stands at `text`, or N_SPECIAL.
static int special_at(const WordPiece *wordpiece, const int32_t *text, size_t n) {
    if (*text != '[') return N_SPECIAL;
    for (int i = 0; i < N_SPECIAL; i++) {
        const char *token = special_tokens[i];
        size_t at = 0;
        while (token[at] && at < n && text[at] == token[at]) at++;
        if (!token[at] && wordpiece->special[i] >= 0) return i;
    }
    return N_SPECIAL;
}

Status wordpiece_encode(const WordPiece *wordpiece, const char *text, size_t size, bool truncate, int32_t *ids,
                        int max_ids, int *n_ids) {
    assert(max_ids >= 2);
    Output out = {.ids = ids, .capacity = max_ids - 1};
    CodePoints codes = {0};
    if (size > WORDPIECE_MAX_TEXT_BYTES) {
        return status_fail(STATUS_BAD_ARGUMENT, "Expected a text of at most %d bytes but received %zu.",
                           WORDPIECE_MAX_TEXT_BYTES, size);
    }
    Status status = code_points_decode(text, size, &codes);
    if (status) return status;
    put_id(&out, wordpiece->special[CLS]);
    for (size_t begin = 0, end; begin < codes.n && !out.is_full; begin = end) {
        const int special = special_at(wordpiece, codes.at + begin, codes.n - begin);
        end = begin + 1;
        if (special < N_SPECIAL) {
            end = begin + strlen(special_tokens[special]);
            put_id(&out, wordpiece->special[special]);
            continue;
        }
        while (end < codes.n && special_at(wordpiece, codes.at + end, codes.n - end) == N_SPECIAL) end++;
        encode_part(wordpiece, codes.at + begin, end - begin, &out);
    }
    code_points_free(&codes);
    if (out.is_full && !truncate) {
        return status_fail(STATUS_BAD_ARGUMENT, "Expected a text of at most %d tokens but received one with more.",
                           max_ids - 2);
    }
    ids[out.n] = wordpiece->special[SEP];
    *n_ids = out.n + 1;
    return STATUS_OK;
}
