// What an AcgImage holds: for the functions of the ABI only, which JavaScript sees without it.
#ifndef API_ACG_IMAGE_PARTS_H
#define API_ACG_IMAGE_PARTS_H

#include "api/acg_image.h"
#include "image/bleed.h"
#include "image/frames_survey.h"
#include "image/image.h"

struct AcgImage {
    Image image;
    FramesSurvey *frames; // of an animation that is to be enlarged, which has no `image`; NULL: a still picture
    Bytes file;           // of such an animation
    Bleed *bleed;         // of a large picture, under way; NULL: done
    Bytes warnings;       // terminated: what acg_image_warnings gave
    bool keeps_metadata;
    bool is_rgb; // made for networks that look at it
};

#endif
