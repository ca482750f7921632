// Real-CUGAN (bilibili/ailab, Real-CUGAN/upcunet_v3.py): two U-Nets in a row that enlarge a picture 2, 3 or 4 times,
// with four squeeze-and-excite blocks.
#ifndef NETS_CUGAN_H
#define NETS_CUGAN_H

#include "nets/network.h"

extern const Network cugan_network; // its `self` is an Upscaler
// waifu2x's cunet (nagadomi/waifu2x, lib/srcnn.lua), the origin of Real-CUGAN. Its 2x network has the same layers as
// Real-CUGAN's; another network of scale 1 only removes noise. It was trained with the pixels at the edge repeated.
extern const Network cugan_cunet;

#endif
