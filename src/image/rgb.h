// Converts pictures for networks that look at them: to three channels of 8 bits, in one of two ways.
#ifndef IMAGE_RGB_H
#define IMAGE_RGB_H

#include "image/image.h"

// Makes the picture one of 3 channels and 8 bits, in its own memory, as Pillow's convert('RGB') does: alpha is dropped,
// not composited, so transparent pixels show the colour stored there (decode, but do not bleed); of 16 bits the upper 8
// are kept.
void rgb_convert(Image *image);
// The same, but the picture is composited over white first, as Pillow's alpha_composite does.
void rgb_lay_on_white(Image *image);

// Decodes a file for either: 3 channels of 8 bits, or 4 if something is transparent. Of an animation the first frame.
// Errors and `options` as of image_decode, but deep makes no difference.
MUST_CHECK Status rgb_decode(const uint8_t *bytes, size_t size, const DecodeOptions *options, Image *out);

#endif
