// What file an enlargement goes into.
#ifndef PIPELINE_UPSCALE_FILE_H
#define PIPELINE_UPSCALE_FILE_H

#include "image/encode.h"
#include "pipeline/upscale.h"

// The file for `image` that a network enlarges `scale` times, of the size that is asked for, with `meta`; not for
// UPSCALE_PIXELS. Both are needed as long as the encoder.
EncodePicture upscale_file_picture(const UpscaleOptions *options, const Image *image, const Metadata *meta, int scale);

// Warns of what changes the look of the picture in `meta` but cannot be stored in the file. `is_grey`: whether the
// picture is.
void upscale_file_warn(const UpscaleOptions *options, const Metadata *meta, bool is_grey, Bytes *warnings);

#endif
