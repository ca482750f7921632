// CLIP's text network: a causal transformer, read at each text's last token (Radford et al. 2021; OpenAI CLIP,
// clip/model.py). All sizes come from the file, in safetensors with Hugging Face's names. Texts run at their true
// lengths: with the causal mask what follows the end token changes nothing. Knows token ids only, no words.
#ifndef NETS_CLIP_TEXT_H
#define NETS_CLIP_TEXT_H

#include <stdint.h>

#include "core/arena.h"
#include "nets/transformer.h"
#include "weights/safetensors.h"

typedef struct ClipText ClipText;

// As clip_vision_create. The token embedding stays in the file's dtype.
MUST_CHECK Status clip_text_create(bool use_ref, TensorSink *sink, ClipText **out);
void clip_text_free(ClipText *text); // accepts NULL, and a network at any stage of loading

int clip_text_vocabulary(const ClipText *text); // ids are below it
int clip_text_max_tokens(const ClipText *text); // 77
int clip_text_dim(const ClipText *text);        // of the vector
int clip_text_n_layers(const ClipText *text);
// The logarithm of what cosines are multiplied by, or 0 if the file has none (logit_scale).
float clip_text_logit_scale(const ClipText *text);

// Scratch bytes that a run of texts with these lengths takes, each from 1 to max_tokens.
MUST_CHECK Status clip_text_plan(const ClipText *text, int n_texts, const int *lengths, size_t *scratch_bytes);

// Some texts set out together, in an arena of at least the planned bytes, which is given back as a whole.
// ids: the texts' one after the other, each with its start and end token. The lengths must stay until the end.
MUST_CHECK Status clip_text_begin(const ClipText *text, Arena *arena, const int32_t *ids, int n_texts,
                                  const int *lengths, TransformerRows *rows);
// Layers 0 to n_layers - 1, in this order.
void clip_text_layer(const ClipText *text, TransformerRows *rows, int layer);
// vectors [n_texts][dim], not normalised: of each text's last token.
void clip_text_end(const ClipText *text, TransformerRows *rows, float *vectors);

// For tests: see TransformerTap.
void clip_text_set_tap(ClipText *text, TransformerTap tap);

#endif
