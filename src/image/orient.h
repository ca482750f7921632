// Rotates and mirrors whole pictures.
#ifndef IMAGE_ORIENT_H
#define IMAGE_ORIENT_H

#include "image/image.h"

// Applies an EXIF orientation, 1 to 8, so that row 0 is the top and column 0 the left side. 1 does
// nothing; the others need memory for a second picture for a moment. On STATUS_NO_MEMORY the picture is as it was.
MUST_CHECK Status orient_image(Image *image, int orientation);
// The same in two parts, for many pictures of the same size: memory for an upright one, with undefined pixels, and a
// copy into it.
MUST_CHECK Status orient_create(const Image *image, int orientation, Image *out);
void orient_copy(const Image *image, int orientation, Image *seen);

#endif
