// PSD: its channels are stored one after the other. stb_image reads them, three at a time and always as 8-bit RGB: it
// does not support packed 16-bit samples, grey and CMYK, and takes any fourth channel for alpha. The channels are
// interpreted here.
#include "image/decode_psd.h"

#include <stdlib.h>
#include <string.h>

#include "core/warnings.h"
#include "image/byte_order.h"
#include "image/decode.h"
#include "image/decode_stb.h"
#include "image/psd_header.h"

enum { MAX_CHANNELS = 5, AT_A_TIME = 3 }; // those of CMYK, and alpha

static const char what[] = "PSD file";

typedef struct Reader {
    PsdHeader header;
    const uint8_t *bytes;
    size_t size;
    size_t row_bytes;                             // of a channel, unpacked
    uint32_t n_used;                              // channels
    size_t start[MAX_CHANNELS];                   // where a channel's rows begin, and how many bytes they are
    size_t length[MAX_CHANNELS];                  //
    uint32_t n_rows;                              // that all used channels have in the file
    Image channels[MAX_CHANNELS / AT_A_TIME + 1]; // as stb_image has them: RGBA, of 16 bits the bytes side by side
    Image image;
} Reader;

// ---- where the channels lie, and how much of them is there

// Whether a packed row ends exactly where its length says, and has as many samples as the picture has columns.
static bool is_whole_row(const Reader *reader, size_t at, size_t length) {
    const size_t end = at + length;
    size_t n = 0;
    while (at < end) {
        const uint32_t code = reader->bytes[at++];
        if (code == 128) continue; // no operation
        const size_t stored = code < 128 ? code + 1 : 1;
        if (end - at < stored) return false;
        n += code < 128 ? code + 1 : 257 - code;
        at += stored;
    }
    return n == reader->row_bytes;
}

// Of one channel, from `*at` on; `lengths`: those of its rows. A channel that is not used is passed over.
static Status measure_packed(Reader *reader, uint32_t channel, const uint8_t *lengths, size_t *at) {
    const bool is_used = channel < reader->n_used;
    const size_t start = *at;
    for (uint32_t y = 0; y < reader->header.height && is_used; y++) {
        const size_t length = big16(lengths + 2 * y);
        if (length > reader->size - *at) {
            if (y < reader->n_rows) reader->n_rows = channel + 1 == reader->n_used ? y : 0;
            break;
        }
        if (!is_whole_row(reader, *at, length))
            return decode_damaged(what, "a packed row is not as long as it should be");
        *at += length;
    }
    if (!is_used) return STATUS_OK;
    reader->start[channel] = start;
    reader->length[channel] = *at - start;
    return STATUS_OK;
}

static Status find_packed(Reader *reader) {
    const size_t n = (size_t)reader->header.n_channels * reader->header.height;
    if (reader->size - reader->header.pixels < 2 * n) return decode_cut(what, reader->size);
    const uint8_t *lengths = reader->bytes + reader->header.pixels;
    size_t at = reader->header.pixels + 2 * n;
    Status status = STATUS_OK;
    for (uint32_t channel = 0; channel < reader->n_used && !status; channel++)
        status = measure_packed(reader, channel, lengths + 2 * (size_t)channel * reader->header.height, &at);
    return status;
}

static void find_plain(Reader *reader) {
    size_t at = reader->header.pixels;
    for (uint32_t channel = 0; channel < reader->n_used; channel++) {
        const size_t n = (reader->size - at) / reader->row_bytes;
        const uint32_t n_rows = n < reader->header.height ? (uint32_t)n : reader->header.height;
        if (n_rows < reader->n_rows) reader->n_rows = channel + 1 == reader->n_used ? n_rows : 0;
        reader->start[channel] = at;
        reader->length[channel] = n_rows * reader->row_bytes;
        at += reader->length[channel];
    }
}

// ---- by stb_image

static void put32(uint8_t *to, uint32_t value) {
    for (int i = 0; i < 4; i++) to[i] = (uint8_t)(value >> (24 - 8 * i));
}

enum { PLAIN_HEADER = 26 + 3 * 4 + 2 };

static void plain_header(const Reader *reader, uint32_t n_channels, uint8_t *out) {
    memset(out, 0, PLAIN_HEADER);
    memcpy(out, "8BPS\0\1", 6);
    out[13] = (uint8_t)n_channels;
    put32(out + 14, reader->header.height);
    put32(out + 18, (uint32_t)reader->row_bytes);
    out[23] = 8;
    out[25] = PSD_RGB;
    out[PLAIN_HEADER - 1] = reader->header.is_packed;
}

static Status read_channels(Reader *reader, uint32_t first, Image *out) {
    const uint32_t n = reader->n_used - first < AT_A_TIME ? reader->n_used - first : AT_A_TIME;
    const size_t missing = reader->row_bytes * (reader->header.height - reader->n_rows);
    uint8_t plain[PLAIN_HEADER];
    plain_header(reader, n, plain);
    DecodeStbPart parts[3 + AT_A_TIME] = {{plain, PLAIN_HEADER},
                                          {NULL, reader->header.is_packed ? 2 * n * reader->header.height : 0}};
    for (uint32_t i = 0; i < n; i++)
        parts[2 + i] = (DecodeStbPart){reader->bytes + reader->start[first + i], reader->length[first + i]};
    parts[2 + n] = (DecodeStbPart){NULL, 2 * missing}; // packed, a zero of its own takes two bytes
    return decode_stb(what, parts, (int)(3 + n), 4, out);
}

// ---- interpretation of the samples

static uint32_t sample(const Reader *reader, uint32_t channel, size_t x, size_t y) {
    const uint8_t *row = reader->channels[channel / AT_A_TIME].pixels + y * reader->row_bytes * 4;
    if (reader->header.bits == 8) return row[4 * x + channel % AT_A_TIME];
    const uint8_t *at = row + 8 * x + channel % AT_A_TIME;
    return (uint32_t)at[0] << 8 | at[4];
}

// The colour before it was composited over white.
static uint32_t without_white(uint32_t colour, uint32_t alpha, uint32_t top) {
    if (alpha == 0 || colour + alpha <= top) return alpha == 0 ? colour : 0;
    const uint64_t free_of_it = ((uint64_t)(colour + alpha - top) * top + alpha / 2) / alpha;
    return free_of_it < top ? (uint32_t)free_of_it : top;
}

// Photoshop composites the merged picture over white, other programs do not, and the file does not say which. A picture
// that was composited over white is nowhere darker than its alpha allows.
static bool is_on_white(const Reader *reader) {
    const PsdHeader *header = &reader->header;
    const uint32_t top = header->bits == 16 ? 65535 : 255, rounding = 2 * (top / 255);
    const uint32_t n_colours = psd_header_n_colours(header);
    for (size_t y = 0; y < reader->n_rows; y++) {
        for (size_t x = 0; x < header->width; x++) {
            const uint32_t alpha = sample(reader, n_colours, x, y);
            for (uint32_t c = 0; c < n_colours; c++) {
                if (sample(reader, c, x, y) + alpha + rounding < top) return false;
            }
        }
    }
    return true;
}

static void put(Image *image, size_t i, uint32_t value, uint32_t top) {
    if (image->bits == 16)
        ((uint16_t *)(void *)image->pixels)[i] = (uint16_t)value;
    else
        image->pixels[i] = (uint8_t)(top == 255 ? value : (value * 510 + 65535) / 131070);
}

static void put_pixel(Reader *reader, size_t x, size_t y) {
    const PsdHeader *header = &reader->header;
    const uint32_t top = header->bits == 16 ? 65535 : 255, n_colours = psd_header_n_colours(header);
    const uint32_t alpha = header->alpha ? sample(reader, n_colours, x, y) : top;
    uint32_t values[4] = {0};
    for (uint32_t c = 0; c < n_colours; c++) {
        values[c] = sample(reader, c, x, y);
        if (header->alpha == PSD_MATTED) values[c] = without_white(values[c], alpha, top);
    }
    const size_t at = (y * header->width + x) * (size_t)reader->image.channels;
    for (uint32_t c = 0; c < 3; c++) {
        uint32_t value = values[n_colours >= 3 ? c : 0];
        if (header->mode == PSD_PALETTE) value = header->palette[256 * c + value];
        if (header->mode == PSD_CMYK) value = (uint32_t)(((uint64_t)value * values[3] + top / 2) / top); // inverted ink
        put(&reader->image, at + c, value, top);
    }
    if (header->alpha) put(&reader->image, at + 3, alpha, top);
}

// ---- all of it

static Status find_channels(Reader *reader, const DecodeOptions *options) {
    PsdHeader *header = &reader->header;
    reader->row_bytes = (size_t)header->width * (header->bits / 8);
    reader->n_used = psd_header_n_colours(header) + (header->alpha != PSD_OPAQUE);
    reader->n_rows = header->height;
    Status status = STATUS_OK;
    if (header->is_packed)
        status = find_packed(reader);
    else
        find_plain(reader);
    if (status || reader->n_rows == header->height) return status;
    return decode_rows_missing(what, reader->size, reader->n_rows, header->height, options, &reader->image.warnings);
}

static Status create(Reader *reader, const DecodeOptions *options) {
    const PsdHeader *header = &reader->header;
    Image made;
    const int bits = options->deep ? (int)header->bits : 8;
    const Status status =
        image_create_deep((int)header->width, (int)header->height, header->alpha ? 4 : 3, bits, &made);
    if (status) return status;
    made.warnings = reader->image.warnings;
    made.meta.density = header->density;
    reader->image = made;
    return header->icc_size ? bytes_append(&reader->image.meta.icc, header->icc, header->icc_size) : STATUS_OK;
}

static Status read_file(Reader *reader, const DecodeOptions *options) {
    Status status = psd_header_read(reader->bytes, reader->size, options, &reader->header, &reader->image.warnings);
    if (!status) status = find_channels(reader, options);
    if (!status) status = create(reader, options);
    for (uint32_t first = 0; first < reader->n_used && !status; first += AT_A_TIME)
        status = read_channels(reader, first, &reader->channels[first / AT_A_TIME]);
    if (status) return status;
    if (reader->header.alpha == PSD_MATTED && !is_on_white(reader)) reader->header.alpha = PSD_STRAIGHT;
    for (size_t y = 0; y < reader->header.height; y++) {
        for (size_t x = 0; x < reader->header.width; x++) put_pixel(reader, x, y);
    }
    decode_blacken(&reader->image, reader->n_rows, true);
    return STATUS_OK;
}

Status decode_psd(const uint8_t *bytes, size_t size, const DecodeOptions *options, Image *out) {
    Reader reader = {.bytes = bytes, .size = size};
    const Status status = read_file(&reader, options);
    for (size_t i = 0; i < sizeof reader.channels / sizeof *reader.channels; i++) free(reader.channels[i].pixels);
    if (status)
        image_free(&reader.image);
    else
        *out = reader.image;
    return status;
}
