// CLIP's image network: a vision transformer over square patches (Radford et al. 2021; OpenAI CLIP, clip/model.py,
// VisionTransformer). All sizes come from the file, in safetensors with Hugging Face's names. A file for pictures of
// more than 2048 pixels a side, or of more than TRANSFORMER_MAX_TOKENS, is refused.
#ifndef NETS_CLIP_VISION_H
#define NETS_CLIP_VISION_H

#include "nets/network.h"

extern const Network clip_vision; // its output: "vector"

#endif
