// The band's pixels, and the encoder that receives them.
#include "pipeline/output_band.h"

#include <stdlib.h>

#include "core/checked.h"
#include "image/alpha.h"
#include "pipeline/pixels.h"
#include "pipeline/target.h"
#include "pipeline/upscale_file.h"

// Bytes of a band that are encoded at a time, so that a band of large tiles is not in memory twice.
enum { PIECE_BYTES = 4 << 20 };

bool output_band_bytes(const Image *image, int scale, int height, size_t *bytes) {
    size_t stride;
    return checked_mul(image_row_bytes(image), (size_t)scale, &stride) && checked_mul(stride, (size_t)scale, bytes) &&
           checked_mul(*bytes, (size_t)height, bytes);
}

static Status begin_resizing(OutputBand *band, const UpscaleOptions *options) {
    const Image *image = band->image;
    const TargetSize enlarged = target_enlarged(image->width, image->height, band->scale);
    const TargetSize size = target_size(options, enlarged);
    band->out_row_bytes = (size_t)size.width * image_pixel_bytes(image);
    band->n_rows_to_finish = size.height;
    if (!target_is_resized(options, enlarged)) return STATUS_OK;
    return lanczos_begin(target_shape(options, image, enlarged), &band->lanczos);
}

Status output_band_create(const UpscaleOptions *options, const Image *image, int scale, size_t bytes, OutputBand *out) {
    *out = (OutputBand){.image = image, .scale = scale};
    out->stride_bytes = image_row_bytes(image) * (size_t)scale;
    out->pixels = malloc(bytes);
    if (!out->pixels)
        return status_fail_for(REASON_WORK_TOO_LARGE, STATUS_NO_MEMORY,
                               "Not enough memory for a row of tiles: %zu MiB.", bytes >> 20);
    Status status = consistency_begin(image, scale, options->guard, &out->consistency);
    if (!status) status = begin_resizing(out, options);
    if (status || options->format == UPSCALE_PIXELS) return status;
    const EncodePicture picture = upscale_file_picture(options, image, &image->meta, scale);
    return encode_begin(&picture, &out->bytes, &out->file);
}

void output_band_free(OutputBand *band) {
    encode_free(band->file);
    consistency_end(band->consistency);
    lanczos_end(band->lanczos);
    bytes_free(&band->bytes);
    free(band->pixels);
}

static uint8_t *left_edge(const OutputBand *band, TileRect rect) {
    return band->pixels + (size_t)rect.x * (size_t)band->scale * image_pixel_bytes(band->image);
}

void output_band_put(OutputBand *band, Tensor output, PixelLevels levels, TileRect rect) {
    const int scale = band->scale, channels = band->image->channels;
    const int x = rect.x * scale, y = rect.y * scale, width = rect.width * scale, height = rect.height * scale;
    uint8_t *to = left_edge(band, rect);
    const PixelFormat format = {channels, band->image->bits, band->image->is_grey};
    pixels_from_tensor(output, levels, width, height, format, to, band->stride_bytes);
    if (channels == 4) alpha_enlarge(band->image, scale, x, y, width, height, to, band->stride_bytes);
    if (rect.x + rect.width < band->image->width) return;
    band->n_rows = height;
    band->n_coded = 0;
}

UpscaleTile output_band_tile(const OutputBand *band, TileRect rect) {
    const int scale = band->scale;
    return (UpscaleTile){.x = rect.x * scale,
                         .y = rect.y * scale,
                         .width = rect.width * scale,
                         .height = rect.height * scale,
                         .bits = band->image->bits,
                         .stride_bytes = band->stride_bytes,
                         .pixels = left_edge(band, rect)};
}

// Passes rows of the output to the encoder, or, if there is none, to `bytes`.
static Status put_rows(OutputBand *band, const uint8_t *rows, int n_rows) {
    if (!n_rows) return STATUS_OK;
    band->n_rows_to_finish -= n_rows;
    if (!band->file) return bytes_append(&band->bytes, rows, band->out_row_bytes * (size_t)n_rows);
    const Status status = encode_rows(band->file, rows, band->out_row_bytes, n_rows);
    return status || band->n_rows_to_finish ? status : encode_finish(band->file);
}

static Status resize_rows(OutputBand *band, ConsistencyRows ready) {
    Status status = STATUS_OK;
    for (int y = 0; !status && y < ready.n_rows; y++) {
        lanczos_add(band->lanczos, ready.rows + (size_t)y * band->stride_bytes);
        for (const uint8_t *row; !status && (row = lanczos_take(band->lanczos));) status = put_rows(band, row, 1);
    }
    return status;
}

// Encodes up to `n_rows` more of the finished band.
static Status encode_more(OutputBand *band, int n_rows) {
    const int left = band->n_rows - band->n_coded, n = n_rows < left ? n_rows : left;
    Status status = STATUS_OK;
    for (const int end = band->n_coded + n; !status && band->n_coded < end;) {
        const uint8_t *rows = band->pixels + (size_t)band->n_coded * band->stride_bytes;
        const ConsistencyRows ready = consistency_add(band->consistency, rows, band->stride_bytes, end - band->n_coded);
        band->n_coded += ready.n_taken;
        status = band->lanczos ? resize_rows(band, ready) : put_rows(band, ready.rows, ready.n_rows);
    }
    return status;
}

Status output_band_take(OutputBand *band, const Bytes **out) {
    const size_t rows = PIECE_BYTES / band->stride_bytes;
    Status status = STATUS_OK;
    if (band->has_given) bytes_clear(&band->bytes);
    band->has_given = true;
    while (!status && !band->bytes.size && !output_band_is_taken(band))
        status = encode_more(band, rows > 0 ? (int)rows : 1);
    *out = &band->bytes;
    return status;
}
