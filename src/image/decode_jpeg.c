// JPEG to pixels with libjpeg-turbo: baseline, progressive and arithmetic-coded; grey, YCbCr, RGB, CMYK and YCCK.
// Whatever libjpeg would make up for missing or broken data is an error here.
#include "image/decode_jpeg.h"

#include <jerror.h>
#include <stdlib.h>
#include <string.h>

#include "image/decode.h"
#include "image/guard_jpeg.h"

static const char what[] = "JPEG file";

enum {
    APP1 = JPEG_APP0 + 1,
    APP2 = JPEG_APP0 + 2,
    MAX_SCANS = 1000, // a progressive file of many empty scans would keep the decoder busy for hours
};

typedef struct Reader {
    GuardJpeg guard;
    struct jpeg_decompress_struct jpeg;
    struct jpeg_source_mgr source;
    struct jpeg_progress_mgr progress;
    const DecodeOptions *options;
    const uint8_t *bytes;
    size_t size;
    uint8_t *profile; // libjpeg's copy
    uint8_t *row;     // of CMYK
    Image image;
} Reader;

static Status explain(j_common_ptr jpeg, const char *phrase) {
    const j_decompress_ptr decoder = (j_decompress_ptr)jpeg;
    switch (jpeg->err->msg_code) {
    case JWRN_EXTRANEOUS_DATA: // no pixel depends on these
    case JWRN_ADOBE_XFORM:
    case JWRN_JFIF_MAJOR:
    case JWRN_NOT_SEQUENTIAL:
    case JWRN_BOGUS_ICC: return STATUS_OK;
    case JERR_EMPTY_IMAGE: 
        return decode_check_size(what, decoder->image_width, decoder->image_height, ((Reader *)jpeg->client_data)->options);
    case JERR_BAD_PRECISION:
        return status_fail(STATUS_UNSUPPORTED, "The %s is not supported: it has other than 8 bits a sample.", what);
    case JERR_SOF_UNSUPPORTED:
        return status_fail(STATUS_UNSUPPORTED, "The %s is not supported: it is lossless or hierarchical.", what);
    case JERR_CONVERSION_NOTIMPL:
        return status_fail(STATUS_UNSUPPORTED, "The %s is not supported: its colours are of an unknown kind.", what);
    case JERR_IMAGE_TOO_BIG:
        return status_fail(STATUS_UNSUPPORTED, "The %s is too large: %u x %u pixels; at most %ld a side.", what,
                           decoder->image_width, decoder->image_height, JPEG_MAX_DIMENSION);
    default: return decode_damaged(what, phrase);
    }
}

// ---- the source: all bytes at once, and nothing after them

static Reader *reader_of(j_common_ptr jpeg) { return jpeg->client_data; }

static void begin_source(j_decompress_ptr jpeg) { (void)jpeg; }

static boolean fill_source(j_decompress_ptr jpeg) {
    guard_jpeg_fail((j_common_ptr)jpeg, decode_cut(what, reader_of((j_common_ptr)jpeg)->size));
}

static void skip_source(j_decompress_ptr jpeg, long n_bytes) {
    if (n_bytes <= 0) return;
    if ((size_t)n_bytes > jpeg->src->bytes_in_buffer) fill_source(jpeg);
    jpeg->src->next_input_byte += n_bytes;
    jpeg->src->bytes_in_buffer -= (size_t)n_bytes;
}

static void end_source(j_decompress_ptr jpeg) { (void)jpeg; }

static void limit_scans(j_common_ptr jpeg) {
    if (((j_decompress_ptr)jpeg)->input_scan_number <= MAX_SCANS) return;
    guard_jpeg_fail(jpeg, decode_damaged(what, "it has too many scans"));
}

// ---- reading

static void open_file(Reader *reader) {
    struct jpeg_decompress_struct *jpeg = &reader->jpeg;
    jpeg_create_decompress(jpeg);
    jpeg->client_data = reader;
    reader->source = (struct jpeg_source_mgr){.next_input_byte = reader->bytes,
                                              .bytes_in_buffer = reader->size,
                                              .init_source = begin_source,
                                              .fill_input_buffer = fill_source,
                                              .skip_input_data = skip_source,
                                              .resync_to_restart = jpeg_resync_to_restart,
                                              .term_source = end_source};
    jpeg->src = &reader->source;
    reader->progress.progress_monitor = limit_scans;
    jpeg->progress = &reader->progress;
    jpeg_save_markers(jpeg, APP1, 0xffff);
    jpeg_save_markers(jpeg, APP2, 0xffff);
}

static void keep(Reader *reader, Bytes *bytes, const uint8_t *data, size_t size) {
    Status status = bytes_append(bytes, data, size);
    if (status) guard_jpeg_fail((j_common_ptr)&reader->jpeg, status);
}

// The contents of the first APP1 marker that begins with `signature`; of XMP, what would not fit into one is left out.
static void keep_app1(Reader *reader, const char *signature, size_t size, Bytes *out) {
    for (jpeg_saved_marker_ptr at = reader->jpeg.marker_list; at; at = at->next) {
        if (at->marker != APP1 || at->data_length <= size || memcmp(at->data, signature, size)) continue;
        keep(reader, out, at->data + size, at->data_length - size);
        break;
    }
}

static void keep_metadata(Reader *reader) {
    static const char exif[] = "Exif\0", xmp[] = "http://ns.adobe.com/xap/1.0/"; // and the terminator
    unsigned size;
    if (jpeg_read_icc_profile(&reader->jpeg, &reader->profile, &size))
        keep(reader, &reader->image.meta.icc, reader->profile, size);
    keep_app1(reader, exif, sizeof exif, &reader->image.meta.exif);
    keep_app1(reader, xmp, sizeof xmp, &reader->image.meta.xmp);
}

// Without a profile's help. Adobe's programs write the ink that is not there, all others the ink that is.
static void cmyk_to_rgb(const uint8_t *from, bool is_inverted, int width, uint8_t *to) {
    const int flip = is_inverted ? 0 : 255;
    for (int x = 0; x < width; x++, from += 4, to += 3) {
        for (int c = 0; c < 3; c++) to[c] = (uint8_t)(((from[c] ^ flip) * (from[3] ^ flip) + 127) / 255);
    }
}

static void read_rows(Reader *reader) {
    struct jpeg_decompress_struct *jpeg = &reader->jpeg;
    const size_t row_bytes = image_row_bytes(&reader->image);
    while (jpeg->output_scanline < jpeg->output_height) {
        uint8_t *to = reader->image.pixels + jpeg->output_scanline * row_bytes;
        JSAMPROW row = reader->row ? reader->row : to;
        jpeg_read_scanlines(jpeg, &row, 1);
        if (reader->row) cmyk_to_rgb(row, jpeg->saw_Adobe_marker, reader->image.width, to);
    }
}

static void read_picture(void *context) {
    Reader *reader = context;
    struct jpeg_decompress_struct *jpeg = &reader->jpeg;
    open_file(reader);
    jpeg_read_header(jpeg, TRUE);
    Status status = decode_check_size(what, jpeg->image_width, jpeg->image_height, reader->options);
    if (!status) status = image_create((int)jpeg->image_width, (int)jpeg->image_height, 3, &reader->image);
    if (status) guard_jpeg_fail((j_common_ptr)jpeg, status);
    keep_metadata(reader);
    const bool is_cmyk = jpeg->num_components == 4;
    jpeg->out_color_space = is_cmyk ? JCS_CMYK : JCS_RGB;
    jpeg_start_decompress(jpeg);
    if (is_cmyk) {
        reader->row = malloc(4 * (size_t)jpeg->image_width);
        if (!reader->row) guard_jpeg_fail((j_common_ptr)jpeg, decode_no_memory(what));
    }
    read_rows(reader);
    jpeg_finish_decompress(jpeg); // a file without its end is a cut file, even if all pixels were there
}

Status decode_jpeg(const uint8_t *bytes, size_t size, const DecodeOptions *options, Image *out) {
    Reader reader = {.options = options, .bytes = bytes, .size = size};
    reader.jpeg.err = guard_jpeg_manager(&reader.guard, explain);
    Status status = guard_run(&reader.guard.guard, read_picture, &reader);
    jpeg_destroy_decompress(&reader.jpeg);
    free(reader.profile);
    free(reader.row);
    if (status) {
        image_free(&reader.image);
        return status;
    }
    *out = reader.image;
    return STATUS_OK;
}
