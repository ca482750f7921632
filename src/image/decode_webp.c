// WebP to pixels with libwebp: lossy, lossless and alpha; animations of more than one frame are refused.
#include "image/decode_webp.h"

#include <webp/decode.h>
#include <webp/demux.h>

#include "image/decode.h"
#include "image/frames.h"
#include "image/guard_webp.h"

static const char what[] = "WebP file";

static Status explain(VP8StatusCode code, size_t size) {
    switch (code) {
    case VP8_STATUS_OK: return STATUS_OK;
    case VP8_STATUS_OUT_OF_MEMORY: return decode_no_memory(what);
    case VP8_STATUS_SUSPENDED:
    case VP8_STATUS_NOT_ENOUGH_DATA: return decode_cut(what, size);
    case VP8_STATUS_UNSUPPORTED_FEATURE: return decode_damaged(what, "it uses a feature that the format does not have");
    case VP8_STATUS_BITSTREAM_ERROR: return decode_damaged(what, "its data makes no sense");
    default: return status_fail(STATUS_INTERNAL, "Decoding the %s failed with libwebp's code %d.", what, (int)code);
    }
}

static Status keep_chunk(const WebPDemuxer *demuxer, const char *name, Bytes *out) {
    WebPChunkIterator chunk;
    if (!WebPDemuxGetChunk(demuxer, name, 1, &chunk)) return STATUS_OK;
    Status status = bytes_append(out, chunk.chunk.bytes, chunk.chunk.size);
    WebPDemuxReleaseChunkIterator(&chunk);
    return status;
}

// Also sees whether the file is whole beyond its pixels.
static Status keep_metadata(const uint8_t *bytes, size_t size, Image *image) {
    WebPDemuxState state;
    WebPDemuxer *demuxer = WebPDemuxPartial(&(WebPData){bytes, size}, &state);
    Status status = STATUS_OK;
    if (state == WEBP_DEMUX_PARSE_ERROR) status = decode_damaged(what, "its chunks make no sense");
    else if (state != WEBP_DEMUX_DONE) status = decode_cut(what, size);
    if (!status) status = keep_chunk(demuxer, "ICCP", &image->meta.icc);
    if (!status) status = keep_chunk(demuxer, "EXIF", &image->meta.exif);
    if (!status) status = keep_chunk(demuxer, "XMP ", &image->meta.xmp);
    WebPDemuxDelete(demuxer);
    return status;
}

static Status decode(const uint8_t *bytes, size_t size, const DecodeOptions *options, Image *out) {
    WebPDecoderConfig config;
    if (!WebPInitDecoderConfig(&config)) return status_fail(STATUS_INTERNAL, "This is not the expected libwebp.");
    Status status = explain(WebPGetFeatures(bytes, size, &config.input), size);
    if (status) return status;
    if (config.input.has_animation) return frames_only(what, bytes, size, options, out);
    status = decode_check_size(what, (uint32_t)config.input.width, (uint32_t)config.input.height, options);
    if (status) return status;

    Image image;
    status = image_create(config.input.width, config.input.height, config.input.has_alpha ? 4 : 3, &image);
    if (status) return status;
    config.output.colorspace = image.channels == 4 ? MODE_RGBA : MODE_RGB;
    config.output.is_external_memory = 1;
    config.output.u.RGBA.rgba = image.pixels;
    config.output.u.RGBA.stride = (int)image_row_bytes(&image);
    config.output.u.RGBA.size = image_row_bytes(&image) * (size_t)image.height;
    status = explain(WebPDecode(bytes, size, &config), size);
    WebPFreeDecBuffer(&config.output);
    if (!status) status = keep_metadata(bytes, size, &image);
    if (status) {
        image_free(&image);
        return status;
    }
    *out = image;
    return STATUS_OK;
}

Status decode_webp(const uint8_t *bytes, size_t size, const DecodeOptions *options, Image *out) {
    guard_webp_begin();
    Status status = decode(bytes, size, options, out);
    return status && guard_webp_ran_out() ? decode_no_memory(what) : status;
}
