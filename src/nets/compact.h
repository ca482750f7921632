// Real-ESRGAN's compact network (xinntao/Real-ESRGAN, realesrgan/archs/srvgg_arch.py, SRVGGNetCompact) in the variant
// of realesr-animevideov3. It enlarges 4 times; for 2x and 3x that result is reduced.
#ifndef NETS_COMPACT_H
#define NETS_COMPACT_H

#include "nets/network.h"

extern const Network compact; // its `self` is an Upscaler

#endif
