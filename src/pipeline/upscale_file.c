// Converts a task's options to an encoder's.
#include "pipeline/upscale_file.h"

#include "core/warnings.h"
#include "image/icc_make.h"
#include "pipeline/target.h"

// The compression level of PNG and lossless WebP, 1 (fast) to 9 (small).
enum { FILE_LEVEL = 3 };

static EncodeFormat file_format(const UpscaleOptions *options) {
    if (options->format == UPSCALE_JPEG) return ENCODE_JPEG;
    if (options->format == UPSCALE_WEBP) return options->quality == 100 ? ENCODE_WEBP_LOSSLESS : ENCODE_WEBP;
    return ENCODE_PNG;
}

// Marks the output as sRGB: a PNG with a chunk; the other files need none, because sRGB is their default.
static void mark_srgb(EncodePicture *picture) {
    static const uint8_t chunk[] = {0, 0, 0, 1, 's', 'R', 'G', 'B', 0, 0xae, 0xce, 0x1c, 0xe9}; // perceptual intent
    static const Bytes chunks = {(uint8_t *)chunk, sizeof chunk, sizeof chunk};
    picture->icc = NULL;
    picture->colour = &chunks;
}

EncodePicture upscale_file_picture(const UpscaleOptions *options, const Image *image, const Metadata *meta, int scale) {
    const bool keeps = options->keeps_metadata;
    const TargetSize size = target_size(options, target_enlarged(image->width, image->height, scale));
    EncodePicture picture = {
        .format = file_format(options),
        .width = size.width,
        .height = size.height,
        .channels = image->channels,
        .bits = image->bits,
        .quality = options->quality,
        .level = FILE_LEVEL,
        .is_grey = image->is_grey,
        .icc = &meta->icc,
        .colour = &meta->colour,
        .exif = keeps ? &meta->exif : NULL,
        .xmp = keeps ? &meta->xmp : NULL,
        .text = keeps ? &meta->text : NULL,
        .density = meta->density,
    };
    if (options->is_srgb) mark_srgb(&picture);
    return picture;
}

static bool keeps_profile(const UpscaleOptions *options, const Metadata *meta, bool is_grey) {
    const Image pixel = {.width = 1, .height = 1, .channels = 3, .bits = 8, .is_grey = is_grey};
    const EncodePicture picture = upscale_file_picture(options, &pixel, meta, 1);
    return options->format == UPSCALE_PIXELS || encode_keeps_profile(&picture);
}

void upscale_file_warn(const UpscaleOptions *options, const Metadata *meta, bool is_grey, Bytes *warnings) {
    if (!keeps_profile(options, meta, is_grey))
        warnings_add(warnings, REASON_PROFILE_LEFT_OUT, "The colour profile is broken, and left out of the file.");
    Bytes profile = {0};
    IccMade made = ICC_NOT_NEEDED;
    const bool has_chunks = options->format == UPSCALE_PNG || options->format == UPSCALE_PIXELS;
    if (has_chunks || options->is_srgb || icc_make(&meta->colour, meta->icc.size > 0, &profile, &made)) return;
    bytes_free(&profile);
    if (made == ICC_MADE_FOR_SOME) {
        warnings_add(warnings, REASON_HDR,
                     "The picture is in HDR (PQ or HLG), which only a PNG tells every program: "
                     "in this file some will show other colours.");
    }
}
