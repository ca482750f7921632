// A table of functions for each tokenizer.
#include "pipeline/tokenizer.h"

#include <stdlib.h>

#include "text/wordpiece.h"

typedef struct TokenizerKind {
    Status (*create)(const char *file, size_t size, void **out);
    void (*free)(void *words);
    Status (*check)(const void *words, const NetworkSizes *sizes);
    int (*max_tokens)(const NetworkSizes *sizes);
    Status (*encode)(const void *words, const NetworkSizes *sizes, const char *text, size_t size,
                     TokenizerOptions options, int32_t *ids, int *length);
} TokenizerKind;

struct Tokenizer {
    const TokenizerKind *kind;
    void *words;
};

// ---- CLIP

static Status create_clip(const char *file, size_t size, void **out) {
    ClipBpe *bpe;
    const Status status = clip_bpe_create(file, size, &bpe);
    if (!status) *out = bpe;
    return status;
}

static void free_clip(void *words) { clip_bpe_free(words); }

static Status check_clip(const void *words, const NetworkSizes *sizes) {
    (void)words;
    if (sizes->vocabulary == CLIP_N_TOKENS && sizes->max_tokens >= CLIP_MAX_TOKENS) return STATUS_OK;
    return status_fail(STATUS_UNSUPPORTED,
                       "Expected a network for the tokenizer's %d words and %d tokens but found one for %d and %d.",
                       CLIP_N_TOKENS, CLIP_MAX_TOKENS, sizes->vocabulary, sizes->max_tokens);
}

static int max_tokens_clip(const NetworkSizes *sizes) {
    (void)sizes;
    return CLIP_MAX_TOKENS;
}

static Status encode_clip(const void *words, const NetworkSizes *sizes, const char *text, size_t size,
                          TokenizerOptions options, int32_t *ids, int *length) {
    int n_ids;
    (void)sizes;
    Status status = clip_bpe_encode(words, text, size, options.cleaning, options.truncate, ids, &n_ids);
    if (status) return status;
    // CLIP's output is the row of the first end token (the largest id). The tokens after it change nothing.
    for (*length = 1; *length < n_ids && ids[*length - 1] != CLIP_END;) ++*length;
    return STATUS_OK;
}

// ---- WordPiece

static Status create_wordpiece(const char *file, size_t size, void **out) {
    WordPiece *pieces;
    const Status status = wordpiece_create(file, size, &pieces);
    if (!status) *out = pieces;
    return status;
}

static void free_wordpiece(void *words) { wordpiece_free(words); }

static Status check_wordpiece(const void *words, const NetworkSizes *sizes) {
    const int32_t largest = wordpiece_largest_id(words);
    if (sizes->max_tokens < 2)
        return status_fail(STATUS_UNSUPPORTED, "Expected a network for 2 tokens or more but found one for %d.",
                           sizes->max_tokens);
    if (largest < sizes->vocabulary) return STATUS_OK;
    return status_fail(STATUS_UNSUPPORTED,
                       "Expected a network for all of the tokenizer's words, up to %ld, but found one for %d.",
                       (long)largest, sizes->vocabulary);
}

static int max_tokens_wordpiece(const NetworkSizes *sizes) { return sizes->max_tokens; }

static Status encode_wordpiece(const void *words, const NetworkSizes *sizes, const char *text, size_t size,
                               TokenizerOptions options, int32_t *ids, int *length) {
    return wordpiece_encode(words, text, size, options.truncate, ids, sizes->max_tokens, length);
}

// ---- all

static const TokenizerKind kinds[NETWORK_TOKENIZERS] = {
    [NETWORK_CLIP_BPE] = {create_clip, free_clip, check_clip, max_tokens_clip, encode_clip},
    [NETWORK_WORDPIECE] = {create_wordpiece, free_wordpiece, check_wordpiece, max_tokens_wordpiece, encode_wordpiece},
};

Status tokenizer_create(NetworkTokenizer kind, const char *file, size_t size, Tokenizer **out) {
    Tokenizer *tokenizer = calloc(1, sizeof *tokenizer);
    if (!tokenizer) return status_fail(STATUS_NO_MEMORY, "Not enough memory for a tokenizer.");
    tokenizer->kind = &kinds[kind];
    const Status status = tokenizer->kind->create(file, size, &tokenizer->words);
    if (status) {
        free(tokenizer);
    } else {
        *out = tokenizer;
    }
    return status;
}

void tokenizer_free(Tokenizer *tokenizer) {
    if (!tokenizer) return;
    tokenizer->kind->free(tokenizer->words);
    free(tokenizer);
}

Status tokenizer_check(const Tokenizer *tokenizer, const NetworkSizes *sizes) {
    return tokenizer->kind->check(tokenizer->words, sizes);
}

int tokenizer_max_tokens(const Tokenizer *tokenizer, const NetworkSizes *sizes) {
    return tokenizer->kind->max_tokens(sizes);
}

Status tokenizer_encode(const Tokenizer *tokenizer, const NetworkSizes *sizes, const char *text, size_t size,
                        TokenizerOptions options, int32_t *ids, int *length) {
    return tokenizer->kind->encode(tokenizer->words, sizes, text, size, options, ids, length);
}
