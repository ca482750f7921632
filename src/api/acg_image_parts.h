// The fields of an AcgImage, for the files of this folder. JavaScript has only a pointer.
#ifndef API_ACG_IMAGE_PARTS_H
#define API_ACG_IMAGE_PARTS_H

#include "api/acg_image.h"
#include "pipeline/picture.h"

struct AcgImage {
    Picture picture;
    Bytes warnings;      // terminated: the result of acg_image_warnings
    PerceptualHash hash; // the result of acg_image_hash
    AcgColours colours;  // the result of acg_image_colours
    Bytes profile;       // the profile of `colours`
    bool keeps_metadata;
};

#endif
