// Real-CUGAN (bilibili/ailab, Real-CUGAN/upcunet_v3.py): two U-Nets in a row that enlarge a picture 2, 3 or 4 times,
// with four squeeze-and-excite blocks.
#ifndef NETS_CUGAN_H
#define NETS_CUGAN_H

#include "nets/network.h"

extern const Network cugan_network; // whose `self` is an Upscaler

#endif
