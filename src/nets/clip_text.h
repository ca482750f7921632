// CLIP's text network: a causal transformer, read at each text's last token (Radford et al. 2021; OpenAI CLIP,
// clip/model.py). All sizes come from the file, in safetensors with Hugging Face's names; the token embedding stays in
// the file's dtype. Texts run at their true lengths: with the causal mask what follows the end token changes nothing.
// Knows token ids only, no words.
#ifndef NETS_CLIP_TEXT_H
#define NETS_CLIP_TEXT_H

#include "nets/network.h"

extern const Network clip_text; // its output "vector": of each text's last token

#endif
