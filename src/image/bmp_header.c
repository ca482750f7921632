// Accepts the same forms as Chromium 156, and corrects wrong ones in the same way.
#include "image/bmp_header.h"

#include <string.h>

#include "core/warnings.h"
#include "image/byte_order.h"
#include "image/decode.h"

enum {
    FILE_HEADER = 14,
    CORE = 12, // the first form: sizes of 16 bits, palettes of three bytes a colour
    OS2_SHORTEST = 16,
    INFO = 40,
    WITH_MASKS = 52,
    WITH_ALPHA = 56,
    V4 = 108,
    V5 = 124,
};

enum { RGB, RLE8, RLE4, BIT_FIELDS, JPEG_OR_RLE24, PNG, ALPHA_BIT_FIELDS }; // the field "compression"

static const char what[] = "BMP file";

typedef struct Source {
    const uint8_t *bytes;
    size_t size;
    uint32_t info; // bytes of the header behind the file header
} Source;

// 0 if a short header has no such field. `at` counts from the field with the header's length, which is at 0.
static uint32_t field32(const Source *source, uint32_t at) {
    return at + 4 <= source->info ? little32(source->bytes + FILE_HEADER + at) : 0;
}

static uint32_t field16(const Source *source, uint32_t at) {
    return at + 2 <= source->info ? little16(source->bytes + FILE_HEADER + at) : 0;
}

static bool is_windows(const Source *source) {
    static const uint32_t sizes[] = {INFO, WITH_MASKS, WITH_ALPHA, V4, V5};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        if (source->info == sizes[i]) return true;
    }
    return false;
}

// OS/2's second form may end after any of its fields.
static bool is_os2(const Source *source) {
    const uint32_t info = source->info;
    return !is_windows(source) && info >= OS2_SHORTEST && info <= 64 && (info % 4 == 0 || info == 42 || info == 46);
}

static Status unsupported(const char *why) { return decode_unsupported(what, why); }

static Status open_header(Source *source) {
    if (source->size < FILE_HEADER + 4) return decode_cut(what, source->size);
    source->info = little32(source->bytes + FILE_HEADER);
    if (source->info != CORE && !is_windows(source) && !is_os2(source)) {
        return unsupported("its header is of an unknown length");
    }
    return source->size < FILE_HEADER + source->info ? decode_cut(what, source->size) : STATUS_OK;
}

static Status read_size(const Source *source, const DecodeOptions *options, BmpHeader *out) {
    const bool is_core = source->info == CORE;
    out->width = is_core ? field16(source, 4) : field32(source, 4);
    out->height = is_core ? field16(source, 6) : field32(source, 8);
    out->is_top_down = !is_core && out->height >> 31;
    if (out->is_top_down) out->height = 0u - out->height;
    out->bits = field16(source, is_core ? 10 : 14);
    const uint32_t x = field32(source, 24), y = field32(source, 28);
    if (x - 1 < INT32_MAX && y - 1 < INT32_MAX) out->density = (Density){.x = x, .y = y, .is_per_metre = true};
    return decode_check_size(what, out->width, out->height, options);
}

static bool is_usual_depth(const Source *source, uint32_t bits) {
    if (bits == 1 || bits == 4 || bits == 8 || bits == 24) return true;
    return source->info != CORE && (bits == 2 || bits == 16 || bits == 32);
}

static Status read_packing(const Source *source, BmpHeader *out) {
    const uint32_t compression = field32(source, 16);
    if (compression == BIT_FIELDS && out->bits == 1) return unsupported("it is packed like a fax (Huffman 1D)");
    if (compression == JPEG_OR_RLE24 && is_os2(source) && out->bits == 24) {
        out->packing = BMP_RLE24;
        return STATUS_OK;
    }
    if (compression == JPEG_OR_RLE24) return unsupported("what it holds is a JPEG file");
    if (compression == PNG) return unsupported("what it holds is a PNG file");
    if (!is_usual_depth(source, out->bits)) return unsupported("it has an unusual number of bits a pixel");
    if (compression == RLE8 && out->bits == 8) out->packing = BMP_RLE8;
    if (compression == RLE4 && out->bits == 4) out->packing = BMP_RLE4;
    const bool may_have_fields = (out->bits == 16 || out->bits == 32) && is_windows(source);
    const bool has_usual_fields =
        compression == BIT_FIELDS || (compression == ALPHA_BIT_FIELDS && source->info != WITH_MASKS);
    const bool is_usual = compression == RGB || out->packing != BMP_PLAIN || (may_have_fields && has_usual_fields);
    return is_usual ? STATUS_OK : unsupported("its compression is none of BMP's usual ones");
}

static bool has_fields(const Source *source) {
    const uint32_t compression = field32(source, 16);
    return compression == BIT_FIELDS || compression == ALPHA_BIT_FIELDS;
}

// How many bytes of masks follow after a header that has none in it.
static size_t masks_after_header(const Source *source) {
    if (source->info != INFO || !has_fields(source)) return 0;
    return field32(source, 16) == ALPHA_BIT_FIELDS ? 16 : 12;
}

static bool is_row_of_ones(uint32_t mask) { return ((mask + (mask & (0u - mask))) & mask) == 0; }

static Status read_masks(const Source *source, BmpHeader *out) {
    const size_t behind = masks_after_header(source), at = FILE_HEADER + INFO;
    if (source->size < FILE_HEADER + source->info + behind) return decode_cut(what, source->size);
    const uint32_t n = behind ? (uint32_t)behind / 4 : source->info >= WITH_ALPHA ? 4 : 3;
    for (uint32_t i = 0; i < n; i++) out->masks[i] = little32(source->bytes + at + 4 * i);
    for (int i = 0; i < 4; i++) {
        if (is_row_of_ones(out->masks[i]) && (out->bits == 32 || out->masks[i] >> 16 == 0)) continue;
        return decode_damaged(what, "a colour mask is not one run of bits of a pixel");
    }
    return STATUS_OK;
}

// The masks of pixels that have none in the file. The fourth byte is alpha only if the header has a field for it that
// says so.
static void usual_masks(const Source *source, BmpHeader *out) {
    const uint32_t n = out->bits == 16 ? 5 : 8, ones = (1u << n) - 1;
    for (uint32_t i = 0; i < 3; i++) out->masks[i] = ones << (n * (2 - i));
    if (out->bits == 32 && source->info >= V4 && field32(source, 52)) out->masks[3] = 0xff000000;
}

// Finds where the pixels begin: at the latest after the palette, or, without one, after the header.
static void find_pixels(const Source *source, BmpHeader *out, size_t start, size_t end, Bytes *warnings) {
    out->pixels = little32(source->bytes + 10);
    if (out->pixels >= start) return;
    if (out->pixels)
        warnings_add(warnings, REASON_OTHER_PIXELS_PLACE,
                     "The %s says that its pixels begin within its header; they are taken from behind it.", what);
    out->pixels = end;
}

static void read_palette(const Source *source, BmpHeader *out, Bytes *warnings) {
    const size_t start = FILE_HEADER + source->info, entry = source->info == CORE ? 3 : 4;
    const uint32_t most = 1u << out->bits, told = field32(source, 32);
    size_t n = told && told < most ? told : most;
    find_pixels(source, out, start, start + n * entry, warnings);
    if (n > (source->size - start) / entry) n = (source->size - start) / entry;
    for (size_t i = 0; i < n; i++) memcpy(out->palette[i], source->bytes + start + i * entry, 3);
}

static void find_profile(const Source *source, BmpHeader *out, Bytes *warnings) {
    const uint32_t embedded = 0x4d424544; // 'MBED'
    if (source->info < V5 || field32(source, 56) != embedded) return;
    const uint64_t at = (uint64_t)FILE_HEADER + field32(source, 112), size = field32(source, 116);
    if (at + size > source->size) {
        warnings_add(warnings, REASON_PROFILE_LEFT_OUT, "The colour profile of the %s is cut off, and left out.", what);
        return;
    }
    out->icc = (size_t)at;
    out->icc_size = (size_t)size;
}

Status bmp_header_read(const uint8_t *bytes, size_t size, const DecodeOptions *options, BmpHeader *out,
                       Bytes *warnings) {
    Source source = {.bytes = bytes, .size = size};
    *out = (BmpHeader){0};
    Status status = open_header(&source);
    if (!status) status = read_size(&source, options, out);
    if (!status) status = read_packing(&source, out);
    if (status) return status;
    if (out->bits <= 8) {
        read_palette(&source, out, warnings);
    } else {
        const size_t end = FILE_HEADER + source.info + masks_after_header(&source);
        find_pixels(&source, out, end, end, warnings);
        if (has_fields(&source))
            status = read_masks(&source, out);
        else
            usual_masks(&source, out);
    }
    find_profile(&source, out, warnings);
    return status;
}
