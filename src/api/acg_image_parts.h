// The fields of an AcgImage: for the functions of the ABI only; JavaScript has only a pointer.
#ifndef API_ACG_IMAGE_PARTS_H
#define API_ACG_IMAGE_PARTS_H

#include "api/acg_image.h"
#include "pipeline/picture.h"

struct AcgImage {
    Picture picture;
    Bytes warnings;      // terminated: what acg_image_warnings gave
    PerceptualHash hash; // what acg_image_hash gave
    AcgColours colours;  // what acg_image_colours gave
    Bytes profile;       // of it
    bool keeps_metadata;
};

#endif
