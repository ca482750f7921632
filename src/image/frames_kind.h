// The interface of each format to frames.c, which composes the frames.
#ifndef IMAGE_FRAMES_KIND_H
#define IMAGE_FRAMES_KIND_H

#include "image/frames.h"

// What happens to a frame's rectangle after its time (disposal).
typedef enum FrameDisposal { FRAME_STAYS, FRAME_IS_CLEARED, FRAME_IS_TAKEN_BACK } FrameDisposal;

// A frame as the file has it: often only the part of the picture that changes.
typedef struct FramePatch {
    Image image;  // RGB or RGBA of 8 bits; may reach beyond the picture; without pixels: nothing of it is seen
    int x, y;     // from 0
    bool is_over; // what is transparent in it shows what was there; otherwise it replaces that
    void (*lay_over)(const uint8_t *from, uint8_t *to); // a pixel of neither alpha 0 nor 255; NULL: as PNG has it
    FrameDisposal disposal;
    FrameDelay delay;
} FramePatch;

// How much of what begins at `at` lies before `end`.
static inline int frame_clipped(int at, int length, int end) {
    return at >= end ? 0 : length < end - at ? length : end - at;
}

typedef struct FramesKind {
    // `out` becomes what the others get. `bytes`, `options` and `info` live until close. Fills `info`, of which what it
    // allocated is freed by the caller, on errors too; `next` may add warnings to it. An orientation is left as it is.
    Status (*open)(const uint8_t *bytes, size_t size, const DecodeOptions *options, FramesInfo *info, void **out);
    // Called n_frames times at most. `patch` is zeroed, and freed by the caller, on errors too.
    Status (*next)(void *reader, FramePatch *patch);
    void (*close)(void *reader); // accepts NULL
} FramesKind;

extern const FramesKind frames_gif, frames_png, frames_webp;

#endif
