// Pictures without colour: the network knows only colours, and would draw some into fine lines and screentones.
#ifndef IMAGE_GREY_H
#define IMAGE_GREY_H

#include "image/image.h"

// Whether the three colours of every visible pixel (alpha above 0) are equal.
bool grey_is_exact(const Image *image);
// Whether they are nearly equal: apart by GREY_FAR of 255 at most, and by GREY_MEAN on average, as the noise of a JPEG
// makes them. Paper that has yellowed, or a small red seal, is not nearly grey.
enum { GREY_FAR = 40, GREY_MEAN = 4 };
bool grey_is_near(const Image *image);
// Makes the three colours of every pixel equal: their luma, 0.299 R + 0.587 G + 0.114 B (ITU-R BT.601), rounded, which
// is what a JPEG keeps best; and equal colours as they are.
void grey_make(Image *image);
// Whether the picture counts as grey in this mode. Also makes nearly grey pixels, and those of alpha 0, exactly grey. A
// picture that GREY_NEAR would have made grey gets a warning in GREY_EXACT.
bool grey_settle(Image *image, GreyMode mode);

// One row of n pixels of 3 or 4 channels whose colours are equal, as 1 or 2 channels. `bits`: 8 or 16.
void grey_pack_row(const uint8_t *from, int n, int channels, int bits, uint8_t *to);

#endif
