// The parts that CLIP's image and text networks share: blocks that normalise first (OpenAI CLIP, clip/model.py,
// ResidualAttentionBlock) with the names of Hugging Face's CLIPEncoder, and the logit scale.
#ifndef NETS_CLIP_HALF_H
#define NETS_CLIP_HALF_H

#include "nets/transformer.h"

// Asks for the tensors of `<half>_model.encoder.layers` and the metadata `<half>_config.*`. `half` is "vision" or
// "text". Without the metadata, heads have 64 values and the activation is quick_gelu.
void clip_half_ask_blocks(Transformer *transformer, WeightStore *store, const char *half, int dim);
// Asks for the logit scale: the logarithm of the factor of cosines. `*to` stays NULL if the file has none.
void clip_half_ask_logit_scale(WeightStore *store, const float **to);

#endif
