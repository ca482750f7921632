// Enlarges the alpha channel of a picture; the network has no alpha.
#ifndef IMAGE_ALPHA_H
#define IMAGE_ALPHA_H

#include <stddef.h>

#include "image/image.h"

// Writes the alpha of the rectangle (x, y, width, height) of the picture enlarged `scale` times into every 4th sample
// of `out`, rows `stride_bytes` apart; samples have as many bits as the picture's, and 16-bit rows lie at even
// addresses. Bicubic (Keys 1981, a = -0.5), edges repeated; each sample is computed from the whole picture, so that
// rectangles join without a seam, and what is all 0 or all full stays so. `image` must have 4 channels.
void alpha_enlarge(const Image *image, int scale, int x, int y, int width, int height, uint8_t *out,
                   size_t stride_bytes);

#endif
