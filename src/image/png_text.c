// PNG specification, third edition, 11.3.3; XMP specification, part 3, 1.1.5.
#include "image/png_text.h"

// The keyword, no compression of no kind, no language, no translated keyword.
const uint8_t png_text_xmp_prefix[] = "XML:com.adobe.xmp\0\0\0\0"; // and the terminator
_Static_assert(sizeof png_text_xmp_prefix == PNG_TEXT_XMP_PREFIX_BYTES, "");

// Behind the next zero from `at` on, or beyond the end.
static size_t behind_zero(const PngChunk *chunk, size_t at) {
    while (at < chunk->size && chunk->data[at]) at++;
    return at + 1;
}

// Where the packet begins; 0: it is none.
static size_t find_packet(const PngChunk *chunk) {
    enum { KEYWORD = 18, FLAGS = 2 };
    if (!png_chunk_is(chunk, "iTXt") || chunk->size < PNG_TEXT_XMP_PREFIX_BYTES) return 0;
    if (memcmp(chunk->data, png_text_xmp_prefix, KEYWORD) || chunk->data[KEYWORD]) return 0;
    const size_t at = behind_zero(chunk, behind_zero(chunk, KEYWORD + FLAGS));
    return at < chunk->size ? at : 0;
}

Status png_text_keep(const PngChunk *chunk, Bytes *text, Bytes *xmp) {
    const size_t packet = find_packet(chunk);
    if (packet && !xmp->size) return bytes_append(xmp, chunk->data + packet, chunk->size - packet);
    const bool is_text = png_chunk_is(chunk, "tEXt") || png_chunk_is(chunk, "zTXt") || png_chunk_is(chunk, "iTXt");
    return is_text ? png_chunk_append(text, chunk->name, NULL, 0, chunk->data, chunk->size) : STATUS_OK;
}
