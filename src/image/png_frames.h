// The frames of an animated PNG: where they stand, and how far they can be shown.
#ifndef IMAGE_PNG_FRAMES_H
#define IMAGE_PNG_FRAMES_H

#include <stdbool.h>

#include "image/png_chunk.h"

// What the chunks before the pixels tell of the animation.
typedef struct PngAnimation {
    const uint8_t *bytes; // the file, not owned
    size_t size;
    uint32_t width, height;
    uint32_t n_frames, n_loops; // as acTL tells them; 0 frames: no animation
    size_t control_at;          // where the first fcTL before the pixels stands; 0: nowhere
    size_t pixels_at;           // where the first IDAT stands
} PngAnimation;

// Takes what an acTL chunk tells. False: it cannot be, and as in Chromium the file is a still picture.
bool png_frames_take(PngAnimation *animation, const PngChunk *chunk);

typedef struct PngFrame {
    uint32_t x, y, width, height;
    size_t at;                  // where its first chunk of pixels stands
    bool is_default;            // they are IDAT, else fdAT
    int numerator, denominator; // of its delay, as the file has them
    int disposal, blending;
} PngFrame;

typedef enum PngFramesEnd {
    PNG_FRAMES_GO_ON,
    PNG_FRAMES_WHOLE,  // as many as the file tells of, or as many as there are before its end
    PNG_FRAMES_CUT,    // the file ends before
    PNG_FRAMES_BROKEN, // the next is not as it should be
} PngFramesEnd;

// Goes from frame to frame. As in Chromium, one that is not as it should be, or is out of order, ends the animation;
// and one without pixels counts for nothing.
typedef struct PngFrames {
    const PngAnimation *animation; // not owned
    size_t at;
    uint32_t sequence;
    uint32_t n_frames; // so far
    bool is_cut;       // the pixels of the last one are
    PngFramesEnd end;
} PngFrames;

void png_frames_begin(const PngAnimation *animation, PngFrames *out);
bool png_frames_next(PngFrames *frames, PngFrame *out); // false: `end` says why there is none

#endif
