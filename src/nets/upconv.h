// waifu2x's upconv_7 (nagadomi/waifu2x, lib/srcnn.lua), for drawings and for photographs: six convolutions, and a
// transposed one that doubles the size.
#ifndef NETS_UPCONV_H
#define NETS_UPCONV_H

#include "nets/network.h"

extern const Network upconv; // its `self` is an Upscaler

#endif
