// Runs one picture through a network for pictures: to vectors and probabilities.
#ifndef PIPELINE_EMBED_IMAGE_H
#define PIPELINE_EMBED_IMAGE_H

#include <stdbool.h>

#include "core/status.h"
#include "image/image.h"
#include "nets/network.h"

typedef struct EmbedImageOptions {
    int outputs;    // a mask: the sum of 1 << output for each wanted output, at least one
    bool fit;       // keep the picture's proportions if the network would stretch it
    bool normalise; // scale vectors to length 1; probabilities do not change
} EmbedImageOptions;

typedef struct EmbedImage EmbedImage;

// Neither network nor picture is copied. The network must stay until embed_image_end, the picture (network_pixels.h
// says which) until the first step has succeeded; it is not changed. STATUS_BAD_ARGUMENT: an output that the network
// does not have; STATUS_NO_MEMORY.
MUST_CHECK Status embed_image_begin(Net net, const Image *image, EmbedImageOptions options, EmbedImage **out);
void embed_image_end(EmbedImage *task); // accepts an unfinished task, and NULL

int embed_image_total(const EmbedImage *task); // all steps
int embed_image_done(const EmbedImage *task);  // steps finished
// Does one step: prepares the picture, or runs a step of the network. A step that failed may be tried again.
// STATUS_BAD_ARGUMENT: all are done; STATUS_NO_MEMORY.
MUST_CHECK Status embed_image_step(EmbedImage *task);
// The output's values, [output_dim], once all steps are done; valid until the end. NULL: it was not asked for, or the
// network does not have it.
const float *embed_image_output(const EmbedImage *task, int output);

#endif
