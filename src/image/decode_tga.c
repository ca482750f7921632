// TGA by stb_image. Its header is normalised first, because stb_image misreads palettes that do not begin at index 0 or
// that the picture does not use. Rows from right to left, which it does not support, are mirrored here.
#include "image/decode_tga.h"

#include <string.h>

#include "core/warnings.h"
#include "image/byte_order.h"
#include "image/decode.h"
#include "image/decode_stb.h"

enum { HEADER = 18, FOOTER = 26, PALETTE = 1, COLOURS = 2, GREY = 3, RUN_LENGTHS = 8 };

static const char what[] = "TGA file";

typedef struct Header {
    uint32_t id_bytes;
    bool has_palette;
    uint32_t type; // PALETTE, COLOURS or GREY
    bool has_runs;
    uint32_t first, n_colours, colour_bits; // of the palette: the index of its first colour, how many, bits of each
    uint32_t width, height, bits;           // of a pixel
    uint32_t alpha_bits;
    bool is_from_right, is_top_down;
} Header;

static Header read_header(const uint8_t *bytes) {
    return (Header){
        .id_bytes = bytes[0],
        .has_palette = bytes[1] == 1,
        .type = bytes[2] & 7u,
        .has_runs = bytes[2] & RUN_LENGTHS,
        .first = little16(bytes + 3),
        .n_colours = little16(bytes + 5),
        .colour_bits = bytes[7],
        .width = little16(bytes + 12),
        .height = little16(bytes + 14),
        .bits = bytes[16],
        .alpha_bits = bytes[17] & 15u,
        .is_from_right = bytes[17] & 0x10,
        .is_top_down = bytes[17] & 0x20,
    };
}

// ---- is it one?

static bool has_footer(const uint8_t *bytes, size_t size) {
    static const char mark[] = "TRUEVISION-XFILE."; // and its terminator
    return size >= HEADER + FOOTER && !memcmp(bytes + size - sizeof mark, mark, sizeof mark);
}

static bool is_colour_depth(uint32_t bits) { return bits == 15 || bits == 16 || bits == 24 || bits == 32; }

static bool has_usual_depth(const Header *header) {
    if (header->type == COLOURS) return is_colour_depth(header->bits);
    return (header->type == PALETTE || header->type == GREY) && (header->bits == 8 || header->bits == 16);
}

static bool has_usual_palette(const Header *header) {
    const bool is_there =
        header->n_colours && is_colour_depth(header->colour_bits) && header->first + header->n_colours <= 65535;
    const bool is_empty =
        !header->n_colours && !header->first && (!header->colour_bits || is_colour_depth(header->colour_bits));
    return header->has_palette ? is_there : is_empty && header->type != PALETTE;
}

static size_t pixels_at(const Header *header) {
    const size_t palette = header->has_palette ? header->n_colours * ((header->colour_bits + 7) / 8) : 0;
    return HEADER + header->id_bytes + palette;
}

bool decode_tga_matches(const uint8_t *bytes, size_t size) {
    if (size < HEADER || bytes[1] > 1 || bytes[2] & 0xf4 || bytes[17] & 0xc0) return false;
    const Header header = read_header(bytes);
    if (!header.width || !header.height || header.alpha_bits > 8 || !has_usual_depth(&header)) return false;
    if (header.type == PALETTE && !header.has_palette) return false;
    return (has_usual_palette(&header) || (has_footer(bytes, size) && !header.has_palette)) &&
           pixels_at(&header) < size;
}

// ---- how much of it is there

static uint32_t count_rows(const Header *header, const uint8_t *bytes, size_t size) {
    const size_t pixel = (header->bits + 7) / 8, all = (size_t)header->width * header->height;
    size_t at = pixels_at(header), n = 0;
    while (header->has_runs && n < all && at < size) {
        const size_t length = (bytes[at] & 127u) + 1, there = (size - at - 1) / pixel;
        const size_t stored = bytes[at] >> 7 ? 1 : length;
        if (there < stored) {
            n += there;
            break;
        }
        n += length;
        at += 1 + stored * pixel;
    }
    if (!header->has_runs) n = (size - at) / pixel;
    return (uint32_t)((n < all ? n : all) / header->width);
}

// ---- decoding

static int n_channels(const Header *header) {
    if (header->type == GREY) return header->bits == 16 ? 4 : 3;
    return (header->type == PALETTE ? header->colour_bits : header->bits) == 32 ? 4 : 3;
}

static void plain_header(const Header *header, uint8_t *out) {
    memset(out, 0, HEADER);
    const bool has_palette = header->type == PALETTE;
    const uint32_t n_colours = header->first + header->n_colours;
    out[1] = has_palette;
    out[2] = (uint8_t)(header->type | (header->has_runs ? RUN_LENGTHS : 0));
    out[5] = has_palette ? (uint8_t)n_colours : 0;
    out[6] = has_palette ? (uint8_t)(n_colours >> 8) : 0;
    out[7] = has_palette ? (uint8_t)header->colour_bits : 0;
    for (int i = 0; i < 2; i++) {
        out[12 + i] = (uint8_t)(header->width >> 8 * i);
        out[14 + i] = (uint8_t)(header->height >> 8 * i);
    }
    out[16] = (uint8_t)header->bits;
    out[17] = header->is_top_down ? 0x20 : 0;
}

static Status read_by_stb(const Header *header, const uint8_t *bytes, size_t size, Image *out) {
    uint8_t plain[HEADER];
    plain_header(header, plain);
    const bool has_palette = header->type == PALETTE;
    const size_t at = pixels_at(header), colour = (header->colour_bits + 7) / 8;
    const size_t palette = has_palette ? header->n_colours * colour : 0;
    const size_t missing = (size_t)header->width * header->height * ((header->bits + 7) / 8);
    const DecodeStbPart parts[] = {
        {plain, HEADER},
        {NULL, has_palette ? header->first * colour : 0},
        {bytes + at - palette, palette},
        {bytes + at, size - at},
        {NULL, missing},
    };
    return decode_stb(what, parts, 5, n_channels(header), out);
}

static void mirror(Image *image) {
    const size_t pixel = (size_t)image->channels, row = image_row_bytes(image);
    for (uint8_t *left = image->pixels, *end = left + row * (size_t)image->height; left < end; left += row) {
        for (size_t a = 0, b = row - pixel; a < b; a += pixel, b -= pixel) {
            uint8_t kept[4];
            memcpy(kept, left + a, pixel);
            memcpy(left + a, left + b, pixel);
            memcpy(left + b, kept, pixel);
        }
    }
}

// Programs write 32 bits even if the last eight are not alpha.
static void check_alpha(const Header *header, Image *image) {
    const size_t n = (size_t)image->width * (size_t)image->height;
    for (size_t i = 0; i < n; i++) {
        if (image->channels != 4 || image->pixels[4 * i + 3]) return;
    }
    if (header->alpha_bits) {
        warnings_add(&image->warnings, REASON_ALL_TRANSPARENT, "Every pixel of the %s is transparent.", what);
        return;
    }
    for (size_t i = 0; i < n; i++) image->pixels[4 * i + 3] = 255;
    warnings_add(&image->warnings, REASON_TRANSPARENCY_LEFT_OUT,
                 "The %s has an alpha of nothing but zeros, and does not say that it is one: it is left out.", what);
}

Status decode_tga(const uint8_t *bytes, size_t size, const DecodeOptions *options, Image *out) {
    const Header header = read_header(bytes);
    Status status = decode_check_size(what, header.width, header.height, options);
    if (status) return status;
    Bytes warnings = {0};
    const uint32_t n_rows = count_rows(&header, bytes, size);
    if (n_rows < header.height) status = decode_rows_missing(what, size, n_rows, header.height, options, &warnings);
    Image image;
    if (!status) status = read_by_stb(&header, bytes, size, &image);
    if (status) {
        bytes_free(&warnings);
        return status;
    }
    image.warnings = warnings;
    decode_blacken(&image, n_rows, header.is_top_down);
    if (header.is_from_right) mirror(&image);
    check_alpha(&header, &image);
    *out = image;
    return STATUS_OK;
}
