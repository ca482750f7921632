// PNG to pixels with libpng, which gets only the chunks that pixels need (png_file.h). First strictly; if that fails,
// faults that change no pixel are ignored, as browsers do: checksums of the pixels, a declared window that is too
// small. A fault that changes pixels is an error, or, if the options keep damaged files, a warning.
#include "image/decode_png.h"

#include <assert.h>
#include <string.h>

#include "core/warnings.h"
#include "image/decode.h"
#include "image/frames.h"
#include "image/guard_png.h"
#include "image/png_file.h"

static const char what[] = "PNG file";

typedef enum Care { STRICT, LENIENT, ANYTHING } Care; // about faults of the pixels

typedef struct Reader {
    GuardPng guard;
    png_structp png;
    png_infop info;
    const PngFile *file;
    size_t at; // in its pixels
    const DecodeOptions *options;
    Care care;
    int n_rows, n_read; // rows of all passes
    Image image;
} Reader;

static Status explain(const char *phrase) { return decode_damaged(what, phrase); }

static void read_bytes(png_structp png, png_bytep data, size_t length) {
    Reader *reader = png_get_io_ptr(png);
    const Bytes *from = &reader->file->pixels;
    if (length > from->size - reader->at) guard_png_fail(png, decode_cut(what, reader->file->size));
    memcpy(data, from->data + reader->at, length);
    reader->at += length;
}

static void be_lenient(Reader *reader) {
    if (reader->care == STRICT) return;
    png_set_option(reader->png, PNG_MAXIMUM_INFLATE_WINDOW, PNG_OPTION_ON);
    png_set_option(reader->png, PNG_IGNORE_ADLER32, PNG_OPTION_ON);
    png_set_benign_errors(reader->png, 1);
    if (reader->care == ANYTHING) png_set_crc_action(reader->png, PNG_CRC_WARN_USE, PNG_CRC_WARN_USE);
}

static void read_header(Reader *reader) {
    reader->png = png_create_read_struct_2(PNG_LIBPNG_VER_STRING, &reader->guard, guard_png_error, guard_png_warning,
                                           &reader->guard, guard_png_malloc, guard_png_release);
    png_structp png = reader->png;
    if (!png) guard_fail(&reader->guard.guard, decode_no_memory(what));
    reader->info = png_create_info_struct(png);
    if (!reader->info) png_error(png, "out of memory");
    png_set_read_fn(png, reader, read_bytes);
    be_lenient(reader);
    png_read_info(png, reader->info);
    const uint16_t one = 1;
    png_set_expand(png);
    if (!reader->options->deep)
        png_set_scale_16(png); // rounds; png_set_strip_16 would cut
    else if (*(const uint8_t *)&one)
        png_set_swap(png); // the machine's order
    png_set_gray_to_rgb(png);
}

// Missing pixels are white, or transparent if the picture has alpha.
static void fill(Image *image) {
    memset(image->pixels, image->channels == 4 ? 0 : 0xff, image_row_bytes(image) * (size_t)image->height);
}

static void count_row(png_structp png, png_row_infop row, png_bytep data) {
    (void)row;
    (void)data;
    ((Reader *)png_get_user_transform_ptr(png))->n_read++;
}

static int count_rows(int width, int height, int n_passes) {
    if (n_passes == 1) return height;
    int n = 0;
    for (int pass = 0; pass < n_passes; pass++) {
        if (PNG_PASS_COLS((png_uint_32)width, pass)) n += (int)PNG_PASS_ROWS((png_uint_32)height, pass);
    }
    return n;
}

static void read_rows(Reader *reader, int n_passes) {
    const size_t row_bytes = png_get_rowbytes(reader->png, reader->info);
    assert(row_bytes == image_row_bytes(&reader->image));
    // If an interlaced picture is cut short, pixels are repeated in place of missing neighbours.
    const bool shows_blocks = reader->care == ANYTHING && n_passes > 1;
    for (int pass = 0; pass < n_passes; pass++) {
        for (int y = 0; y < reader->image.height; y++) {
            png_bytep row = reader->image.pixels + (size_t)y * row_bytes;
            png_read_row(reader->png, shows_blocks ? NULL : row, shows_blocks ? row : NULL);
        }
    }
}

static void read_picture(void *context) {
    Reader *reader = context;
    read_header(reader);
    png_structp png = reader->png;
    int n_passes = png_set_interlace_handling(png);
    png_set_read_user_transform_fn(png, count_row);
    png_set_user_transform_info(png, reader, 0, 0);
    png_read_update_info(png, reader->info);
    int width = (int)png_get_image_width(png, reader->info), height = (int)png_get_image_height(png, reader->info);
    Status status = image_create_deep(width, height, png_get_channels(png, reader->info),
                                      png_get_bit_depth(png, reader->info), &reader->image);
    if (status) guard_png_fail(png, status);
    if (reader->care == ANYTHING) fill(&reader->image);
    reader->n_rows = count_rows(width, height, n_passes);
    read_rows(reader, n_passes);
}

static bool is_whole(const Reader *reader) { return reader->image.pixels && reader->n_read == reader->n_rows; }

// After a failure behind the last row, and for a file that may be damaged, the picture is there.
static Status read_with(Care care, const PngFile *file, const DecodeOptions *options, Reader *reader) {
    *reader = (Reader){.guard = {.explain = explain}, .file = file, .options = options, .care = care};
    Status status = guard_png_run(&reader->guard, read_picture, reader);
    png_destroy_read_struct(&reader->png, &reader->info, NULL);
    const bool keeps = is_whole(reader) || (care == ANYTHING && reader->image.pixels);
    if (status && !(keeps && status == STATUS_BAD_FORMAT)) image_free(&reader->image);
    return status;
}

static void warn_damaged(const Reader *reader, Bytes *warnings) {
    if (is_whole(reader))
        warnings_add(warnings, REASON_PIXELS_DAMAGED, "The %s is damaged: some of its pixels may be wrong.", what);
    else
        warnings_add(warnings, REASON_ROWS_UNREAD,
                     "The %s is damaged: of %d rows only %d could be read, and the rest was filled up.", what,
                     reader->n_rows, reader->n_read);
}

// Reads once more and ignores faults that change no pixel; `strict` is the error of the strict reading. If a chunk's
// checksum is wrong too, pixels are damaged.
static Status read_leniently(PngFile *file, const DecodeOptions *options, const StatusRecord *strict, Reader *reader) {
    Status status = file->is_damaged ? STATUS_BAD_FORMAT : read_with(LENIENT, file, options, reader);
    if (!file->is_damaged && is_whole(reader)) {
        if (!file->is_cut)
            warnings_add(&file->warnings, REASON_DAMAGED_BUT_WHOLE, "%s All of its pixels are there.", strict->message);
        return STATUS_OK;
    }
    if (status != STATUS_BAD_FORMAT) return status;
    if (options->keeps_damaged) {
        status = read_with(ANYTHING, file, options, reader);
        if (reader->image.pixels && reader->n_read) {
            warn_damaged(reader, &file->warnings);
            return STATUS_OK;
        }
        image_free(&reader->image); // not even a row is there
        if (status && status != STATUS_BAD_FORMAT) return status;
    }
    return file->is_cut ? decode_cut(what, file->size) : status_fail_again(strict);
}

static Status read_pixels(PngFile *file, const DecodeOptions *options, Image *out) {
    Reader reader;
    Status status = read_with(STRICT, file, options, &reader);
    if (status == STATUS_BAD_FORMAT) {
        const StatusRecord strict = status_record();
        image_free(&reader.image);
        status = read_leniently(file, options, &strict, &reader);
    }
    if (!status) *out = reader.image;
    return status;
}

// A file with acTL: `is_done` if its frames are the picture. If they make no sense, the picture is what remains.
static Status read_animation(const uint8_t *bytes, size_t size, const DecodeOptions *options, Image *out,
                             bool *is_done) {
    const Status status = frames_only(what, bytes, size, options, out);
    *is_done = status != STATUS_BAD_ARGUMENT;
    return *is_done ? status : STATUS_OK;
}

static Status read_file(const uint8_t *bytes, size_t size, PngFile *file, const DecodeOptions *options, Image *out) {
    if (file->is_apple)
        return status_fail(STATUS_UNSUPPORTED,
                           "Expected a picture but found an iPhone's own form of PNG (CgBI), which no "
                           "browser shows: open it on a Mac, or save it again.");
    if (file->n_animation) {
        bool is_done;
        Status status = read_animation(bytes, size, options, out, &is_done);
        if (status || is_done) return status;
        warnings_add(&file->warnings, REASON_ANIMATION_LEFT_OUT,
                     "The %s's animation makes no sense: its still picture was taken.", what);
    }
    Status status = read_pixels(file, options, out);
    if (status) return status;
    if (file->is_cut)
        warnings_add(&file->warnings, REASON_MAYBE_CUT, "The %s has no end: it may have been cut short.", what);
    if (file->is_mixed)
        warnings_add(&file->warnings, REASON_NOT_SHOWN_BY_BROWSERS,
                     "Other chunks stand between the %s's pixels: browsers do not show it.", what);
    if (file->is_damaged && !options->keeps_damaged) // and they were not needed
        warnings_add(&file->warnings, REASON_DAMAGED_BEHIND, "A checksum behind the %s's pixels is wrong.", what);
    out->meta = file->meta;
    out->warnings = file->warnings;
    file->meta = (Metadata){0};
    file->warnings = (Bytes){0};
    return STATUS_OK;
}

Status decode_png(const uint8_t *bytes, size_t size, const DecodeOptions *options, Image *out) {
    // Checked before libpng does, for clearer messages: signature, then IHDR's length, name, width and height.
    if (size >= 24 && !memcmp(bytes + 12, "IHDR", 4)) {
        Status status = decode_check_size(what, png_chunk_u32(bytes + 16), png_chunk_u32(bytes + 20), options);
        if (status) return status;
    }
    if (size < PNG_CHUNK_SIGNATURE_BYTES) return decode_cut(what, size);
    if (memcmp(bytes, png_chunk_signature, PNG_CHUNK_SIGNATURE_BYTES))
        return decode_damaged(what, "PNG file corrupted by ASCII conversion");
    PngFile file;
    Image image = {0};
    Status status = png_file_read(bytes, size, &file);
    if (!status) status = read_file(bytes, size, &file, options, &image);
    png_file_free(&file);
    if (!status) *out = image;
    return status;
}
