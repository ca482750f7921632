// Chunks with libwebp's demultiplexer, as Chromium does, pixels with its decoder.
#include "image/webp_file.h"

#include <string.h>
#include <webp/decode.h>

#include "core/warnings.h"
#include "image/decode.h"
#include "image/exif.h"
#include "image/guard_webp.h"

static const char what[] = "WebP file";

static Status unless_out_of_memory(Status status) {
    return status && guard_webp_ran_out() ? decode_no_memory(what) : status;
}

// ---- chunks

Status webp_file_open(const uint8_t *bytes, size_t size, const DecodeOptions *options, WebpFile *file) {
    WebPDemuxState state;
    guard_webp_begin();
    *file = (WebpFile){.demuxer = WebPDemuxPartial(&(WebPData){bytes, size}, &state)};
    file->is_cut = state == WEBP_DEMUX_PARSING_HEADER || state == WEBP_DEMUX_PARSED_HEADER;
    if (state == WEBP_DEMUX_PARSE_ERROR) return unless_out_of_memory(decode_damaged(what, "its chunks make no sense"));
    if (file->is_cut && !options->keeps_damaged) return decode_cut(what, size);
    if (!file->demuxer) return unless_out_of_memory(decode_cut(what, size));
    const uint32_t flags = WebPDemuxGetI(file->demuxer, WEBP_FF_FORMAT_FLAGS);
    file->is_animated = flags & ANIMATION_FLAG;
    file->has_alpha = flags & ALPHA_FLAG;
    file->n_frames = (int)WebPDemuxGetI(file->demuxer, WEBP_FF_FRAME_COUNT);
    return file->n_frames ? STATUS_OK : decode_cut(what, size);
}

void webp_file_close(WebpFile *file) { WebPDemuxDelete(file->demuxer); }

static Status keep_chunk(const WebpFile *file, const char *name, Bytes *out) {
    WebPChunkIterator chunk;
    if (!WebPDemuxGetChunk(file->demuxer, name, 1, &chunk)) return STATUS_OK;
    Status status = bytes_append(out, chunk.chunk.bytes, chunk.chunk.size);
    WebPDemuxReleaseChunkIterator(&chunk);
    return status;
}

Status webp_file_metadata(const WebpFile *file, Metadata *meta, Bytes *warnings) {
    Status status = keep_chunk(file, "ICCP", &meta->icc);
    if (!status) status = keep_chunk(file, "EXIF", &meta->exif);
    if (!status) exif_strip_prefix(&meta->exif);
    if (!status) exif_drop_broken(&meta->exif, "WebP", warnings);
    return status ? status : keep_chunk(file, "XMP ", &meta->xmp);
}

// ---- pixels

static bool set_output(WebPDecoderConfig *config, const Image *image) {
    if (!WebPInitDecoderConfig(config)) return false;
    config->output.colorspace = image->channels == 4 ? MODE_RGBA : MODE_RGB;
    config->output.is_external_memory = 1;
    config->output.u.RGBA.rgba = image->pixels;
    config->output.u.RGBA.stride = (int)image_row_bytes(image);
    config->output.u.RGBA.size = image_row_bytes(image) * (size_t)image->height;
    return true;
}

static VP8StatusCode decode_all(const WebPData *data, const Image *image) {
    WebPDecoderConfig config;
    guard_webp_begin();
    if (!set_output(&config, image)) return VP8_STATUS_INVALID_PARAM;
    const VP8StatusCode code = WebPDecode(data->bytes, data->size, &config);
    WebPFreeDecBuffer(&config.output);
    return code;
}

// Returns how many rows there are.
static int decode_rows(const WebPData *data, const Image *image) {
    WebPDecoderConfig config;
    int n_rows = 0;
    guard_webp_begin();
    if (!set_output(&config, image)) return 0;
    WebPIDecoder *decoder = WebPIDecode(NULL, 0, &config);
    if (!decoder) return 0;
    (void)WebPIUpdate(decoder, data->bytes, data->size); // decodes the part that exists
    if (!WebPIDecGetRGB(decoder, &n_rows, NULL, NULL, NULL)) n_rows = 0;
    WebPIDelete(decoder);
    WebPFreeDecBuffer(&config.output);
    return n_rows;
}

// A lossy frame's alpha is a chunk of its own, before the colours. Returns whether there is one, and its colours alone.
static bool without_alpha(const WebPData *data, WebPData *colours) {
    enum { HEADER_BYTES = 8 };
    const uint8_t *bytes = data->bytes;
    if (data->size < HEADER_BYTES || memcmp(bytes, "ALPH", 4)) return false;
    const size_t n = bytes[4] | (size_t)bytes[5] << 8 | (size_t)bytes[6] << 16 | (size_t)bytes[7] << 24;
    const size_t n_left = data->size - HEADER_BYTES, padded = n + (n & 1);
    if (n >= n_left || padded >= n_left) return false;
    *colours = (WebPData){bytes + HEADER_BYTES + padded, n_left - padded};
    return true;
}

static Status explain(VP8StatusCode code) {
    switch (code) {
        case VP8_STATUS_SUSPENDED:
        case VP8_STATUS_NOT_ENOUGH_DATA: return decode_damaged(what, "a picture's data ends too early");
        case VP8_STATUS_UNSUPPORTED_FEATURE:
            return decode_damaged(what, "it uses a feature that the format does not have");
        // libwebp reports this, too, for alpha data that it cannot start to decode.
        case VP8_STATUS_OUT_OF_MEMORY:
        case VP8_STATUS_BITSTREAM_ERROR: return decode_damaged(what, "its data makes no sense");
        default: return status_fail(STATUS_INTERNAL, "Decoding the %s failed with libwebp's code %d.", what, (int)code);
    }
}

Status webp_file_has_rows(int n_rows) {
    return n_rows > 0 ? STATUS_OK : decode_damaged(what, "nothing of its picture is there");
}

static Status create(const WebPIterator *iterator, bool has_alpha, Image *image) {
    return image_create(iterator->width, iterator->height, has_alpha ? 4 : 3, image);
}

static Status decode_rows_into(const WebPIterator *iterator, bool has_alpha, Image *out, int *n_rows) {
    Status status = create(iterator, has_alpha, out);
    if (status) return status;
    *n_rows = decode_rows(&iterator->fragment, out);
    if (!guard_webp_ran_out()) return STATUS_OK;
    image_free(out);
    return decode_no_memory(what);
}

static void warn_of_rows(const WebPIterator *iterator, int n_missing, Bytes *warnings) {
    if (iterator->num_frames <= 1) {
        warnings_add(warnings, REASON_ROWS_MISSING, "The %s is damaged or cut: %d of its %d rows are missing.", what,
                     n_missing, iterator->height);
    } else {
        warnings_add(warnings, REASON_FRAME_DAMAGED,
                     "Frame %d of the %s is damaged or cut: %d of its %d rows are missing.", iterator->frame_num, what,
                     n_missing, iterator->height);
    }
}

// Missing rows are transparent.
static Status keep_rows(const WebPIterator *iterator, bool has_alpha, Bytes *warnings, Image *out, int *n_rows) {
    Status status = decode_rows_into(iterator, has_alpha, out, n_rows);
    if (status || *n_rows == iterator->height) return status;
    if (!has_alpha) {
        image_free(out);
        status = decode_rows_into(iterator, true, out, n_rows);
        if (status) return status;
    }
    const size_t row_bytes = image_row_bytes(out), n_there = (size_t)*n_rows;
    memset(out->pixels + row_bytes * n_there, 0, row_bytes * ((size_t)out->height - n_there));
    warn_of_rows(iterator, out->height - *n_rows, warnings);
    return STATUS_OK;
}

static Status decode_as(const WebPIterator *iterator, const WebPData *data, bool has_alpha, VP8StatusCode *code,
                        Image *out) {
    Status status = create(iterator, has_alpha, out);
    if (status) return status;
    *code = decode_all(data, out);
    if (*code == VP8_STATUS_OK) return STATUS_OK;
    image_free(out);
    return guard_webp_ran_out() ? decode_no_memory(what) : STATUS_OK;
}

// Decodes the frame without its alpha to `out`. False: it is damaged, too.
static Status try_without_alpha(const WebPIterator *iterator, VP8StatusCode *code, Image *out) {
    WebPData colours;
    if (!iterator->complete || !without_alpha(&iterator->fragment, &colours)) return STATUS_OK;
    return decode_as(iterator, &colours, false, code, out);
}

Status webp_file_decode(const WebPIterator *iterator, bool has_alpha, const DecodeOptions *options, Bytes *warnings,
                        Image *out, int *n_rows) {
    VP8StatusCode code = VP8_STATUS_NOT_ENOUGH_DATA, without = VP8_STATUS_NOT_ENOUGH_DATA;
    Status status = STATUS_OK;
    *n_rows = iterator->height;
    if (iterator->complete) status = decode_as(iterator, &iterator->fragment, has_alpha, &code, out);
    if (status || code == VP8_STATUS_OK) return status;
    status = try_without_alpha(iterator, &without, out);
    if (status) return status;
    if (without == VP8_STATUS_OK && options->keeps_damaged) {
        warnings_add(warnings, REASON_TRANSPARENCY_LEFT_OUT, "The transparency of the %s is damaged: it is left out.",
                     what);
        return STATUS_OK;
    }
    if (without == VP8_STATUS_OK) {
        image_free(out);
        return decode_damaged(what, "its transparency makes no sense");
    }
    return options->keeps_damaged ? keep_rows(iterator, has_alpha, warnings, out, n_rows) : explain(code);
}
