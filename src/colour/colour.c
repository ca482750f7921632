// One transform of lcms2.
#include "colour/colour.h"

#include <lcms2.h>
#include <stdbool.h>
#include <stdlib.h>

struct Colour {
    cmsHTRANSFORM transform;
};

static cmsUInt32Number pixel_type(int channels, int bits) {
    const bool has_alpha = channels == 4;
    if (bits == 16) return has_alpha ? TYPE_RGBA_16 : TYPE_RGB_16;
    return has_alpha ? TYPE_RGBA_8 : TYPE_RGB_8;
}

// NULL: it cannot be made.
static cmsHTRANSFORM transform_from(cmsHPROFILE from, cmsHPROFILE to, int channels, int bits) {
    const cmsUInt32Number type = pixel_type(channels, bits);
    // What speeds lcms2 up would round 16 bits to fewer.
    const cmsUInt32Number flags = cmsFLAGS_COPY_ALPHA | (bits == 16 ? cmsFLAGS_NOOPTIMIZE : 0);
    if (!from || !to || cmsGetColorSpace(from) != cmsSigRgbData) return NULL;
    return cmsCreateTransform(from, type, to, type, INTENT_PERCEPTUAL, flags);
}

static void close_profile(cmsHPROFILE profile) {
    if (profile) cmsCloseProfile(profile);
}

Colour *colour_open(const uint8_t *profile, size_t size, int channels, int bits) {
    Colour *colour = calloc(1, sizeof *colour);
    if (!colour) return NULL;
    cmsHPROFILE from = cmsOpenProfileFromMem(profile, (cmsUInt32Number)size), to = cmsCreate_sRGBProfile();
    colour->transform = transform_from(from, to, channels, bits);
    close_profile(from);
    close_profile(to);
    if (colour->transform) return colour;
    colour_close(colour);
    return NULL;
}

void colour_convert(const Colour *colour, void *pixels, size_t n) {
    cmsDoTransform(colour->transform, pixels, pixels, (cmsUInt32Number)n);
}

void colour_close(Colour *colour) {
    if (!colour) return;
    if (colour->transform) cmsDeleteTransform(colour->transform);
    free(colour);
}
