// Enlarges every frame of an animation like a still picture, and makes an animation with the same delays. Equal frames
// in a row are enlarged once. Memory does not grow with the number of frames, except that a WebP's compressed frames
// are kept until the end.
#ifndef PIPELINE_ANIMATION_H
#define PIPELINE_ANIMATION_H

#include "image/frames_survey.h"
#include "pipeline/upscale.h"

typedef struct Animation Animation;

// `bytes`: the file of the `survey`, which must be complete. Both, and the network, must stay until animation_end.
// `options` as for a still picture. Only one task at a time may use a network. STATUS_UNSUPPORTED: the format has no
// animations; STATUS_BAD_ARGUMENT: the survey is not complete; other errors as of upscale_begin and frames_open.
MUST_CHECK Status animation_begin(Upscaler *upscaler, const uint8_t *bytes, size_t size, const FramesSurvey *survey,
                                  UpscaleOptions options, Animation **out);
void animation_end(Animation *animation); // accepts an unfinished one, and NULL

int animation_n_frames(const Animation *animation);    // of the output
uint64_t animation_memory(const Animation *animation); // bytes: as upscale_memory, and the enlarged canvases
long long animation_total(const Animation *animation); // all work
long long animation_done(const Animation *animation);  // the work finished
// The task of the frame under way, or of the frame that the last step finished: for its size, tiles and plan.
Upscale *animation_upscale(Animation *animation);
// As upscale_consistency, for all finished frames.
ConsistencyCount animation_consistency(const Animation *animation);
// With `is_srgb`: a frame that the caller has to convert before the next step. NULL: the present frame has been
// returned already.
Image *animation_to_convert(Animation *animation);
int animation_frame(const Animation *animation); // the number, from 0, of the frame of animation_upscale

// Does one step: a step of the frame, or one equal frame is passed over. STATUS_BAD_ARGUMENT: all are done. After a
// failure only animation_end may be called.
MUST_CHECK Status animation_step(Animation *animation);
// The tile that the last step finished: see upscale_tile.
UpscaleTile animation_tile(const Animation *animation);
// The next bytes of the output; those of the last call are dropped. To be called after each step until there are none.
const Bytes *animation_output(Animation *animation);

#endif
