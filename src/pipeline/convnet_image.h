// One picture through pix2score's or DeepDanbooru's network: to probabilities, tags and vectors.
#ifndef PIPELINE_CONVNET_IMAGE_H
#define PIPELINE_CONVNET_IMAGE_H

#include <stdbool.h>

#include "core/status.h"
#include "image/image.h"
#include "nets/deepdanbooru.h"
#include "nets/resnet_v2.h"

// One of the two; the other is NULL.
typedef struct ConvnetImageNet {
    const ResnetV2 *resnet_v2;
    const Deepdanbooru *deepdanbooru;
} ConvnetImageNet;

enum { CONVNET_IMAGE_MAX_OUTPUTS = 3 };

// What the network can give: "bookmark", "view", "sanity" (probabilities of the bins), or "tags" (a probability each),
// "illust2vec", "style" (vectors). A dim of 0: this file does not hold that one.
int convnet_image_n_outputs(ConvnetImageNet net);
const char *convnet_image_output_name(ConvnetImageNet net, int output);
int convnet_image_output_dim(ConvnetImageNet net, int output);

typedef struct ConvnetImageOptions {
    int outputs;    // a mask: 1 << output of each that is wanted, at least one
    bool fit;       // keep the picture's proportions (resize_tf_fit) in place of stretching it (resize_tf_stretch)
    bool normalise; // vectors get length 1; probabilities stay what they are
} ConvnetImageOptions;

typedef struct ConvnetImage ConvnetImage;

// Neither network nor picture is kept, but both are needed: the network until convnet_image_end, the picture, which is
// not changed (of 3 or 4 channels; alpha is dropped, of 16 bits the upper 8 count), until the first step is done.
// STATUS_BAD_ARGUMENT for outputs that the network does not have, STATUS_NO_MEMORY.
MUST_CHECK Status convnet_image_begin(ConvnetImageNet net, const Image *image, ConvnetImageOptions options,
                                      ConvnetImage **out);
void convnet_image_end(ConvnetImage *task); // accepts an unfinished task, and NULL

int convnet_image_total(const ConvnetImage *task); // steps in all
int convnet_image_done(const ConvnetImage *task);  // steps finished
// One step: the picture's preparation, or at most one block. STATUS_BAD_ARGUMENT if all are done.
MUST_CHECK Status convnet_image_step(ConvnetImage *task);
// [convnet_image_output_dim], when all steps are done; valid until the end. NULL: was not asked for.
const float *convnet_image_output(const ConvnetImage *task, int output);

#endif
