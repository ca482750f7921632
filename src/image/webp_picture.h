// Shared by the still and the animated WebP encoder: settings, pixels in libwebp's form, and its errors.
#ifndef IMAGE_WEBP_PICTURE_H
#define IMAGE_WEBP_PICTURE_H

#include <webp/encode.h>

#include "image/encode.h"

// Settings of `picture`'s format, and `gathered` with memory for its pixels (WebPPictureFree, on errors too).
MUST_CHECK Status webp_picture_create(const EncodePicture *picture, WebPConfig *config, WebPPicture *gathered);
// Puts rows of pixels, `row_bytes` apart, into `gathered` from row `y` on.
void webp_picture_rows(const EncodePicture *picture, const uint8_t *rows, size_t row_bytes, int n_rows, int y,
                       WebPPicture *gathered);
// The status for an error of libwebp's encoder.
MUST_CHECK Status webp_picture_explain(WebPEncodingError code);
MUST_CHECK Status webp_picture_no_memory(void);

#endif
