// BMP to pixels. stb_image reads the usual forms, with a normalised header; the rest is read here.
#include "image/decode_bmp.h"

#include <stdlib.h>
#include <string.h>

#include "core/warnings.h"
#include "image/bmp_header.h"
#include "image/bmp_rle.h"
#include "image/byte_order.h"
#include "image/decode.h"
#include "image/decode_stb.h"

static const char what[] = "BMP file";

typedef struct Reader {
    BmpHeader header;
    const uint8_t *bytes;
    size_t size;
    size_t row_bytes; // in the file, with the padding to a multiple of four
    uint32_t n_rows;  // that are there
    Image image;
} Reader;

// ---- how much is there

static void count_rows(Reader *reader) {
    const BmpHeader *header = &reader->header;
    const size_t row_bits = (size_t)header->width * header->bits;
    reader->row_bytes = (row_bits + 31) / 32 * 4;
    const size_t there = reader->size > header->pixels ? reader->size - header->pixels : 0;
    const bool has_last = there % reader->row_bytes >= (row_bits + 7) / 8; // the padding of the last row may be missing
    const size_t n = there / reader->row_bytes + has_last;
    reader->n_rows = n < header->height ? (uint32_t)n : header->height;
}

static uint32_t row_of_picture(const BmpHeader *header, uint32_t i) {
    return header->is_top_down ? i : header->height - 1 - i;
}

// ---- by stb_image

static bool is_byte(uint32_t mask) { return mask && (mask >> __builtin_ctz(mask)) == 0xff; }

static bool suits_stb(const BmpHeader *header) {
    if (header->bits != 32) return header->bits != 2 && header->bits != 16;
    const uint32_t *masks = header->masks;
    return is_byte(masks[0]) && is_byte(masks[1]) && is_byte(masks[2]) && (!masks[3] || is_byte(masks[3]));
}

enum { FILE_HEADER = 14, V4_HEADER = 108, INFO_HEADER = 40, MAX_HEADER = FILE_HEADER + V4_HEADER + 4 * 256 };

static void put32(uint8_t *to, uint32_t value) {
    for (int i = 0; i < 4; i++) to[i] = (uint8_t)(value >> 8 * i);
}

// The header in the form that stb_image reads without errors, and its length.
static size_t plain_header(const BmpHeader *header, uint8_t *out) {
    const bool has_masks = header->bits == 32;
    const size_t info = has_masks ? V4_HEADER : INFO_HEADER, n_colours = header->bits <= 8 ? 1u << header->bits : 0;
    const size_t size = FILE_HEADER + info + 4 * n_colours;
    memset(out, 0, MAX_HEADER);
    memcpy(out, "BM", 2);
    put32(out + 10, (uint32_t)size);
    put32(out + 14, (uint32_t)info);
    put32(out + 18, header->width);
    put32(out + 22, header->is_top_down ? 0u - header->height : header->height);
    put32(out + 26, header->bits << 16 | 1);
    put32(out + 30, has_masks ? 3 : 0);
    for (int i = 0; has_masks && i < 4; i++) put32(out + 54 + 4 * i, header->masks[i]);
    if (n_colours) memcpy(out + 54, header->palette, 4 * n_colours);
    return size;
}

static Status read_with_stb(Reader *reader) {
    const BmpHeader *header = &reader->header;
    uint8_t plain[MAX_HEADER];
    const size_t there = reader->size - header->pixels, needed = reader->row_bytes * reader->n_rows;
    const DecodeStbPart parts[] = {
        {plain, plain_header(header, plain)},
        {reader->bytes + header->pixels, there < needed ? there : needed},
        {NULL, reader->row_bytes * (header->height - reader->n_rows) + 4},
    };
    Image image;
    const Status status = decode_stb(what, parts, 3, reader->image.channels, &image);
    if (!status) reader->image.pixels = image.pixels;
    return status;
}

// ---- here

typedef struct Field {
    uint32_t mask;
    int shift;
    uint8_t values[256]; // the sample for each value of the highest eight bits of the field
} Field;

static void plan_field(uint32_t mask, Field *out) {
    const int n = __builtin_popcount(mask), kept = n < 8 ? n : 8;
    const uint32_t most = (1u << kept) - 1;
    out->mask = mask;
    out->shift = mask ? __builtin_ctz(mask) + n - kept : 0;
    for (uint32_t v = 0; v <= most; v++) out->values[v] = most ? (uint8_t)((v * 255 + most / 2) / most) : 0;
}

static void read_fields_row(const Field *fields, uint32_t bits, const uint8_t *from, const Image *image, uint8_t *to) {
    for (int x = 0; x < image->width; x++) {
        const uint32_t pixel = bits == 16 ? little16(from + 2 * x) : little32(from + 4 * x);
        for (int c = 0; c < image->channels; c++) *to++ = fields[c].values[(pixel & fields[c].mask) >> fields[c].shift];
    }
}

static void read_two_bits_row(const BmpHeader *header, const uint8_t *from, const Image *image, uint8_t *to) {
    for (int x = 0; x < image->width; x++, to += 3) {
        const uint8_t *bgr = header->palette[from[x / 4] >> (6 - x % 4 * 2) & 3];
        for (int c = 0; c < 3; c++) to[c] = bgr[2 - c];
    }
}

static void read_rows(Reader *reader) {
    const BmpHeader *header = &reader->header;
    Field fields[4];
    for (int c = 0; c < 4; c++) plan_field(header->masks[c], &fields[c]);
    for (uint32_t i = 0; i < reader->n_rows; i++) {
        const uint8_t *from = reader->bytes + header->pixels + i * reader->row_bytes;
        uint8_t *to = reader->image.pixels + row_of_picture(header, i) * image_row_bytes(&reader->image);
        if (header->bits == 2)
            read_two_bits_row(header, from, &reader->image, to);
        else
            read_fields_row(fields, header->bits, from, &reader->image, to);
    }
}

// ---- all of it

static Status create(Reader *reader) {
    Image *image = &reader->image, made;
    const Status status = image_create(image->width, image->height, image->channels, &made);
    if (status) return status;
    image->pixels = made.pixels;
    memset(image->pixels, 0, image_row_bytes(image) * (size_t)image->height);
    return STATUS_OK;
}

static Status read_plain(Reader *reader, const DecodeOptions *options) {
    count_rows(reader);
    Status status = STATUS_OK;
    if (reader->n_rows < reader->header.height) {
        status = decode_rows_missing(what, reader->size, reader->n_rows, reader->header.height, options,
                                     &reader->image.warnings);
    }
    if (!status) status = suits_stb(&reader->header) ? read_with_stb(reader) : create(reader);
    if (status) return status;
    if (!suits_stb(&reader->header)) read_rows(reader);
    decode_blacken(&reader->image, reader->n_rows, reader->header.is_top_down);
    return STATUS_OK;
}

static Status read_run_lengths(Reader *reader, const DecodeOptions *options) {
    const Status status = create(reader);
    return status ? status : bmp_rle_read(&reader->header, reader->bytes, reader->size, options, &reader->image);
}

static void warn_of_nothing(Image *image) {
    if (image->channels != 4) return;
    for (size_t i = 0, n = (size_t)image->width * (size_t)image->height; i < n; i++) {
        if (image->pixels[4 * i + 3]) return;
    }
    warnings_add(&image->warnings, REASON_ALL_TRANSPARENT, "Every pixel of the %s is transparent.", what);
}

static Status read_file(Reader *reader, const DecodeOptions *options) {
    const BmpHeader *header = &reader->header;
    Image *image = &reader->image;
    Status status = bmp_header_read(reader->bytes, reader->size, options, &reader->header, &image->warnings);
    if (status) return status;
    image->width = (int)header->width;
    image->height = (int)header->height;
    image->channels = header->masks[3] ? 4 : 3;
    image->bits = 8;
    image->meta.density = header->density;
    status = header->packing == BMP_PLAIN ? read_plain(reader, options) : read_run_lengths(reader, options);
    if (!status && header->icc_size)
        status = bytes_append(&image->meta.icc, reader->bytes + header->icc, header->icc_size);
    if (!status) warn_of_nothing(image);
    return status;
}

Status decode_bmp(const uint8_t *bytes, size_t size, const DecodeOptions *options, Image *out) {
    Reader reader = {.bytes = bytes, .size = size};
    const Status status = read_file(&reader, options);
    if (status)
        image_free(&reader.image);
    else
        *out = reader.image;
    return status;
}
