// Spreads colours under transparency. The colour of a fully transparent pixel is invisible, but the network sees it and
// mixes it into the edges: black there becomes a dark fringe.
#ifndef IMAGE_BLEED_H
#define IMAGE_BLEED_H

#include "image/image.h"

// Gives each pixel of alpha 0 a colour like that of the nearest visible pixels: near them the average of the
// neighbours, ring by ring; farther away from an image pyramid (pull-push: Gortler et al., The Lumigraph, 1996). Alpha
// and visible pixels do not change. A picture without alpha, or without a visible pixel, does not change at all. Takes
// 4 bytes for each pixel of the bounding box of visible pixels while it runs. On STATUS_NO_MEMORY the picture is
// unchanged.
MUST_CHECK Status bleed_colours(Image *image);

// The same in steps of a few million pixels, so that the work on a large picture can be stopped between two steps.
typedef struct Bleed Bleed;
MUST_CHECK Status bleed_begin(Image *image, Bleed **out); // `image` is needed until bleed_free
MUST_CHECK Status bleed_step(Bleed *bleed);               // does nothing once it is done
bool bleed_is_done(const Bleed *bleed);
void bleed_free(Bleed *bleed); // accepts NULL; if the work is not done, only some pixels have new colours

#endif
