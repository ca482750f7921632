// A picture in memory, from a file or from bare pixels, for networks that enlarge it or look at it; and what has to be
// done with it before they begin.
#ifndef PIPELINE_PICTURE_H
#define PIPELINE_PICTURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/bytes.h"
#include "core/status.h"
#include "image/bleed.h"
#include "image/decode_options.h"
#include "image/frames_survey.h"
#include "image/image.h"
#include "image/perceptual_hash.h"

// Empty if zeroed.
typedef struct Picture {
    Image image;
    FramesSurvey *frames; // of an animation that is to be enlarged, which has no `image`; NULL: a still picture
    Bytes file;           // of such an animation
    Bleed *bleed;         // of a large picture, under way; NULL: done
    bool is_rgb;          // made for networks that look at it
} Picture;

// From a file. Of an animation the file is kept, and its frames are yet to be looked at; of a large picture with
// transparency, colours are yet to be spread under it: picture_step until nothing is left. Errors as of image_decode.
MUST_CHECK Status picture_decode(const uint8_t *bytes, size_t size, const DecodeOptions *options, Picture *out);
// From `channels` 3 (RGB) or 4 (straight RGBA) bytes a pixel.
MUST_CHECK Status picture_from_pixels(const uint8_t *pixels, int width, int height, int channels, GreyMode grey,
                                      Picture *out);
// The same for networks that look at it: as rgb_decode makes it (image/rgb.h).
MUST_CHECK Status picture_decode_rgb(const uint8_t *bytes, size_t size, const DecodeOptions *options, Picture *out);
MUST_CHECK Status picture_rgb_from_pixels(const uint8_t *pixels, int width, int height, int channels, Picture *out);
void picture_free(Picture *picture); // also after a failure

int picture_left(const Picture *picture); // frames to be looked at; of a still picture 1 until it is ready, then 0
// Looks at one of them, or does a part of what is left. STATUS_BAD_ARGUMENT: a still picture that is ready.
MUST_CHECK Status picture_step(Picture *picture);

int picture_width(const Picture *picture);
int picture_height(const Picture *picture);
int picture_channels(const Picture *picture); // 3 or 4; of an animation only when no frame is left
int picture_bits(const Picture *picture);     // of a sample: 8 or 16
bool picture_is_grey(const Picture *picture); // of an animation likewise
// What is odd about the file: of an animation all that was seen so far.
const Bytes *picture_warnings(const Picture *picture);
const Metadata *picture_metadata(const Picture *picture);
// What the numbers of a picture's pixels mean.
typedef enum PictureColours {
    PICTURE_SRGB,    // sRGB, or nothing is told
    PICTURE_PROFILE, // what an ICC profile of RGB says
    PICTURE_HDR,     // PQ or HLG: no profile can say it
} PictureColours;
// Of a picture to enlarge. PICTURE_PROFILE: its profile, or one that says the same, is appended to the empty `profile`.
MUST_CHECK Status picture_colours(const Picture *picture, Bytes *profile, PictureColours *colours);
// Of a picture to look at. STATUS_BAD_ARGUMENT: one to enlarge.
MUST_CHECK Status picture_hash(const Picture *picture, PerceptualHash *out);

#endif
