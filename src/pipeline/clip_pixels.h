// A picture as CLIP's image network wants it: the preparation of OpenAI's clip.py (_transform), with Pillow's and
// torchvision's rounding.
#ifndef PIPELINE_CLIP_PIXELS_H
#define PIPELINE_CLIP_PIXELS_H

#include "core/status.h"
#include "image/image.h"

// Of a picture of 3 channels of 8 bits (image/rgb.h), resizes the shorter side to `side` (bicubic, with antialias),
// cuts out the middle, and takes off the mean of CLIP's training pictures, over their deviation. pixels
// [side][side][3]. STATUS_NO_MEMORY.
MUST_CHECK Status clip_pixels_from(const Image *image, int side, float *pixels);

#endif
