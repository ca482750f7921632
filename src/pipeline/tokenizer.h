// The tokenizers that networks name, behind the same functions.
#ifndef PIPELINE_TOKENIZER_H
#define PIPELINE_TOKENIZER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/status.h"
#include "nets/network.h"
#include "text/clip_bpe.h"

typedef struct TokenizerOptions {
    ClipCleaning cleaning; // of NETWORK_CLIP_BPE only
    bool truncate;         // texts that are too long, instead of refusing them
} TokenizerOptions;

typedef struct Tokenizer Tokenizer;

// Reads its vocabulary: for NETWORK_CLIP_BPE the file of text/clip_merges.h, for NETWORK_WORDPIECE that of
// text/wordpiece.h. The file is not kept.
MUST_CHECK Status tokenizer_create(NetworkTokenizer kind, const char *file, size_t size, Tokenizer **out);
void tokenizer_free(Tokenizer *tokenizer); // accepts NULL

// STATUS_UNSUPPORTED: a network of these sizes has another vocabulary.
MUST_CHECK Status tokenizer_check(const Tokenizer *tokenizer, const NetworkSizes *sizes);
int tokenizer_max_tokens(const Tokenizer *tokenizer, const NetworkSizes *sizes); // of a text, from 2

// ids [max_tokens] of one text; *length: how many of them go through the network. STATUS_BAD_ARGUMENT: it is too long.
MUST_CHECK Status tokenizer_encode(const Tokenizer *tokenizer, const NetworkSizes *sizes, const char *text, size_t size,
                                   TokenizerOptions options, int32_t *ids, int *length);

#endif
