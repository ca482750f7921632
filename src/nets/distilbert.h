// DistilBERT as sentence-transformers uses it (Sanh et al. 2019; transformers, modeling_distilbert.py): blocks that
// normalise last, the mean over all tokens including [CLS] and [SEP], a dense layer with tanh. acgvoc2vec is such a
// network. All sizes come from the safetensors file, which has Hugging Face's names, and `dense` for the last layer.
// The word embedding stays in the file's dtype. It knows token ids, not words.
#ifndef NETS_DISTILBERT_H
#define NETS_DISTILBERT_H

#include "nets/network.h"

// One output: "vector", with values from -1 to 1. max_tokens counts [CLS] and [SEP] too; it is max_seq_length of the
// metadata, 128 without that, and never more than there are positions.
extern const Network distilbert;

#endif
