// A vision transformer that tells tags, as SmilingWolf's WD tagger v3 is one (SmilingWolf/JAX-CV, Models/ViT.py; timm's
// VisionTransformer without class token): the mean of all patches' rows goes through one layer and a sigmoid. All sizes
// come from the file, in safetensors with timm's names, as it is published.
#ifndef NETS_VIT_TAGGER_H
#define NETS_VIT_TAGGER_H

#include "nets/network.h"

extern const Network vit_tagger; // its output "tags": a probability for each line of selected_tags.csv

#endif
