// PNG specification, third edition, 5.3.
#include "image/png_chunk.h"

#include <zlib.h>

const uint8_t png_chunk_signature[PNG_CHUNK_SIGNATURE_BYTES] = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};

uint32_t png_chunk_u32(const uint8_t *b) {
    return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
}
int png_chunk_u16(const uint8_t *b) { return b[0] << 8 | b[1]; }

void png_chunk_set_u32(uint8_t *bytes, uint32_t value) {
    for (int i = 0; i < 4; i++) bytes[i] = (uint8_t)(value >> (24 - 8 * i));
}

void png_chunk_set_u16(uint8_t *bytes, int value) {
    bytes[0] = (uint8_t)(value >> 8);
    bytes[1] = (uint8_t)value;
}

bool png_chunk_has_name(const PngChunk *chunk) {
    for (int i = 0; i < 4; i++) {
        const char letter = chunk->name[i] & ~0x20;
        if (letter < 'A' || letter > 'Z') return false;
    }
    return true;
}

static PngChunkFound cut(const uint8_t *chunk, size_t left, PngChunk *out) {
    enum { HEAD = 8 }; // length and name
    *out = (PngChunk){.data = chunk};
    if (left < HEAD) return PNG_CHUNK_CUT;
    memcpy(out->name, chunk + 4, 4);
    out->data = chunk + HEAD;
    const size_t there = left - HEAD, size = png_chunk_u32(chunk);
    out->size = (uint32_t)(there < size ? there : size);
    return PNG_CHUNK_CUT;
}

PngChunkFound png_chunk_read(const uint8_t *bytes, size_t size, size_t *at, PngChunk *out) {
    enum { AROUND = 12 }; // length, name and checksum
    const size_t left = *at < size ? size - *at : 0;
    if (left == 0) return cut(bytes, 0, out);
    const uint8_t *chunk = bytes + *at;
    if (left >= 4 && png_chunk_u32(chunk) > 0x7fffffff) return PNG_CHUNK_NONSENSE;
    if (left < AROUND || left - AROUND < png_chunk_u32(chunk)) return cut(chunk, left, out);
    *out = (PngChunk){.data = chunk + 8, .size = png_chunk_u32(chunk)};
    memcpy(out->name, chunk + 4, 4);
    const uint32_t checksum = (uint32_t)crc32(0, chunk + 4, 4 + out->size);
    *at += AROUND + out->size;
    return checksum == png_chunk_u32(out->data + out->size) ? PNG_CHUNK_WHOLE : PNG_CHUNK_DAMAGED;
}

Status png_chunk_append(Bytes *out, const char *name, const uint8_t *prefix, size_t prefix_size, const uint8_t *data,
                        size_t size) {
    uint8_t head[8], tail[4];
    png_chunk_set_u32(head, (uint32_t)(prefix_size + size));
    memcpy(head + 4, name, 4);
    uint32_t checksum = (uint32_t)crc32(0, head + 4, 4);
    if (prefix_size) checksum = (uint32_t)crc32(checksum, prefix, (uInt)prefix_size); // zlib would start again on NULL
    if (size) checksum = (uint32_t)crc32(checksum, data, (uInt)size);
    png_chunk_set_u32(tail, checksum);
    Status status = bytes_append(out, head, sizeof head);
    if (!status) status = bytes_append(out, prefix, prefix_size);
    if (!status) status = bytes_append(out, data, size);
    if (!status) status = bytes_append(out, tail, sizeof tail);
    return status;
}
