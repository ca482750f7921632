// Enlarges every frame of an animation as a still picture would be, and gives an animation of the same times.
// Frames that look the same are enlarged once. Memory does not grow with the number of frames (but for a compressed
// WebP).
#ifndef PIPELINE_ANIMATION_H
#define PIPELINE_ANIMATION_H

#include "image/frames_survey.h"
#include "pipeline/upscale.h"

typedef struct Animation Animation;

// `bytes`: the file of the `survey`, which is done. Both, and the network, are needed until animation_end. `options` as
// for a still picture, with a format that has animations: STATUS_UNSUPPORTED for the others. One task at a time may use
// a network.
MUST_CHECK Status animation_begin(Upscaler *upscaler, const uint8_t *bytes, size_t size, const FramesSurvey *survey,
                                  UpscaleOptions options, Animation **out);
void animation_end(Animation *animation); // accepts an unfinished one, and NULL

int animation_n_frames(const Animation *animation);    // of the output
uint64_t animation_memory(const Animation *animation); // as upscale_memory, with the canvases that are held
long long animation_total(const Animation *animation); // the work in all
long long animation_done(const Animation *animation);
// The frame under way, or the one that the last step finished: its size, its tiles, how it is done.
Upscale *animation_upscale(Animation *animation);
// As upscale_consistency, of all frames so far.
ConsistencyCount animation_consistency(const Animation *animation);
// With `is_srgb`: the frame that the next step begins with, for the caller to convert it before that; NULL: it has been
// given already.
Image *animation_to_convert(Animation *animation);
int animation_frame(const Animation *animation); // its number, from 0

// One step: one of the frame's, or a frame that is passed over. STATUS_BAD_ARGUMENT if all are done.
MUST_CHECK Status animation_step(Animation *animation);
// What the last step finished of the frame: see upscale_tile.
UpscaleTile animation_tile(const Animation *animation);
// The next bytes of the output: those of the last call are forgotten. To be called after each step until it has none.
const Bytes *animation_output(Animation *animation);

#endif
