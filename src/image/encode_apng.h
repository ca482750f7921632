// Writes an animated PNG, frame by frame and row by row. encode_frames.h decides what a frame has to hold.
#ifndef IMAGE_ENCODE_APNG_H
#define IMAGE_ENCODE_APNG_H

#include "image/encode.h"
#include "image/alike.h"
#include "image/frames.h"

typedef struct EncodeApng EncodeApng;

// `picture` as for a PNG of one of the `n_frames` frames; `n_loops` 0: for ever. Sink and ownership as encode_begin.
MUST_CHECK Status encode_apng_begin(const EncodePicture *picture, int n_frames, int n_loops, Bytes *sink,
                                    EncodeApng **out);
// Begins the next frame, which replaces `part` of the picture; of the first frame that must be the whole. A delay whose
// numbers are beyond 65535 is written as the nearest in the finest decimal unit that holds it.
MUST_CHECK Status encode_apng_frame(EncodeApng *apng, AlikeRect part, FrameDelay delay);
// Rows of the part.
MUST_CHECK Status encode_apng_rows(EncodeApng *apng, const void *rows, size_t row_bytes, int n_rows);
// Writes the end. STATUS_INTERNAL unless all frames were given, with all their rows.
MUST_CHECK Status encode_apng_finish(EncodeApng *apng);
// Accepts NULL, and an encoder that was never finished.
void encode_apng_free(EncodeApng *apng);

#endif
