// What CLIP's image and text networks have in common: blocks that normalise first (OpenAI CLIP, clip/model.py,
// ResidualAttentionBlock), under the names of Hugging Face's CLIPEncoder, and the scale of similarities.
#ifndef NETS_CLIP_HALF_H
#define NETS_CLIP_HALF_H

#include "nets/transformer.h"

// Asks for the tensors of `<half>_model.encoder.layers`, `half` being "vision" or "text", with the metadata of
// `<half>_config`; without those, heads of 64 values and quick_gelu.
void clip_half_ask_blocks(Transformer *transformer, WeightStore *store, const char *half, int dim);
// The logarithm of what cosines are multiplied by; `*to` stays NULL if the file has none.
void clip_half_ask_logit_scale(WeightStore *store, const float **to);

#endif
