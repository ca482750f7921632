// A network for texts with its tokenizer, CLIP's or DistilBERT's, behind the same functions.
#ifndef PIPELINE_TEXT_NETWORK_H
#define PIPELINE_TEXT_NETWORK_H

#include <stdbool.h>
#include <stdint.h>

#include "nets/clip_text.h"
#include "nets/distilbert.h"
#include "text/clip_bpe.h"
#include "text/wordpiece.h"

// The first two, or the last two. Not owned.
typedef struct TextNetwork {
    const ClipText *clip;
    const ClipBpe *bpe;
    const Distilbert *bert;
    const WordPiece *pieces;
} TextNetwork;

typedef struct TextTokens {
    ClipCleaning cleaning; // of CLIP only
    bool truncate;         // texts that are too long, instead of refusing them
} TextTokens;

// STATUS_UNSUPPORTED: the network's vocabulary is not the tokenizer's.
MUST_CHECK Status text_network_check(const TextNetwork *network);
int text_network_max_tokens(const TextNetwork *network); // of a text, from 2
int text_network_dim(const TextNetwork *network);        // of the vector
int text_network_n_layers(const TextNetwork *network);

// ids [max_tokens] of one text; *length: how many of them go through the network. STATUS_BAD_ARGUMENT: it is too long.
MUST_CHECK Status text_network_encode(const TextNetwork *network, const char *text, size_t size, TextTokens options,
                                      int32_t *ids, int *length);

// As their namesakes in nets/clip_text.h.
MUST_CHECK Status text_network_plan(const TextNetwork *network, int n_texts, const int *lengths, size_t *scratch_bytes);
MUST_CHECK Status text_network_begin(const TextNetwork *network, Arena *arena, const int32_t *ids, int n_texts,
                                     const int *lengths, TransformerRows *rows);
void text_network_layer(const TextNetwork *network, TransformerRows *rows, int layer);
void text_network_end(const TextNetwork *network, TransformerRows *rows, float *vectors);

#endif
