// A vision transformer that predicts tags: SmilingWolf's WD tagger v3 (SmilingWolf/JAX-CV, Models/ViT.py; timm's
// VisionTransformer without class token). The mean of all patches' rows goes through one layer and a sigmoid. All sizes
// come from the published safetensors file, which has timm's names.
#ifndef NETS_VIT_TAGGER_H
#define NETS_VIT_TAGGER_H

#include "nets/network.h"

extern const Network vit_tagger; // one output, "tags": a probability for each line of selected_tags.csv

#endif
