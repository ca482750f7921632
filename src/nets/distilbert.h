// DistilBERT as sentence-transformers uses it (Sanh et al. 2019; transformers, modeling_distilbert.py): blocks that
// normalise last, the mean over all tokens, a dense layer with tanh. That is acgvoc2vec. All sizes come from the file,
// in safetensors with Hugging Face's names, and `dense` for the last layer. Knows token ids only, no words.
#ifndef NETS_DISTILBERT_H
#define NETS_DISTILBERT_H

#include <stdint.h>

#include "core/arena.h"
#include "nets/transformer.h"
#include "weights/safetensors.h"

typedef struct Distilbert Distilbert;

// As clip_vision_create. The word embedding stays in the file's dtype.
MUST_CHECK Status distilbert_create(bool use_ref, TensorSink *sink, Distilbert **out);
void distilbert_free(Distilbert *bert); // accepts NULL, and a network at any stage of loading

int distilbert_vocabulary(const Distilbert *bert); // ids are below it
// Of a text, [CLS] and [SEP] included: the metadata's max_seq_length (128 without), or less if there are fewer
// positions.
int distilbert_max_tokens(const Distilbert *bert);
int distilbert_dim(const Distilbert *bert); // of the vector
int distilbert_n_layers(const Distilbert *bert);

// Scratch bytes that a run of texts with these lengths takes, each from 1 to max_tokens.
MUST_CHECK Status distilbert_plan(const Distilbert *bert, int n_texts, const int *lengths, size_t *scratch_bytes);

// Some texts set out together, in an arena of at least the planned bytes, which is given back as a whole.
// ids: the texts' one after the other, each with [CLS] and [SEP], which count in the mean. The lengths must stay until
// the end.
MUST_CHECK Status distilbert_begin(const Distilbert *bert, Arena *arena, const int32_t *ids, int n_texts,
                                   const int *lengths, TransformerRows *rows);
// Layers 0 to n_layers - 1, in this order.
void distilbert_layer(const Distilbert *bert, TransformerRows *rows, int layer);
// vectors [n_texts][dim], not normalised, each value from -1 to 1.
void distilbert_end(const Distilbert *bert, TransformerRows *rows, float *vectors);

// For tests: see TransformerTap.
void distilbert_set_tap(Distilbert *bert, TransformerTap tap);

#endif
