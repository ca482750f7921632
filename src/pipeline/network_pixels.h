// Converts a picture to a network's input.
#ifndef PIPELINE_NETWORK_PIXELS_H
#define PIPELINE_NETWORK_PIXELS_H

#include <stdbool.h>

#include "core/status.h"
#include "image/image.h"
#include "nets/network.h"

// Fills pixels [side][side][3] as `picture` describes. The image has 3 or 4 channels of 8 or 16 bits and is not
// changed. Alpha is dropped; with NETWORK_WHITE_SQUARE the image is laid on white instead. Of 16 bits the upper 8 are
// used. `fit`: NETWORK_STRETCH keeps the proportions. STATUS_NO_MEMORY.
MUST_CHECK Status network_pixels_from(const Image *image, const NetworkPicture *picture, bool fit, int side,
                                      float *pixels);

#endif
