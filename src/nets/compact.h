// Real-ESRGAN's compact network (xinntao/Real-ESRGAN, realesrgan/archs/srvgg_arch.py, SRVGGNetCompact), as the weights
// realesr-animevideov3 have it: 4x, and 2x and 3x by making that smaller.
#ifndef NETS_COMPACT_H
#define NETS_COMPACT_H

#include "nets/network.h"

extern const Network compact; // whose `self` is an Upscaler

#endif
