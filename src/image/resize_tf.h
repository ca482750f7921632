// Resizes pictures as TensorFlow and DeepDanbooru do, to floats.
#ifndef IMAGE_RESIZE_TF_H
#define IMAGE_RESIZE_TF_H

#include "image/image.h"

// Both take a picture of 3 channels of 8 bits and write [height][width][3] from 0 to 1, with float32 arithmetic as the
// original's: equal to it except for the last bits.

// tf.image.resize(picture, [height, width]) / 255: stretched, bilinear, half pixel centres, no antialiasing. As ACG2vec
// serves pix2score, illust2vec and DeepDanbooru.
void resize_tf_stretch(const Image *image, int width, int height, float *out);

// As DeepDanbooru itself does (deepdanbooru/data, image): shrunk or enlarged by tf.image.resize's AREA until it fits,
// its sides in proportion, and put in the middle by skimage.transform.warp, its edges repeated outwards; where the
// margin is odd, each pixel is the mean of two. STATUS_NO_MEMORY.
MUST_CHECK Status resize_tf_fit(const Image *image, int width, int height, float *out);

#endif
