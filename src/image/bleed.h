// Spreads colours under transparency. What a fully transparent pixel's colour is does not show, but the network sees
// it, and an enlargement mixes it into the edges: black there becomes a dark fringe.
#ifndef IMAGE_BLEED_H
#define IMAGE_BLEED_H

#include "image/image.h"

// Gives each pixel of alpha 0 a colour like that of the nearest pixels that are seen: near them the average of the
// neighbours, ring by ring; farther away by an image pyramid (pull-push: Gortler et al., The Lumigraph, 1996), at any
// distance. Alpha, and the pixels of alpha above 0, stay as they are; so does a picture without alpha, or without any
// pixel that is seen. Needs 4 bytes for each pixel of the box around what is seen, for a moment. On STATUS_NO_MEMORY
// nothing has changed.
MUST_CHECK Status bleed_colours(Image *image);

// The same in steps of a few million pixels each, for a large picture whose work may be stopped in between.
typedef struct Bleed Bleed;
MUST_CHECK Status bleed_begin(Image *image, Bleed **out); // `image` is needed until bleed_free
MUST_CHECK Status bleed_step(Bleed *bleed);               // does nothing once it is done
bool bleed_is_done(const Bleed *bleed);
void bleed_free(Bleed *bleed); // accepts NULL; before it is done, the picture is left with some colours

#endif
