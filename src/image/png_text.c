// PNG specification, third edition, 11.3.3; XMP specification, part 3, 1.1.5.
#include "image/png_text.h"

#include "image/exif.h"
#include "image/png_inflate.h"

// The keyword, no compression of no kind, no language, no translated keyword.
const uint8_t png_text_xmp_prefix[] = "XML:com.adobe.xmp\0\0\0\0"; // and the terminator
_Static_assert(sizeof png_text_xmp_prefix == PNG_TEXT_XMP_PREFIX_BYTES, "");

// The position after the next zero from `at` on, or beyond the end.
static size_t after_zero(const PngChunk *chunk, size_t at) {
    while (at < chunk->size && chunk->data[at]) at++;
    return at + 1;
}

// Where the packet begins; 0: the chunk is no packet.
static size_t find_packet(const PngChunk *chunk) {
    enum { KEYWORD = 18, FLAGS = 2 };
    if (!png_chunk_is(chunk, "iTXt") || chunk->size < PNG_TEXT_XMP_PREFIX_BYTES) return 0;
    if (memcmp(chunk->data, png_text_xmp_prefix, KEYWORD) || chunk->data[KEYWORD]) return 0;
    const size_t at = after_zero(chunk, after_zero(chunk, KEYWORD + FLAGS));
    return at < chunk->size ? at : 0;
}

Status png_text_keep(const PngChunk *chunk, Bytes *text, Bytes *xmp) {
    const size_t packet = find_packet(chunk);
    if (packet && !xmp->size) return bytes_append(xmp, chunk->data + packet, chunk->size - packet);
    const bool is_text = png_chunk_is(chunk, "tEXt") || png_chunk_is(chunk, "zTXt") || png_chunk_is(chunk, "iTXt");
    return is_text ? png_chunk_append(text, chunk->name, NULL, 0, chunk->data, chunk->size) : STATUS_OK;
}

// ---- EXIF in hexadecimal digits

static int digit(uint8_t c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

// The position after the n-th line end.
static size_t after_lines(const Bytes *text, int n) {
    size_t at = 0;
    while (at < text->size && n > 0) n -= text->data[at++] == '\n';
    return at;
}

// An empty line, one with a name, one with the number of bytes, then the digits, in lines.
static Status read_digits(const Bytes *text, Bytes *out) {
    int high = -1;
    for (size_t at = after_lines(text, 3); at < text->size; at++) {
        const int value = digit(text->data[at]);
        if (value < 0) continue;
        if (high >= 0) {
            const uint8_t byte = (uint8_t)(high << 4 | value);
            Status status = bytes_append(out, &byte, 1);
            if (status) return status;
        }
        high = high >= 0 ? -1 : value;
    }
    return STATUS_OK;
}

// The text of a tEXt or zTXt chunk.
static Status read_text(const PngChunk *chunk, size_t at, Bytes *out) {
    bool is_whole;
    if (png_chunk_is(chunk, "tEXt")) return bytes_append(out, chunk->data + at, chunk->size - at);
    return at < chunk->size ? png_inflate(chunk->data + at + 1, chunk->size - at - 1, out, &is_whole) : STATUS_OK;
}

static bool is_raw_exif(const PngChunk *chunk) {
    static const char *const keywords[] = {"Raw profile type exif", "Raw profile type APP1"};
    if (!png_chunk_is(chunk, "tEXt") && !png_chunk_is(chunk, "zTXt")) return false;
    for (size_t i = 0; i < sizeof keywords / sizeof *keywords; i++) {
        const size_t size = strlen(keywords[i]) + 1; // and the zero
        if (chunk->size > size && !memcmp(chunk->data, keywords[i], size)) return true;
    }
    return false;
}

Status png_text_raw_exif(const PngChunk *chunk, Bytes *exif) {
    if (!is_raw_exif(chunk)) return STATUS_OK;
    Bytes text = {0}, found = {0};
    Status status = read_text(chunk, after_zero(chunk, 0), &text);
    if (!status) status = read_digits(&text, &found);
    exif_strip_prefix(&found);
    if (!status && exif_is_tiff(&found)) status = bytes_append(exif, found.data, found.size);
    bytes_free(&text);
    bytes_free(&found);
    return status;
}
