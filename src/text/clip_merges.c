// Ids as in OpenAI's simple_tokenizer.py: bytes, bytes at a word's end, merges in their order, start, end.
#include "text/clip_merges.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "core/json.h"
#include "core/utf8.h"
#include "text/string_map.h"

enum { N_SLOTS = 1 << 17, MAX_TOKEN_BYTES = 1024 };
static const char word_end[] = "</w>";

typedef struct Reader {
    ClipMerges merges;
    StringMap ids; // of all tokens, written as in the file
    int32_t n;     // merges so far
} Reader;

static size_t hash(uint32_t pair) { return (pair * 2654435769u) >> (32 - 17); } // Knuth, multiplicative hashing

// The order of bytes_to_unicode(): those that print come first and stand for themselves, the others from U+0100 on.
static bool prints(int byte) { return (byte >= '!' && byte <= '~') || (byte >= 0xA1 && byte != 0xAD); }

static Status add_bytes(Reader *reader) {
    char name[UTF8_MAX_BYTES + sizeof word_end];
    int32_t id = 0, n_others = 0;
    Status status = STATUS_OK;
    for (int printing = 1; printing >= 0; printing--) {
        for (int byte = 0; byte < CLIP_N_BYTES && !status; byte++) {
            if (prints(byte) != printing) continue;
            const size_t size = utf8_put(printing ? byte : CLIP_N_BYTES + n_others++, name);
            memcpy(name + size, word_end, sizeof word_end - 1);
            reader->merges.byte_ids[byte] = id;
            status = string_map_put(&reader->ids, name, size, id);
            if (!status) status = string_map_put(&reader->ids, name, size + sizeof word_end - 1, CLIP_N_BYTES + id);
            id++;
        }
    }
    return status;
}

// Adds "left right".
static Status add_merge(Reader *reader, const char *text, size_t size) {
    char name[MAX_TOKEN_BYTES];
    const char *space = memchr(text, ' ', size);
    ClipMerges *merges = &reader->merges;
    if (!space || size > sizeof name) {
        return status_fail(STATUS_BAD_FORMAT,
                           "Expected two parts with a space between them in merge %d of the tokenizer.",
                           (int)reader->n + 1);
    }
    const size_t n_left = (size_t)(space - text), n_right = size - n_left - 1;
    const int32_t left = string_map_get(&reader->ids, text, n_left),
                  right = string_map_get(&reader->ids, space + 1, n_right);
    if (left < 0 || right < 0) {
        return status_fail(STATUS_BAD_FORMAT,
                           "Expected parts that earlier merges make in merge %d of the tokenizer, \"%.*s\".",
                           (int)reader->n + 1, (int)(size < 80 ? size : 80), text);
    }
    const uint32_t pair = (uint32_t)left << 16 | (uint32_t)right;
    size_t slot = hash(pair);
    while (merges->slots[slot]) slot = (slot + 1) & (N_SLOTS - 1);
    merges->pairs[reader->n] = pair;
    merges->slots[slot] = (uint16_t)(reader->n + 1);
    memcpy(name, text, n_left);
    memcpy(name + n_left, space + 1, n_right);
    return string_map_put(&reader->ids, name, n_left + n_right, CLIP_FIRST_MERGED + reader->n++);
}

// One merge a line, after a first line with the version; lines after the merges of CLIP are not read.
static Status read_lines(Reader *reader, const char *text, size_t size) {
    const char *end = text + size;
    bool is_first = true;
    Status status = STATUS_OK;
    while (text < end && reader->n < CLIP_N_MERGES && !status) {
        const char *newline = memchr(text, '\n', (size_t)(end - text)), *next = newline ? newline + 1 : end;
        size_t n = (size_t)((newline ? newline : end) - text);
        if (n && text[n - 1] == '\r') n--;
        const bool is_version = is_first && n >= 12 && !memcmp(text + n - 12, "version: 0.2", 12);
        if (n && !is_version) status = add_merge(reader, text, n);
        is_first = false;
        text = next;
    }
    return status;
}

// "left right" or ["left", "right"]
static void read_json_merge(Json *json, char *out, size_t capacity) {
    if (json_type(json) != JSON_ARRAY) {
        json_string(json, out, capacity);
        return;
    }
    size_t n = 0;
    int n_parts = 0;
    json_array(json);
    while (json_element(json)) {
        if (n_parts++ == 2 || n + 1 >= capacity) {
            json_fail(json, "two parts of a merge");
            return;
        }
        if (n_parts == 2) out[n++] = ' ';
        if (json_string(json, out + n, capacity - n)) n += strlen(out + n);
    }
    if (n_parts < 2) json_fail(json, "two parts of a merge");
}

static Status read_json_merges(Reader *reader, Json *json) {
    char merge[MAX_TOKEN_BYTES];
    Status status = STATUS_OK;
    json_array(json);
    while (json_element(json)) {
        read_json_merge(json, merge, sizeof merge);
        if (reader->n == CLIP_N_MERGES) json_fail(json, "no more merges than CLIP has");
        if (!json->status && !status) status = add_merge(reader, merge, strlen(merge));
    }
    return status;
}

// The vocabulary must agree with the merges.
static Status check_json_vocabulary(const Reader *reader, Json *json) {
    char token[MAX_TOKEN_BYTES];
    Status status = STATUS_OK;
    json_object(json);
    while (json_key(json, token, sizeof token)) {
        size_t id;
        if (!json_size(json, &id) || id >= CLIP_START || status) continue; // start and end are not words
        if (string_map_get(&reader->ids, token, strlen(token)) == (int32_t)id) continue;
        status = status_fail(STATUS_UNSUPPORTED, "Expected CLIP's own order of tokens but \"%.80s\" is token %zu.",
                             token, id);
    }
    return status;
}

// Reads the merges, or with `check` compares the vocabulary.
static Status read_json(Reader *reader, const char *text, size_t size, bool check) {
    char key[MAX_TOKEN_BYTES];
    Status status = STATUS_OK;
    Json json = json_open(text, size, "the tokenizer's file");
    json_object(&json);
    while (json_key(&json, key, sizeof key)) {
        const bool is_model = !strcmp(key, "model");
        if (!is_model) json_skip(&json);
        if (!is_model || !json_object(&json)) continue;
        while (json_key(&json, key, sizeof key)) {
            if (!check && !strcmp(key, "merges") && !status)
                status = read_json_merges(reader, &json);
            else if (check && !strcmp(key, "vocab") && !status)
                status = check_json_vocabulary(reader, &json);
            else
                json_skip(&json);
        }
    }
    return status ? status : json_close(&json);
}

static Status read_any(Reader *reader, const char *file, size_t size) {
    ClipMerges *merges = &reader->merges;
    const bool is_json = size && file[0] == '{';
    if (size >= 2 && !memcmp(file, "\x1F\x8B", 2)) {
        return status_fail(STATUS_UNSUPPORTED, "Expected the tokenizer's file unpacked but found it packed with gzip.");
    }
    merges->pairs = malloc(CLIP_N_MERGES * sizeof *merges->pairs);
    merges->slots = calloc(N_SLOTS, sizeof *merges->slots);
    if (!merges->pairs || !merges->slots) return status_fail(STATUS_NO_MEMORY, "Not enough memory for the tokenizer.");
    Status status = add_bytes(reader);
    if (!status) status = is_json ? read_json(reader, file, size, false) : read_lines(reader, file, size);
    if (status) return status;
    if (reader->n < CLIP_N_MERGES) {
        return status_fail(STATUS_BAD_FORMAT, "Expected %d merges in the tokenizer's file but found %d.", CLIP_N_MERGES,
                           (int)reader->n);
    }
    return is_json ? read_json(reader, file, size, true) : STATUS_OK;
}

Status clip_merges_read(const char *file, size_t size, ClipMerges *out) {
    Reader reader = {0};
    Status status = read_any(&reader, file, size);
    string_map_free(&reader.ids);
    if (status)
        clip_merges_free(&reader.merges);
    else
        *out = reader.merges;
    return status;
}

void clip_merges_free(ClipMerges *merges) {
    free(merges->pairs);
    free(merges->slots);
    *merges = (ClipMerges){0};
}

int32_t clip_merges_rank(const ClipMerges *merges, int32_t left, int32_t right) {
    const uint32_t pair = (uint32_t)left << 16 | (uint32_t)right;
    for (size_t slot = hash(pair);; slot = (slot + 1) & (N_SLOTS - 1)) {
        const int32_t rank = (int32_t)merges->slots[slot] - 1;
        if (rank < 0) return CLIP_NO_MERGE;
        if (merges->pairs[rank] == pair) return rank;
    }
}
