// DistilBERT as sentence-transformers uses it (Sanh et al. 2019; transformers, modeling_distilbert.py): blocks that
// normalise last, the mean over all tokens, [CLS] and [SEP] among them, a dense layer with tanh. That is acgvoc2vec.
// All sizes come from the file, in safetensors with Hugging Face's names, and `dense` for the last layer; the word
// embedding stays in the file's dtype. Knows token ids only, no words.
#ifndef NETS_DISTILBERT_H
#define NETS_DISTILBERT_H

#include "nets/network.h"

// Its output "vector": each value from -1 to 1. Its max_tokens count [CLS] and [SEP]: the metadata's max_seq_length
// (128 without), or less if there are fewer positions.
extern const Network distilbert;

#endif
