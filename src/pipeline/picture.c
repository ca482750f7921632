// Still pictures, where colours are spread under transparency, and animations, where all frames are examined.
#include "pipeline/picture.h"

#include <string.h>

#include "image/grey.h"
#include "image/icc.h"
#include "image/icc_make.h"
#include "image/rgb.h"

enum { LARGE = 1 << 22 }; // pixels; in a larger picture, colours are spread step by step

static Status copy_pixels(const uint8_t *pixels, int width, int height, int channels, Image *out) {
    Status status = image_create(width, height, channels, out);
    if (!status) memcpy(out->pixels, pixels, (size_t)height * image_row_bytes(out));
    return status;
}

// Does one step of spreading colours under transparency; the last step frees its memory.
static Status bleed(Picture *picture) {
    Status status = bleed_step(picture->bleed);
    if (!status && !bleed_is_done(picture->bleed)) return STATUS_OK;
    bleed_free(picture->bleed);
    picture->bleed = NULL;
    return status;
}

static Status begin_bleeding(Picture *picture) {
    const bool is_large = (uint64_t)picture->image.width * (uint64_t)picture->image.height > LARGE;
    Status status = bleed_begin(&picture->image, &picture->bleed);
    while (!status && picture->bleed && !is_large) status = bleed(picture);
    return status;
}

static Status keep_animation(Picture *picture, const uint8_t *bytes, size_t size, const DecodeOptions *options) {
    Status status = bytes_append(&picture->file, bytes, size);
    return status ? status : frames_survey_begin(picture->file.data, picture->file.size, options, &picture->frames);
}

Status picture_decode(const uint8_t *bytes, size_t size, const DecodeOptions *options, Picture *out) {
    if (frames_count(bytes, size, options) > 1) return keep_animation(out, bytes, size, options);
    Status status = image_decode(bytes, size, options, &out->image);
    return status ? status : begin_bleeding(out);
}

Status picture_from_pixels(const uint8_t *pixels, int width, int height, int channels, GreyMode grey, Picture *out) {
    Status status = copy_pixels(pixels, width, height, channels, &out->image);
    if (status) return status;
    out->image.is_grey = grey_settle(&out->image, grey);
    return begin_bleeding(out);
}

Status picture_decode_rgb(const uint8_t *bytes, size_t size, const DecodeOptions *options, Picture *out) {
    out->is_rgb = true;
    return rgb_decode(bytes, size, options, &out->image);
}

Status picture_rgb_from_pixels(const uint8_t *pixels, int width, int height, int channels, Picture *out) {
    out->is_rgb = true;
    return copy_pixels(pixels, width, height, channels, &out->image);
}

void picture_free(Picture *picture) {
    bleed_free(picture->bleed);
    image_free(&picture->image);
    frames_survey_free(picture->frames);
    bytes_free(&picture->file);
}

int picture_left(const Picture *picture) {
    return picture->frames ? frames_survey_n_left(picture->frames) : picture->bleed != NULL;
}

Status picture_step(Picture *picture) {
    if (picture->frames) return frames_survey_step(picture->frames);
    if (picture->bleed) return bleed(picture);
    return status_fail(STATUS_BAD_ARGUMENT, "Expected a picture that needs more steps but received one that is ready.");
}

int picture_width(const Picture *picture) {
    return picture->frames ? frames_survey_info(picture->frames)->width : picture->image.width;
}

int picture_height(const Picture *picture) {
    return picture->frames ? frames_survey_info(picture->frames)->height : picture->image.height;
}

int picture_channels(const Picture *picture) {
    return !picture->frames ? picture->image.channels : frames_survey_is_opaque(picture->frames) ? 3 : 4;
}

int picture_bits(const Picture *picture) { return picture->frames ? 8 : picture->image.bits; }

bool picture_is_grey(const Picture *picture) {
    return picture->frames ? frames_survey_is_grey(picture->frames) : picture->image.is_grey;
}

const Bytes *picture_warnings(const Picture *picture) {
    return picture->frames ? &frames_survey_info(picture->frames)->warnings : &picture->image.warnings;
}

const Metadata *picture_metadata(const Picture *picture) {
    return picture->frames ? &frames_survey_info(picture->frames)->meta : &picture->image.meta;
}

Status picture_colours(const Picture *picture, Bytes *profile, PictureColours *colours) {
    const Metadata *meta = picture_metadata(picture);
    IccMade made;
    Status status = icc_make(&meta->colour, meta->icc.size > 0, profile, &made);
    if (!status && made == ICC_NOT_NEEDED && icc_is_rgb(&meta->icc))
        status = bytes_append(profile, meta->icc.data, meta->icc.size);
    if (!status && made == ICC_NOT_NEEDED && icc_is_grey(&meta->icc)) status = icc_make_rgb(&meta->icc, profile);
    *colours = made == ICC_MADE_FOR_SOME ? PICTURE_HDR : profile->size ? PICTURE_PROFILE : PICTURE_SRGB;
    return status;
}

Status picture_hash(const Picture *picture, PerceptualHash *out) {
    if (!picture->is_rgb)
        return status_fail(STATUS_BAD_ARGUMENT, "Expected a picture to look at but received one to enlarge.");
    perceptual_hash_make(&picture->image, out);
    return STATUS_OK;
}
