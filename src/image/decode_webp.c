// WebP to pixels with libwebp's decoder: lossy, lossless and alpha; animations are refused.
#include "image/decode_webp.h"

#include <webp/decode.h>

#include "image/decode.h"

static const char what[] = "WebP file";

static Status explain(VP8StatusCode code, size_t size) {
    switch (code) {
    case VP8_STATUS_OK: return STATUS_OK;
    case VP8_STATUS_USER_ABORT: // without callbacks of ours, only for want of memory for rows
    case VP8_STATUS_OUT_OF_MEMORY: return decode_no_memory(what);
    case VP8_STATUS_SUSPENDED:
    case VP8_STATUS_NOT_ENOUGH_DATA: return decode_cut(what, size);
    case VP8_STATUS_UNSUPPORTED_FEATURE: return decode_damaged(what, "it uses a feature that the format does not have");
    case VP8_STATUS_BITSTREAM_ERROR: return decode_damaged(what, "its data makes no sense");
    default: return status_fail(STATUS_INTERNAL, "Decoding the %s failed with libwebp's code %d.", what, (int)code);
    }
}

Status decode_webp(const uint8_t *bytes, size_t size, Image *out) {
    WebPDecoderConfig config;
    if (!WebPInitDecoderConfig(&config)) return status_fail(STATUS_INTERNAL, "This is not the expected libwebp.");
    Status status = explain(WebPGetFeatures(bytes, size, &config.input), size);
    if (status) return status;
    if (config.input.has_animation) return decode_animated(what);
    status = decode_check_size(what, (uint32_t)config.input.width, (uint32_t)config.input.height);
    if (status) return status;

    Image image;
    status = image_create(config.input.width, config.input.height, config.input.has_alpha ? 4 : 3, &image);
    if (status) return status;
    int row_bytes = image.width * image.channels;
    config.output.colorspace = image.channels == 4 ? MODE_RGBA : MODE_RGB;
    config.output.is_external_memory = 1;
    config.output.u.RGBA.rgba = image.pixels;
    config.output.u.RGBA.stride = row_bytes;
    config.output.u.RGBA.size = (size_t)row_bytes * (size_t)image.height;
    status = explain(WebPDecode(bytes, size, &config), size);
    WebPFreeDecBuffer(&config.output);
    if (status) {
        image_free(&image);
        return status;
    }
    *out = image;
    return STATUS_OK;
}
