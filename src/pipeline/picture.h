// A picture in memory, from a file or from bare pixels, for networks that enlarge it or look at it, and the work that
// must be done before they begin.
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
    FramesSurvey *frames; // of an animation to enlarge, which has no `image`; NULL: a still picture
    Bytes file;           // a copy of the animation's file
    Bleed *bleed;         // a large picture's colours are still being spread; NULL: done
    bool is_rgb;          // for networks that look at it
} Picture;

// From a file, to enlarge it. `bytes` are not needed afterwards. Two kinds of pictures need picture_step until nothing
// is left: an animation, whose frames must be examined, and a large picture with transparency, under which colours must
// be spread. `out` must be zeroed, here and below. Errors as of image_decode.
MUST_CHECK Status picture_decode(const uint8_t *bytes, size_t size, const DecodeOptions *options, Picture *out);
// From bare rows of 3 (RGB) or 4 (RGBA, straight alpha) bytes a pixel, to enlarge them.
MUST_CHECK Status picture_from_pixels(const uint8_t *pixels, int width, int height, int channels, GreyMode grey,
                                      Picture *out);
// The same for networks that look at the picture: see rgb_decode (image/rgb.h).
MUST_CHECK Status picture_decode_rgb(const uint8_t *bytes, size_t size, const DecodeOptions *options, Picture *out);
MUST_CHECK Status picture_rgb_from_pixels(const uint8_t *pixels, int width, int height, int channels, Picture *out);
void picture_free(Picture *picture); // also after a failure

int picture_left(const Picture *picture); // frames to be examined; for a still picture 1 until it is ready, then 0
// Examines one frame, or does a part of the other work. STATUS_BAD_ARGUMENT: a still picture that is ready.
MUST_CHECK Status picture_step(Picture *picture);

int picture_width(const Picture *picture);
int picture_height(const Picture *picture);
int picture_channels(const Picture *picture); // 3 or 4; for an animation known only when no frame is left
int picture_bits(const Picture *picture);     // of a sample: 8 or 16
bool picture_is_grey(const Picture *picture); // for an animation likewise
// Warnings about the file (core/warnings.h); for an animation those of the frames examined so far.
const Bytes *picture_warnings(const Picture *picture);
const Metadata *picture_metadata(const Picture *picture);
// The colour space of a picture's pixels.
typedef enum PictureColours {
    PICTURE_SRGB,    // sRGB, or the file does not say
    PICTURE_PROFILE, // given by an ICC profile for RGB
    PICTURE_HDR,     // PQ or HLG, which no profile can describe
} PictureColours;
// For a picture to enlarge. PICTURE_PROFILE: the file's profile, or one made of what the file says, is appended to the
// empty `profile`. STATUS_NO_MEMORY.
MUST_CHECK Status picture_colours(const Picture *picture, Bytes *profile, PictureColours *colours);
// The perceptual hash of a picture to look at. STATUS_BAD_ARGUMENT: a picture to enlarge.
MUST_CHECK Status picture_hash(const Picture *picture, PerceptualHash *out);

#endif
