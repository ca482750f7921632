// Pixels to WebP with libwebp, lossy and lossless. Rows are only gathered; the work is done at the end.
#include <stdlib.h>
#include <webp/encode.h>
#include <webp/mux.h>

#include "image/encode_kind.h"
#include "image/guard_webp.h"

typedef struct Writer {
    const EncodePicture *picture;
    Bytes *sink; // not owned
    WebPConfig config;
    WebPPicture gathered; // as ARGB
    int n_rows;
} Writer;

static Status no_memory(void) { return status_fail(STATUS_NO_MEMORY, "Not enough memory for the WebP file."); }

static Status explain(WebPEncodingError code) {
    switch (code) {
    case VP8_ENC_OK: return STATUS_OK;
    case VP8_ENC_ERROR_OUT_OF_MEMORY:
    case VP8_ENC_ERROR_BITSTREAM_OUT_OF_MEMORY:
    case VP8_ENC_ERROR_BAD_WRITE: return no_memory(); // writing is appending to memory
    case VP8_ENC_ERROR_PARTITION0_OVERFLOW:
    case VP8_ENC_ERROR_PARTITION_OVERFLOW:
    case VP8_ENC_ERROR_FILE_TOO_BIG:
        return status_fail(STATUS_UNSUPPORTED, "The picture is too large for a WebP file of this quality.");
    default: return status_fail(STATUS_INTERNAL, "Writing the WebP failed with libwebp's code %d.", (int)code);
    }
}

static int append(const uint8_t *data, size_t size, const WebPPicture *picture) {
    return bytes_append(picture->custom_ptr, data, size) == STATUS_OK;
}

static Status begin_with(const EncodePicture *picture, Bytes *sink, bool is_lossless, void **out) {
    Writer *writer = calloc(1, sizeof *writer);
    if (!writer) return no_memory();
    *out = writer;
    writer->picture = picture;
    writer->sink = sink;
    bool is_known = WebPPictureInit(&writer->gathered) &&
                    WebPConfigPreset(&writer->config, WEBP_PRESET_DRAWING, (float)picture->quality);
    if (is_known && is_lossless)
        is_known = WebPConfigInit(&writer->config) && WebPConfigLosslessPreset(&writer->config, picture->level);
    if (!is_known) return status_fail(STATUS_INTERNAL, "This is not the expected libwebp.");
    writer->config.use_sharp_yuv = 1;   // colours have half the resolution: thin lines would bleed
    writer->config.exact = is_lossless; // colours under transparency too
    writer->gathered.use_argb = 1;
    writer->gathered.width = picture->width;
    writer->gathered.height = picture->height;
    return WebPPictureAlloc(&writer->gathered) ? STATUS_OK : explain(writer->gathered.error_code);
}

static Status begin_lossy(const EncodePicture *picture, Bytes *sink, void **out) {
    return begin_with(picture, sink, false, out);
}
static Status begin_lossless(const EncodePicture *picture, Bytes *sink, void **out) {
    return begin_with(picture, sink, true, out);
}

static Status rows(void *encoder, const uint8_t *from, size_t row_bytes, int n_rows) {
    Writer *writer = encoder;
    const int channels = writer->picture->channels;
    for (int i = 0; i < n_rows; i++, from += row_bytes) {
        uint32_t *to = writer->gathered.argb + (size_t)writer->n_rows++ * (size_t)writer->gathered.argb_stride;
        const uint8_t *pixel = from;
        for (int x = 0; x < writer->picture->width; x++, pixel += channels) {
            const uint32_t alpha = channels == 4 ? pixel[3] : 255;
            to[x] = alpha << 24 | (uint32_t)pixel[0] << 16 | (uint32_t)pixel[1] << 8 | pixel[2];
        }
    }
    return STATUS_OK;
}

static Status set_chunk(WebPMux *mux, const char *name, const Bytes *data) {
    if (!data || !data->size) return STATUS_OK;
    return WebPMuxSetChunk(mux, name, &(WebPData){data->data, data->size}, 0) == WEBP_MUX_OK ? STATUS_OK : no_memory();
}

// `file` with the picture's profile and EXIF, into the sink.
static Status append_with_metadata(Writer *writer, const Bytes *file) {
    WebPData whole = {0};
    WebPMux *mux = WebPMuxCreate(&(WebPData){file->data, file->size}, 0);
    Status status = mux ? STATUS_OK : no_memory();
    if (!status) status = set_chunk(mux, "ICCP", writer->picture->icc);
    if (!status) status = set_chunk(mux, "EXIF", writer->picture->exif);
    if (!status && WebPMuxAssemble(mux, &whole) != WEBP_MUX_OK) status = no_memory();
    if (!status) status = bytes_append(writer->sink, whole.bytes, whole.size);
    WebPDataClear(&whole);
    WebPMuxDelete(mux);
    return status;
}

static Status finish(void *encoder) {
    Writer *writer = encoder;
    const EncodePicture *picture = writer->picture;
    const bool has_metadata = (picture->icc && picture->icc->size) || (picture->exif && picture->exif->size);
    Bytes file = {0};
    writer->gathered.writer = append;
    writer->gathered.custom_ptr = has_metadata ? &file : writer->sink;
    guard_webp_begin();
    Status status = WebPEncode(&writer->config, &writer->gathered) ? STATUS_OK : explain(writer->gathered.error_code);
    if (guard_webp_ran_out()) status = no_memory();
    if (!status && has_metadata) status = append_with_metadata(writer, &file);
    bytes_free(&file);
    return status;
}

static void release(void *encoder) {
    Writer *writer = encoder;
    WebPPictureFree(&writer->gathered);
    free(writer);
}

const EncodeKind encode_webp = {.name = "WebP",
                                .max_side = WEBP_MAX_DIMENSION,
                                .max_bits = 8,
                                .has_quality = true,
                                .begin = begin_lossy,
                                .rows = rows,
                                .finish = finish,
                                .free = release};
const EncodeKind encode_webp_lossless = {.name = "WebP",
                                         .max_side = WEBP_MAX_DIMENSION,
                                         .max_bits = 8,
                                         .begin = begin_lossless,
                                         .rows = rows,
                                         .finish = finish,
                                         .free = release};
