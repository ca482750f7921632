// One picture through a network that looks at pictures: to vectors and probabilities.
#ifndef PIPELINE_EMBED_IMAGE_H
#define PIPELINE_EMBED_IMAGE_H

#include <stdbool.h>

#include "core/status.h"
#include "image/image.h"
#include "nets/network.h"

typedef struct EmbedImageOptions {
    int outputs;    // a mask: 1 << output of each that is wanted, at least one
    bool fit;       // keep the picture's proportions, where the network would stretch it
    bool normalise; // vectors get length 1; probabilities stay what they are
} EmbedImageOptions;

typedef struct EmbedImage EmbedImage;

// Neither network nor picture is kept, but both are needed: the network until embed_image_end, the picture, which is
// not changed, until the first step is done (network_pixels.h says which pictures). STATUS_BAD_ARGUMENT for outputs
// that the network does not have, STATUS_NO_MEMORY.
MUST_CHECK Status embed_image_begin(Net net, const Image *image, EmbedImageOptions options, EmbedImage **out);
void embed_image_end(EmbedImage *task); // accepts an unfinished task, and NULL

int embed_image_total(const EmbedImage *task); // steps in all
int embed_image_done(const EmbedImage *task);  // steps finished
// One step: the picture's preparation, or one of the network's. STATUS_BAD_ARGUMENT if all are done.
MUST_CHECK Status embed_image_step(EmbedImage *task);
// [the output's dim], when all steps are done; valid until the end. NULL: it was not asked for, or there is none.
const float *embed_image_output(const EmbedImage *task, int output);

#endif
