// The first layer of text networks: a row for each token, plus a row for the token's position. It knows token ids only.
#ifndef NETS_TOKEN_EMBEDDING_H
#define NETS_TOKEN_EMBEDDING_H

#include <stdint.h>

#include "nets/weight_store.h"

typedef struct TokenEmbedding {
    int vocabulary, max_tokens, dim;
    const void *words; // [vocabulary][dim], of words_dtype
    Dtype words_dtype;
    const float *scales;    // [vocabulary], if the dtype is I8: a value is scale * int8
    const float *positions; // [max_tokens][dim]
} TokenEmbedding;

// Asks for the tensors `words` and `positions`. `words` stays in the file's dtype, and with I8 there is also
// <words>.scale; `positions` becomes float32. The struct must not move until the tensors have come.
void token_embedding_ask(TokenEmbedding *embedding, WeightStore *store, const char *words, const char *positions);

// ids [sum of lengths], of all texts one after the other -> x [sum of lengths][dim]. Ids must be below `vocabulary`,
// and lengths at most max_tokens.
void token_embedding_run(const TokenEmbedding *embedding, const int32_t *ids, int n_texts, const int *lengths,
                         float *x);

#endif
