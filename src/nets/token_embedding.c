// Plain loops: each row is read once, and memory is the limit.
#include "nets/token_embedding.h"

#include <stdio.h>

#include "core/half.h"

enum { NAME_SIZE = 96 };

void token_embedding_ask(TokenEmbedding *embedding, WeightStore *store, const char *words, const char *positions) {
    char scale[NAME_SIZE];
    const size_t dim = (size_t)weight_store_dim(store, words, 2, 1);
    embedding->dim = (int)dim;
    embedding->vocabulary = weight_store_dim(store, words, 2, 0);
    embedding->max_tokens = weight_store_dim(store, positions, 2, 0);
    const size_t n = (size_t)embedding->vocabulary;
    weight_store_raw(store, words, (WeightShape){2, {n, dim}}, &embedding->words_dtype, &embedding->words);
    if (!weight_store_failed(store) && embedding->words_dtype == DTYPE_I8) {
        snprintf(scale, sizeof scale, "%s.scale", words);
        weight_store_floats(store, scale, (WeightShape){1, {n}}, &embedding->scales);
    }
    weight_store_floats(store, positions, (WeightShape){2, {(size_t)embedding->max_tokens, dim}},
                        &embedding->positions);
}

static void add_word(const TokenEmbedding *embedding, size_t id, float *row) {
    const size_t dim = (size_t)embedding->dim, at = id * dim;
    const float *floats = embedding->words;
    const uint16_t *halves = embedding->words;
    const int8_t *wholes = embedding->words;
    for (size_t c = 0; c < dim; c++) {
        switch (embedding->words_dtype) {
            case DTYPE_F32: row[c] += floats[at + c]; break;
            case DTYPE_F16: row[c] += half_to_float(halves[at + c]); break;
            case DTYPE_BF16: row[c] += bfloat_to_float(halves[at + c]); break;
            default: row[c] += embedding->scales[id] * (float)wholes[at + c]; break;
        }
    }
}

void token_embedding_run(const TokenEmbedding *embedding, const int32_t *ids, int n_texts, const int *lengths,
                         float *x) {
    const size_t dim = (size_t)embedding->dim;
    for (int text = 0; text < n_texts; text++) {
        for (int i = 0; i < lengths[text]; i++, x += dim) {
            for (size_t c = 0; c < dim; c++) x[c] = embedding->positions[(size_t)i * dim + c];
            add_word(embedding, (size_t)*ids++, x);
        }
    }
}
