// A picture as a network wants it.
#ifndef PIPELINE_NETWORK_PIXELS_H
#define PIPELINE_NETWORK_PIXELS_H

#include <stdbool.h>

#include "core/status.h"
#include "image/image.h"
#include "nets/network.h"

// Of a picture of 3 or 4 channels, which is not changed (alpha is dropped, by NETWORK_WHITE_SQUARE laid on white; of 16
// bits the upper 8 count), pixels [side][side][3] as `picture` describes them. `fit`: NETWORK_STRETCH keeps the
// proportions instead. STATUS_NO_MEMORY.
MUST_CHECK Status network_pixels_from(const Image *image, const NetworkPicture *picture, bool fit, int side,
                                      float *pixels);

#endif
