// Writes an animated WebP with libwebp, which finds what changed and keeps the compressed frames until the end.
#ifndef IMAGE_ENCODE_AWEBP_H
#define IMAGE_ENCODE_AWEBP_H

#include "image/encode.h"
#include "image/frames.h"

typedef struct EncodeAwebp EncodeAwebp;

// As encode_frames.h; `picture` is needed until encode_awebp_free. More than 65535 loops are written as for ever. The
// times at which frames begin are rounded to milliseconds; a frame of more than 4.6 hours is shown that long.
MUST_CHECK Status encode_awebp_begin(const EncodePicture *picture, int n_frames, int n_loops, Bytes *sink,
                                     EncodeAwebp **out);
MUST_CHECK Status encode_awebp_frame(EncodeAwebp *awebp, const uint8_t *pixels, FrameDelay delay);
MUST_CHECK Status encode_awebp_finish(EncodeAwebp *awebp);
void encode_awebp_free(EncodeAwebp *awebp); // accepts NULL
size_t encode_awebp_memory(const EncodePicture *picture);

#endif
