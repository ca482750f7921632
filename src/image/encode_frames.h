// Writes whole pictures as an animation, frame by frame: an animated PNG, whose frames hold only what changed, or an
// animated WebP.
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
// Accepts NULL and unfinished encoders.
void encode_frames_free(EncodeFrames *encode);
// The bytes that the encoder holds, without the sink and the compressed frames; SIZE_MAX: too many.
size_t encode_frames_memory(const EncodePicture *picture);

#endif
