// What networks that look at pictures want: three channels of 8 bits, in one of two ways.
#ifndef IMAGE_RGB_H
#define IMAGE_RGB_H

#include "image/image.h"

// Makes the picture one of 3 channels and 8 bits, in its own memory, as Pillow's convert('RGB') does: alpha is dropped,
// not composited, so that what was transparent shows the colour stored there (decode, but do not bleed); of 16 bits the
// upper 8 stay.
void rgb_convert(Image *image);
// The same, but with the picture laid on white first, as Pillow's alpha_composite does it.
void rgb_lay_on_white(Image *image);

// Decodes a file for either: 3 channels of 8 bits, or 4 if something is transparent. Of an animation the first frame.
// Errors and `options` as of image_decode, but deep makes no difference.
MUST_CHECK Status rgb_decode(const uint8_t *bytes, size_t size, const DecodeOptions *options, Image *out);

#endif
