// What an AcgImage holds: for the functions of the ABI only, which JavaScript sees without it.
#ifndef API_ACG_IMAGE_PARTS_H
#define API_ACG_IMAGE_PARTS_H

#include "api/acg_image.h"
#include "pipeline/picture.h"

struct AcgImage {
    Picture picture;
    Bytes warnings;      // terminated: what acg_image_warnings gave
    PerceptualHash hash; // what acg_image_hash gave
    bool keeps_metadata;
};

#endif
