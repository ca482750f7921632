// Pixels to WebP with libwebp, lossy and lossless. Rows are only gathered; the work is done at the end.
#include <stdlib.h>
#include <webp/mux.h>

#include "image/encode_kind.h"
#include "image/guard_webp.h"
#include "image/webp_picture.h"

typedef struct Writer {
    const EncodePicture *picture;
    Bytes *sink; // not owned
    WebPConfig config;
    WebPPicture gathered; // as ARGB
    int n_rows;
} Writer;

static int append(const uint8_t *data, size_t size, const WebPPicture *picture) {
    return bytes_append(picture->custom_ptr, data, size) == STATUS_OK;
}

static Status begin(const EncodePicture *picture, Bytes *sink, void **out) {
    Writer *writer = calloc(1, sizeof *writer);
    if (!writer) return webp_picture_no_memory();
    *out = writer;
    writer->picture = picture;
    writer->sink = sink;
    return webp_picture_create(picture, &writer->config, &writer->gathered);
}

static Status rows(void *encoder, const uint8_t *from, size_t row_bytes, int n_rows) {
    Writer *writer = encoder;
    webp_picture_rows(writer->picture, from, row_bytes, n_rows, writer->n_rows, &writer->gathered);
    writer->n_rows += n_rows;
    return STATUS_OK;
}

static bool has(const Bytes *data) { return data && data->size; }

static Status set_chunk(WebPMux *mux, const char *name, const Bytes *data) {
    if (!has(data)) return STATUS_OK;
    return WebPMuxSetChunk(mux, name, &(WebPData){data->data, data->size}, 0) == WEBP_MUX_OK ? STATUS_OK
                                                                                             : webp_picture_no_memory();
}

// `file` with the picture's profile and EXIF, into the sink.
static Status append_with_metadata(Writer *writer, const Bytes *file) {
    WebPData whole = {0};
    WebPMux *mux = WebPMuxCreate(&(WebPData){file->data, file->size}, 0);
    Status status = mux ? STATUS_OK : webp_picture_no_memory();
    if (!status) status = set_chunk(mux, "ICCP", writer->picture->icc);
    if (!status) status = set_chunk(mux, "EXIF", writer->picture->exif);
    if (!status) status = set_chunk(mux, "XMP ", writer->picture->xmp);
    if (!status && WebPMuxAssemble(mux, &whole) != WEBP_MUX_OK) status = webp_picture_no_memory();
    if (!status) status = bytes_append(writer->sink, whole.bytes, whole.size);
    WebPDataClear(&whole);
    WebPMuxDelete(mux);
    return status;
}

static Status finish(void *encoder) {
    Writer *writer = encoder;
    const EncodePicture *picture = writer->picture;
    const bool has_metadata = has(picture->icc) || has(picture->exif) || has(picture->xmp);
    Bytes file = {0};
    writer->gathered.writer = append;
    writer->gathered.custom_ptr = has_metadata ? &file : writer->sink;
    guard_webp_begin();
    Status status =
        WebPEncode(&writer->config, &writer->gathered) ? STATUS_OK : webp_picture_explain(writer->gathered.error_code);
    if (guard_webp_ran_out()) status = webp_picture_no_memory();
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
                                .begin = begin,
                                .rows = rows,
                                .finish = finish,
                                .free = release};
const EncodeKind encode_webp_lossless = {.name = "WebP",
                                         .max_side = WEBP_MAX_DIMENSION,
                                         .max_bits = 8,
                                         .begin = begin,
                                         .rows = rows,
                                         .finish = finish,
                                         .free = release};
