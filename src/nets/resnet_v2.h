// pix2score's network: a pre-activation residual network with three heads (He et al. 2016, Identity Mappings; Keras's
// applications/resnet.py, ResNet101V2). All sizes come from the safetensors file, which has Keras's names.
#ifndef NETS_RESNET_V2_H
#define NETS_RESNET_V2_H

#include "nets/network.h"

// The heads, in the order of the outputs. Each gives probabilities, from a softmax.
enum { RESNET_V2_BOOKMARK, RESNET_V2_VIEW, RESNET_V2_SANITY, RESNET_V2_OUTPUTS };

extern const Network resnet_v2;

#endif
