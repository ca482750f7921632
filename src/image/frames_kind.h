// The interface of each format to frames.c, which composes the frames.
#ifndef IMAGE_FRAMES_KIND_H
#define IMAGE_FRAMES_KIND_H

#include "image/frames.h"

// What happens to a frame's rectangle after its time (disposal).
typedef enum FrameDisposal { FRAME_KEEP, FRAME_CLEAR, FRAME_RESTORE } FrameDisposal;

// A frame as the file has it: often only the part of the picture that changes.
typedef struct FramePatch {
    Image image;  // RGB or RGBA of 8 bits; may reach beyond the picture; without pixels: nothing of it is seen
    int x, y;     // from 0
    bool is_over; // blended over the canvas; otherwise it replaces the pixels, also by transparent ones
    void (*lay_over)(const uint8_t *from, uint8_t *to); // a pixel of neither alpha 0 nor 255; NULL: as PNG has it
    FrameDisposal disposal;
    FrameDelay delay;
} FramePatch;

// How much of a range from `at` lies before `end`.
static inline int frame_clipped(int at, int length, int end) {
    return at >= end ? 0 : length < end - at ? length : end - at;
}

typedef struct FramesKind {
    // `out` is set to the reader that the other functions get. `bytes`, `options` and `info` live until close. Fills
    // `info`; the caller frees its memory, on errors too; `next` may add warnings to it. An orientation is left as it
    // is.
    Status (*open)(const uint8_t *bytes, size_t size, const DecodeOptions *options, FramesInfo *info, void **out);
    // Called n_frames times at most. `patch` is zeroed, and freed by the caller, on errors too.
    Status (*next)(void *reader, FramePatch *patch);
    void (*close)(void *reader); // accepts NULL
} FramesKind;

extern const FramesKind frames_gif, frames_png, frames_webp;

#endif
