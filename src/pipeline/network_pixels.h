// A picture as a network wants it.
#ifndef PIPELINE_NETWORK_PIXELS_H
#define PIPELINE_NETWORK_PIXELS_H

#include <stdbool.h>

#include "core/status.h"
#include "image/image.h"
#include "nets/network.h"

// Makes pixels [side][side][3], as `picture` describes them, of an image of 3 or 4 channels, which is not changed.
// Alpha is dropped, or with NETWORK_WHITE_SQUARE laid on white; of 16 bits the upper 8 count. `fit`: NETWORK_STRETCH
// keeps the proportions instead. STATUS_NO_MEMORY.
MUST_CHECK Status network_pixels_from(const Image *image, const NetworkPicture *picture, bool fit, int side,
                                      float *pixels);

#endif
