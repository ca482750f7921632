// What each format has to offer to frames.c, which puts the frames together.
#ifndef IMAGE_FRAMES_KIND_H
#define IMAGE_FRAMES_KIND_H

#include "image/frames.h"

// What becomes of a frame's place when its time is over.
typedef enum FrameDisposal { FRAME_STAYS, FRAME_IS_CLEARED, FRAME_IS_TAKEN_BACK } FrameDisposal;

// A frame as the file has it: often only the part of the picture that changes.
typedef struct FramePatch {
    Image image; // RGB or RGBA of 8 bits; may reach beyond the picture
    int x, y;    // from 0
    bool is_over; // what is transparent in it shows what was there; otherwise it replaces that
    FrameDisposal disposal;
    FrameDelay delay;
} FramePatch;

typedef struct FramesKind {
    // `out` becomes what the others get. `bytes` and `options` live until close. Fills `info`, of which what it
    // allocated is freed by the caller, on errors too.
    Status (*open)(const uint8_t *bytes, size_t size, const DecodeOptions *options, FramesInfo *info, void **out);
    // Called n_frames times at most. `patch` is zeroed, and freed by the caller, on errors too.
    Status (*next)(void *reader, FramePatch *patch);
    void (*close)(void *reader); // accepts NULL
} FramesKind;

extern const FramesKind frames_gif, frames_png, frames_webp;

#endif
