// Where the text networks begin: a row for each token's word and one for its place, added. Knows token ids only.
#ifndef NETS_TOKEN_EMBEDDING_H
#define NETS_TOKEN_EMBEDDING_H

#include <stdint.h>

#include "nets/weight_store.h"

typedef struct TokenEmbedding {
    int vocabulary, max_tokens, dim;
    const void *words; // [vocabulary][dim], of words_dtype
    Dtype words_dtype;
    const float *scales;    // [vocabulary], of words of I8: a value is scale * int8
    const float *positions; // [max_tokens][dim]
} TokenEmbedding;

// Asks for the tensors `words`, which stays in the file's dtype (of I8, with <words>.scale), and `positions`, which
// becomes float32. The struct must stay where it is until they come.
void token_embedding_ask(TokenEmbedding *embedding, WeightStore *store, const char *words, const char *positions);

// x [sum of lengths][dim]. ids: the texts' one after the other; they and the lengths must be in range.
void token_embedding_run(const TokenEmbedding *embedding, const int32_t *ids, int n_texts, const int *lengths,
                         float *x);

#endif
