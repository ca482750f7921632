// The frames of an animated GIF, PNG or WebP, one after another, each composed to the whole visible picture.
#ifndef IMAGE_FRAMES_H
#define IMAGE_FRAMES_H

#include "image/image.h"

typedef struct Frames Frames;

typedef struct FrameDelay {
    int numerator, denominator; // of a second; 1/100 for GIF, 1/1000 for WebP, anything for PNG
} FrameDelay;

typedef struct FramesInfo {
    int width, height; // upright
    int n_frames;
    int n_loops;           // 0: for ever
    bool has_grey_samples; // the file stores no colours, but may have a profile of grey
    Metadata meta;         // as of Image, owned by the Frames
    Bytes warnings;        // as of Image, owned by the Frames; those of a frame are there when it was read
} FramesInfo;

// How many frames a file has; 1 for a still picture, and for any file that is not a whole picture.
int frames_count(const uint8_t *bytes, size_t size, const DecodeOptions *options);

// Opens an animation. `bytes` are needed until frames_close; `options` (NULL: all as their zeros) are copied. Errors as
// image_decode, and STATUS_BAD_ARGUMENT for a kind of file that has no animations, or a still PNG or WebP. A GIF of one
// frame is taken for an animation of one frame.
MUST_CHECK Status frames_open(const uint8_t *bytes, size_t size, const DecodeOptions *options, Frames **out);
const FramesInfo *frames_info(const Frames *frames);
const DecodeOptions *frames_options(const Frames *frames);

// The next frame, upright, as RGBA of 8 bits; the caller may not change it, and has it until the next call. After the
// last one: NULL.
MUST_CHECK Status frames_next(Frames *frames, const Image **canvas, FrameDelay *delay);
void frames_close(Frames *frames); // accepts NULL

typedef struct FramesRows {
    int top, n;
} FramesRows;

// The rectangle of the last frame that may differ from the frame before; of the first frame everything.
FramesRows frames_changed(const Frames *frames);

// The only frame as a still picture with the animation's profile, RGB if it is opaque. Errors as frames_open, and
// STATUS_UNSUPPORTED, naming the file as `what`, if there are more: the first alone would be a silent loss of the
// others.
MUST_CHECK Status frames_only(const char *what, const uint8_t *bytes, size_t size, const DecodeOptions *options,
                              Image *out);
// The canvas as a new picture of 3 (without alpha) or 4 channels.
MUST_CHECK Status frames_copy(const Image *canvas, int channels, Image *out);

#endif
