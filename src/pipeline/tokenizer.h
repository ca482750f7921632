// The tokenizers of all networks for texts, with one interface.
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
    bool truncate;         // cut texts that are too long instead of refusing them
} TokenizerOptions;

typedef struct Tokenizer Tokenizer;

// Reads a vocabulary: for NETWORK_CLIP_BPE the file of text/clip_merges.h, for NETWORK_WORDPIECE that of
// text/wordpiece.h. The file is not needed afterwards. STATUS_BAD_FORMAT, STATUS_UNSUPPORTED, STATUS_NO_MEMORY.
MUST_CHECK Status tokenizer_create(NetworkTokenizer kind, const char *file, size_t size, Tokenizer **out);
void tokenizer_free(Tokenizer *tokenizer); // accepts NULL

// STATUS_UNSUPPORTED: a network of these sizes has another vocabulary.
MUST_CHECK Status tokenizer_check(const Tokenizer *tokenizer, const NetworkSizes *sizes);
int tokenizer_max_tokens(const Tokenizer *tokenizer, const NetworkSizes *sizes); // of a text, at least 2

// Writes the ids of a text of `size` bytes to ids [max_tokens]. *length: how many of them run through the network.
// STATUS_BAD_ARGUMENT: the text is too long.
MUST_CHECK Status tokenizer_encode(const Tokenizer *tokenizer, const NetworkSizes *sizes, const char *text, size_t size,
                                   TokenizerOptions options, int32_t *ids, int *length);

#endif
