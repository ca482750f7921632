// A picture to the vector that CLIP's image network gives it.
#ifndef PIPELINE_EMBED_IMAGE_H
#define PIPELINE_EMBED_IMAGE_H

#include <stdbool.h>

#include "core/status.h"
#include "image/image.h"
#include "nets/clip_vision.h"

typedef struct EmbedImage EmbedImage;

// Neither network nor picture is kept, but both are needed until embed_image_end. The picture has 3 channels of 8 bits
// (image/rgb.h). `normalise`: the vector gets length 1.
MUST_CHECK Status embed_image_begin(const ClipVision *vision, const Image *image, bool normalise, EmbedImage **out);
void embed_image_end(EmbedImage *task); // accepts an unfinished task, and NULL

int embed_image_total(const EmbedImage *task); // steps in all
int embed_image_done(const EmbedImage *task);  // steps finished
// One step: the picture's preparation, or one layer. STATUS_BAD_ARGUMENT if all are done.
MUST_CHECK Status embed_image_step(EmbedImage *task);
// [clip_vision_dim], when all steps are done; valid until the end.
const float *embed_image_vector(const EmbedImage *task);

#endif
