// The handle of a picture.
#include "api/acg_image_parts.h"

#include <stdlib.h>

#include "api/acg_export.h"

static AcgImage *create(void) {
    AcgImage *image = calloc(1, sizeof *image);
    if (!image && status_fail(STATUS_NO_MEMORY, "Not enough memory for a picture.")) return NULL;
    return image;
}

// Returns the picture; frees it and returns NULL if `status` is a failure.
static AcgImage *made(AcgImage *image, Status status) {
    if (!status) return image;
    acg_image_free(image);
    return NULL;
}

static GreyMode grey_mode(int flags) {
    return flags & ACG_IMAGE_GREY_OFF ? GREY_OFF : flags & ACG_IMAGE_GREY_NEAR ? GREY_NEAR : GREY_EXACT;
}

static DecodeOptions decode_options(int flags, double max_pixels) {
    const bool is_given = max_pixels >= 1; // and no NaN
    return (DecodeOptions){
        .deep = flags & ACG_IMAGE_DEEP,
        .keeps_damaged = flags & ACG_IMAGE_DAMAGED,
        .max_pixels = !is_given                         ? 0
                      : max_pixels < (double)UINT32_MAX ? (uint64_t)max_pixels
                                                        : UINT32_MAX,
        .grey = grey_mode(flags),
    };
}

EXPORT AcgImage *acg_image_decode(const uint8_t *bytes, size_t size, int flags, double max_pixels) {
    const DecodeOptions options = decode_options(flags, max_pixels);
    AcgImage *image = create();
    if (!image) return NULL;
    image->keeps_metadata = flags & ACG_IMAGE_METADATA;
    return made(image, picture_decode(bytes, size, &options, &image->picture));
}

EXPORT AcgImage *acg_image_from_pixels(const uint8_t *pixels, int width, int height, int channels, int flags) {
    AcgImage *image = create();
    if (!image) return NULL;
    return made(image, picture_from_pixels(pixels, width, height, channels, grey_mode(flags), &image->picture));
}

EXPORT AcgImage *acg_image_decode_rgb(const uint8_t *bytes, size_t size, int flags, double max_pixels) {
    const DecodeOptions options = decode_options(flags | ACG_IMAGE_GREY_OFF, max_pixels);
    AcgImage *image = create();
    if (!image) return NULL;
    return made(image, picture_decode_rgb(bytes, size, &options, &image->picture));
}

EXPORT AcgImage *acg_image_rgb_from_pixels(const uint8_t *pixels, int width, int height, int channels) {
    AcgImage *image = create();
    if (!image) return NULL;
    return made(image, picture_rgb_from_pixels(pixels, width, height, channels, &image->picture));
}

EXPORT int acg_image_is_grey(const AcgImage *image) { return picture_is_grey(&image->picture); }
EXPORT int acg_image_frames_left(const AcgImage *image) { return picture_left(&image->picture); }
EXPORT int acg_image_step(AcgImage *image) { return (int)picture_step(&image->picture); }

EXPORT const char *acg_image_warnings(AcgImage *image) {
    const Bytes *found = picture_warnings(&image->picture);
    bytes_clear(&image->warnings);
    if (!found->size || bytes_append(&image->warnings, found->data, found->size)) return "";
    return bytes_append(&image->warnings, "", 1) ? "" : (const char *)image->warnings.data;
}

EXPORT int acg_image_width(const AcgImage *image) { return picture_width(&image->picture); }

EXPORT int acg_image_height(const AcgImage *image) { return picture_height(&image->picture); }

EXPORT const uint8_t *acg_image_hash(AcgImage *image) {
    return picture_hash(&image->picture, &image->hash) ? NULL : image->hash.bits;
}

EXPORT const AcgColours *acg_image_colours(AcgImage *image) {
    PictureColours colours;
    bytes_clear(&image->profile);
    if (picture_colours(&image->picture, &image->profile, &colours)) return NULL;
    image->colours = (AcgColours){
        .kind = (int32_t)colours,
        .channels = picture_channels(&image->picture),
        .bits = picture_bits(&image->picture),
        .profile = image->profile.data,
        .profile_bytes = image->profile.size,
    };
    return &image->colours;
}

EXPORT void acg_image_free(AcgImage *image) {
    if (!image) return;
    picture_free(&image->picture);
    bytes_free(&image->warnings);
    bytes_free(&image->profile);
    free(image);
}
