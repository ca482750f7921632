// Pictures in memory, for enlarging or for looking at.
#include "api/acg_image_parts.h"

#include <stdlib.h>
#include <string.h>

#include "api/acg_export.h"
#include "image/bleed.h"
#include "image/grey.h"
#include "image/rgb.h"

static AcgImage *create(void) {
    AcgImage *image = calloc(1, sizeof *image);
    if (!image && status_fail(STATUS_NO_MEMORY, "Not enough memory for a picture.")) return NULL;
    return image;
}

// The picture, or NULL, and all freed, if `status` tells of a failure.
static AcgImage *made(AcgImage *image, Status status) {
    if (!status) return image;
    acg_image_free(image);
    return NULL;
}

static Status copy_pixels(const uint8_t *pixels, int width, int height, int channels, Image *out) {
    Status status = image_create(width, height, channels, out);
    if (!status) memcpy(out->pixels, pixels, (size_t)height * image_row_bytes(out));
    return status;
}

// One step of spreading colours under transparency; the last one frees what they needed.
static Status bleed(AcgImage *image) {
    Status status = bleed_step(image->bleed);
    if (!status && !bleed_is_done(image->bleed)) return STATUS_OK;
    bleed_free(image->bleed);
    image->bleed = NULL;
    return status;
}

// Spreads colours: those of a large picture step by step later (acg_image_step).
static Status begin_bleeding(AcgImage *image) {
    enum { LARGE = 1 << 22 };
    const bool is_large = (uint64_t)image->image.width * (uint64_t)image->image.height > LARGE;
    Status status = bleed_begin(&image->image, &image->bleed);
    while (!status && image->bleed && !is_large) status = bleed(image);
    return status;
}

static Status keep_animation(AcgImage *image, const uint8_t *bytes, size_t size, const DecodeOptions *options) {
    Status status = bytes_append(&image->file, bytes, size);
    return status ? status : frames_survey_begin(image->file.data, image->file.size, options, &image->frames);
}

static GreyMode grey_mode(int flags) {
    return flags & ACG_IMAGE_GREY_OFF ? GREY_OFF : flags & ACG_IMAGE_GREY_NEAR ? GREY_NEAR : GREY_EXACT;
}

static DecodeOptions decode_options(int flags, double max_pixels) {
    const bool is_told = max_pixels >= 1; // and no NaN
    return (DecodeOptions){
        .deep = flags & ACG_IMAGE_DEEP,
        .keeps_damaged = flags & ACG_IMAGE_DAMAGED,
        .max_pixels = !is_told                          ? 0
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
    if (frames_count(bytes, size, &options) > 1) return made(image, keep_animation(image, bytes, size, &options));
    Status status = image_decode(bytes, size, &options, &image->image);
    return made(image, status ? status : begin_bleeding(image));
}

EXPORT AcgImage *acg_image_from_pixels(const uint8_t *pixels, int width, int height, int channels, int flags) {
    AcgImage *image = create();
    if (!image) return NULL;
    Status status = copy_pixels(pixels, width, height, channels, &image->image);
    if (!status) image->image.is_grey = grey_settle(&image->image, grey_mode(flags));
    return made(image, status ? status : begin_bleeding(image));
}

EXPORT AcgImage *acg_image_decode_rgb(const uint8_t *bytes, size_t size, int flags, double max_pixels) {
    const DecodeOptions options = decode_options(flags | ACG_IMAGE_GREY_OFF, max_pixels);
    AcgImage *image = create();
    if (!image) return NULL;
    image->is_rgb = true;
    return made(image, rgb_decode(bytes, size, &options, &image->image));
}

EXPORT AcgImage *acg_image_rgb_from_pixels(const uint8_t *pixels, int width, int height, int channels) {
    AcgImage *image = create();
    if (!image) return NULL;
    image->is_rgb = true;
    Status status = copy_pixels(pixels, width, height, channels, &image->image);
    if (!status) rgb_convert(&image->image);
    return made(image, status);
}

EXPORT int acg_image_is_grey(const AcgImage *image) {
    return image->frames ? frames_survey_is_grey(image->frames) : image->image.is_grey;
}
EXPORT int acg_image_frames_left(const AcgImage *image) {
    return image->frames ? frames_survey_n_left(image->frames) : image->bleed != NULL;
}
EXPORT int acg_image_step(AcgImage *image) {
    if (image->frames) return (int)frames_survey_step(image->frames);
    if (image->bleed) return (int)bleed(image);
    return (int)status_fail(STATUS_BAD_ARGUMENT, "Expected an animation to look at but received a still picture.");
}

EXPORT const char *acg_image_warnings(AcgImage *image) {
    const Bytes *found = image->frames ? &frames_survey_info(image->frames)->warnings : &image->image.warnings;
    bytes_clear(&image->warnings);
    if (!found->size || bytes_append(&image->warnings, found->data, found->size)) return "";
    return bytes_append(&image->warnings, "", 1) ? "" : (const char *)image->warnings.data;
}

EXPORT void acg_image_free(AcgImage *image) {
    if (!image) return;
    bleed_free(image->bleed);
    image_free(&image->image);
    frames_survey_free(image->frames);
    bytes_free(&image->file);
    bytes_free(&image->warnings);
    free(image);
}
