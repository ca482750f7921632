// Real-ESRGAN's large network (ESRGAN, Wang et al. 2018; xinntao/Real-ESRGAN, RRDBNet) with the six blocks of
// realesrgan-x4plus-anime: 4x.
#ifndef NETS_RRDB_H
#define NETS_RRDB_H

#include "nets/network.h"

extern const Network rrdb; // its `self` is an Upscaler

#endif
