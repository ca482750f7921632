// Netpbm's formats. stb_image reads the binary samples of PPM and PGM. It does not scale them, nor swap the bytes of
// 16-bit samples: both is done here. Text and bitmaps are read here.
#include "image/decode_pnm.h"

#include <stdio.h>
#include <string.h>

#include "core/warnings.h"
#include "image/byte_order.h"
#include "image/decode.h"
#include "image/decode_stb.h"

typedef struct Reader {
    const char *what; // "PPM file" and the like
    const uint8_t *bytes;
    size_t size, at;
    char kind;          // '1' to '6', as in the magic number
    uint32_t in_file;   // samples a pixel: 1 or 3
    uint32_t most;      // the sample that means white
    uint32_t row_bytes; // of the binary kinds
    Image image;
} Reader;

// ---- the header

static bool is_space(uint8_t c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

static bool is_digit(uint8_t c) { return c >= '0' && c <= '9'; }

static size_t skip_space(const uint8_t *bytes, size_t size, size_t at) {
    while (at < size && (is_space(bytes[at]) || bytes[at] == '#')) {
        if (bytes[at] == '#') {
            while (at < size && bytes[at] != '\n' && bytes[at] != '\r') at++;
        } else {
            at++;
        }
    }
    return at;
}

bool decode_pnm_matches(const uint8_t *bytes, size_t size) {
    if (size < 4 || bytes[0] != 'P' || bytes[1] < '1' || bytes[1] > '6') return false;
    const size_t at = skip_space(bytes, size, 2);
    return at > 2 && at < size && is_digit(bytes[at]);
}

// The next number, of at most 2^32 - 1.
static Status read_number(Reader *reader, uint32_t *out) {
    reader->at = skip_space(reader->bytes, reader->size, reader->at);
    if (reader->at == reader->size) return decode_cut(reader->what, reader->size);
    if (!is_digit(reader->bytes[reader->at]))
        return decode_damaged(reader->what, "there is no number where one should be");
    uint64_t value = 0;
    for (; reader->at < reader->size && is_digit(reader->bytes[reader->at]); reader->at++) {
        value = value * 10 + (reader->bytes[reader->at] - '0');
        if (value > UINT32_MAX) value = UINT32_MAX;
    }
    *out = (uint32_t)value;
    return STATUS_OK;
}

static bool is_bitmap(const Reader *reader) { return reader->kind == '1' || reader->kind == '4'; }

static bool is_text(const Reader *reader) { return reader->kind <= '3'; }

static bool is_wide(const Reader *reader) { return reader->most > 255; }

static Status read_header(Reader *reader, const DecodeOptions *options) {
    static const char *const names[] = {"PBM file", "PGM file", "PPM file"};
    reader->kind = (char)reader->bytes[1];
    reader->what = names[(reader->kind - '1') % 3];
    reader->in_file = reader->kind == '3' || reader->kind == '6' ? 3 : 1;
    reader->most = 1;
    reader->at = 2;
    uint32_t width = 0, height = 0;
    Status status = read_number(reader, &width);
    if (!status) status = read_number(reader, &height);
    if (!status) status = decode_check_size(reader->what, width, height, options);
    if (!status && !is_bitmap(reader)) status = read_number(reader, &reader->most);
    if (status) return status;
    if (reader->most < 1 || reader->most > 65535)
        return decode_damaged(reader->what, "its largest sample is not from 1 to 65535");
    if (!is_text(reader)) { // one white space, and the samples
        if (reader->at == reader->size) return decode_cut(reader->what, reader->size);
        reader->at++;
    }
    reader->row_bytes = is_bitmap(reader) ? (width + 7) / 8 : width * reader->in_file * (is_wide(reader) ? 2 : 1);
    reader->image = (Image){.width = (int)width, .height = (int)height, .channels = 3, .bits = 8};
    if (options->deep && is_wide(reader)) reader->image.bits = 16;
    return STATUS_OK;
}

// ---- samples

static uint32_t scaled(const Reader *reader, uint32_t sample) {
    const uint64_t top = reader->image.bits == 16 ? 65535 : 255;
    return (uint32_t)(((sample < reader->most ? sample : reader->most) * top + reader->most / 2) / reader->most);
}

// Sample `i` of the picture.
static void put(Reader *reader, size_t i, uint32_t sample) {
    if (reader->image.bits == 16)
        ((uint16_t *)(void *)reader->image.pixels)[i] = (uint16_t)scaled(reader, sample);
    else
        reader->image.pixels[i] = (uint8_t)scaled(reader, sample);
}

static void put_grey(Reader *reader, size_t pixel, uint32_t sample) {
    for (size_t c = 0; c < 3; c++) put(reader, 3 * pixel + c, sample);
}

static size_t n_pixels(const Reader *reader) { return (size_t)reader->image.width * (size_t)reader->image.height; }

static Status create(Reader *reader) {
    const Image *image = &reader->image;
    Image made;
    const Status status = image_create_deep(image->width, image->height, 3, image->bits, &made);
    if (!status) reader->image.pixels = made.pixels;
    if (!status) memset(made.pixels, 0, image_row_bytes(image) * (size_t)image->height);
    return status;
}

// ---- binary

static Status count_rows(Reader *reader, const DecodeOptions *options, uint32_t *n_rows) {
    const uint32_t height = (uint32_t)reader->image.height;
    // NOLINTNEXTLINE(clang-analyzer-core.DivideZero): decode_check_size has refused a width of 0
    const size_t n = (reader->size - reader->at) / reader->row_bytes;
    *n_rows = n < height ? (uint32_t)n : height;
    if (*n_rows == height) return STATUS_OK;
    return decode_rows_missing(reader->what, reader->size, *n_rows, height, options, &reader->image.warnings);
}

static void read_bits(Reader *reader, uint32_t n_rows) {
    const size_t width = (size_t)reader->image.width;
    for (size_t y = 0; y < n_rows; y++, reader->at += reader->row_bytes) {
        for (size_t x = 0; x < width; x++) {
            const bool is_black = reader->bytes[reader->at + x / 8] >> (7 - x % 8) & 1;
            put_grey(reader, y * width + x, !is_black);
        }
    }
}

// stb_image's samples of 16 bits are the file's bytes, one after the other. Samples are converted to 8 bits in place.
static void scale(Reader *reader) {
    const size_t n = 3 * n_pixels(reader);
    const uint8_t *from = reader->image.pixels;
    if (!is_wide(reader) && reader->most == 255) return;
    for (size_t i = 0; i < n; i++) put(reader, i, is_wide(reader) ? big16(from + 2 * i) : from[i]);
}

static Status read_by_stb(Reader *reader, uint32_t n_rows) {
    char header[64];
    const Image *image = &reader->image;
    const int n = snprintf(header, sizeof header, "P%c %d %d %u\n", reader->kind, image->width, image->height,
                           (unsigned)reader->most);
    const size_t there = (size_t)reader->row_bytes * n_rows,
                 missing = (size_t)reader->row_bytes * ((size_t)image->height - n_rows);
    const DecodeStbPart parts[] = {
        {(const uint8_t *)header, (size_t)n}, {reader->bytes + reader->at, there}, {NULL, missing}};
    Image found;
    const Status status = is_wide(reader) ? decode_stb_deep(reader->what, parts, 3, 3, &found)
                                          : decode_stb(reader->what, parts, 3, 3, &found);
    if (status) return status;
    reader->image.pixels = found.pixels;
    reader->at += there;
    scale(reader);
    return STATUS_OK;
}

static Status read_binary(Reader *reader, const DecodeOptions *options) {
    uint32_t n_rows;
    Status status = count_rows(reader, options, &n_rows);
    if (status || !is_bitmap(reader)) return status ? status : read_by_stb(reader, n_rows);
    status = create(reader);
    if (!status) read_bits(reader, n_rows);
    return status;
}

// ---- text

// In a bitmap every digit is a sample.
static Status read_sample(Reader *reader, uint32_t *out) {
    if (!is_bitmap(reader)) return read_number(reader, out);
    reader->at = skip_space(reader->bytes, reader->size, reader->at);
    if (reader->at == reader->size) return decode_cut(reader->what, reader->size);
    *out = reader->bytes[reader->at++] == '0';
    return STATUS_OK;
}

static Status keep_rows(Reader *reader, uint32_t n_rows, const DecodeOptions *options) {
    decode_blacken(&reader->image, n_rows, true);
    return decode_rows_missing(reader->what, reader->size, n_rows, (uint32_t)reader->image.height, options,
                               &reader->image.warnings);
}

static Status read_text(Reader *reader, const DecodeOptions *options) {
    Status status = create(reader);
    const size_t n = n_pixels(reader) * reader->in_file, row = (size_t)reader->image.width * reader->in_file;
    for (size_t i = 0; i < n && !status; i++) {
        uint32_t sample = 0;
        status = read_sample(reader, &sample);
        if (status && reader->at == reader->size) return keep_rows(reader, (uint32_t)(i / row), options);
        if (reader->in_file == 3)
            put(reader, i, sample);
        else
            put_grey(reader, i, sample);
    }
    return status;
}

Status decode_pnm(const uint8_t *bytes, size_t size, const DecodeOptions *options, Image *out) {
    Reader reader = {.bytes = bytes, .size = size};
    Status status = read_header(&reader, options);
    if (!status) status = is_text(&reader) ? read_text(&reader, options) : read_binary(&reader, options);
    if (status) {
        image_free(&reader.image);
        return status;
    }
    if (!is_text(&reader) && decode_pnm_matches(bytes + reader.at, size - reader.at)) {
        warnings_add(&reader.image.warnings, REASON_OTHER_PICTURES_LEFT_OUT,
                     "The %s holds more than one picture; the first is taken.", reader.what);
    }
    *out = reader.image;
    return STATUS_OK;
}
