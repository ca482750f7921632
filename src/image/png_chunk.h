// The chunks that a PNG file consists of.
#ifndef IMAGE_PNG_CHUNK_H
#define IMAGE_PNG_CHUNK_H

#include <stdbool.h>
#include <string.h>

#include "core/bytes.h"

enum { PNG_CHUNK_SIGNATURE_BYTES = 8 };
extern const uint8_t png_chunk_signature[PNG_CHUNK_SIGNATURE_BYTES];

typedef struct PngChunk {
    char name[5]; // terminated
    const uint8_t *data;
    uint32_t size;
} PngChunk;

typedef enum PngChunkFound {
    PNG_CHUNK_WHOLE,
    PNG_CHUNK_CUT, // it reaches beyond the end of the bytes, or there is none: `size` is the existing part of its data
    PNG_CHUNK_DAMAGED,  // its checksum is wrong
    PNG_CHUNK_NONSENSE, // its length is impossible; `out` is not written
} PngChunkFound;

// The chunk at `*at`, which advances beyond it if it is whole or damaged.
PngChunkFound png_chunk_read(const uint8_t *bytes, size_t size, size_t *at, PngChunk *out);
static inline bool png_chunk_is(const PngChunk *chunk, const char *name) { return !memcmp(chunk->name, name, 4); }
// Whether a program that does not know the chunk cannot show the picture.
static inline bool png_chunk_is_critical(const PngChunk *chunk) { return !(chunk->name[0] & 0x20); }
// Whether its name is four letters, so that a message may contain it.
bool png_chunk_has_name(const PngChunk *chunk);

// Appends a chunk of `prefix`, then `data`.
MUST_CHECK Status png_chunk_append(Bytes *out, const char *name, const uint8_t *prefix, size_t prefix_size,
                                   const uint8_t *data, size_t size);

uint32_t png_chunk_u32(const uint8_t *bytes); // numbers are big-endian
int png_chunk_u16(const uint8_t *bytes);
void png_chunk_set_u32(uint8_t *bytes, uint32_t value);
void png_chunk_set_u16(uint8_t *bytes, int value);

#endif
