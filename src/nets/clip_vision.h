// CLIP's image network: a vision transformer over square patches (Radford et al. 2021; OpenAI CLIP, clip/model.py,
// VisionTransformer). All sizes come from the file, in safetensors with Hugging Face's names. patch_embedding.h
// says which are refused.
#ifndef NETS_CLIP_VISION_H
#define NETS_CLIP_VISION_H

#include "nets/network.h"

extern const Network clip_vision; // its output: "vector"

#endif
