// The file of an enlargement.
#ifndef PIPELINE_UPSCALE_FILE_H
#define PIPELINE_UPSCALE_FILE_H

#include "image/encode.h"
#include "pipeline/upscale.h"

// What an encoder needs to know of `image` enlarged `scale` times, or resized to the wanted size, with `meta`. Not for
// UPSCALE_PIXELS. Image and meta must stay as long as the encoder.
EncodePicture upscale_file_picture(const UpscaleOptions *options, const Image *image, const Metadata *meta, int scale);

// Warns if `meta` has something that changes the look of the picture but cannot be stored in the file. `is_grey`: the
// picture counts as grey.
void upscale_file_warn(const UpscaleOptions *options, const Metadata *meta, bool is_grey, Bytes *warnings);

#endif
