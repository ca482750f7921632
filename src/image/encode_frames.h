// Whole pictures to an animation, frame by frame: animated PNG, of which each frame has only what changed, or WebP.
#ifndef IMAGE_ENCODE_FRAMES_H
#define IMAGE_ENCODE_FRAMES_H

#include "image/encode.h"
#include "image/frames.h"

typedef struct EncodeFrames EncodeFrames;

// As encode_check, and STATUS_BAD_ARGUMENT for what an animation cannot be.
MUST_CHECK Status encode_frames_check(const EncodePicture *picture);
// `picture` as for a still one, of 8 bits, PNG or WebP (STATUS_BAD_ARGUMENT otherwise); `n_frames` from 1, `n_loops` 0:
// for ever. Sink and ownership as encode_begin. A PNG leaves frame by frame; a WebP, compressed, at the end.
MUST_CHECK Status encode_frames_begin(const EncodePicture *picture, int n_frames, int n_loops, Bytes *sink,
                                      EncodeFrames **out);
// The next frame as the whole picture, rows without gaps.
MUST_CHECK Status encode_frames_add(EncodeFrames *encode, const uint8_t *pixels, FrameDelay delay);
// Writes the end. STATUS_INTERNAL unless all frames were given.
MUST_CHECK Status encode_frames_finish(EncodeFrames *encode);
// Accepts NULL, and an encoder that was never finished.
void encode_frames_free(EncodeFrames *encode);
// What such an encoder holds beside the sink, in bytes, without what it has compressed; SIZE_MAX: too much.
size_t encode_frames_memory(const EncodePicture *picture);

#endif
