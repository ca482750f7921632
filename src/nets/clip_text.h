// CLIP's text network: a causal transformer whose output is the row of each text's last token (Radford et al. 2021;
// OpenAI CLIP, clip/model.py). All sizes come from the safetensors file, which has Hugging Face's names. The token
// embedding stays in the file's dtype. Texts run without padding: with the causal mask, tokens after the end token
// change nothing. It knows token ids, not words.
#ifndef NETS_CLIP_TEXT_H
#define NETS_CLIP_TEXT_H

#include "nets/network.h"

extern const Network clip_text; // one output: "vector"

#endif
