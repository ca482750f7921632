// CLIP's image network: a vision transformer over square patches (Radford et al. 2021; OpenAI CLIP, clip/model.py,
// VisionTransformer). All sizes come from the safetensors file, which has Hugging Face's names. patch_embedding.h says
// which sizes are refused.
#ifndef NETS_CLIP_VISION_H
#define NETS_CLIP_VISION_H

#include "nets/network.h"

extern const Network clip_vision; // one output: "vector"

#endif
