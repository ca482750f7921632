// zlib, piece by piece.
#include "image/png_inflate.h"

#include <zlib.h>

enum { PIECE = 16384 };

Status png_inflate(const uint8_t *from, size_t size, Bytes *out, bool *is_whole) {
    z_stream stream = {.next_in = (Bytef *)(uintptr_t)from, .avail_in = (uInt)size};
    uint8_t piece[PIECE];
    Status status = STATUS_OK;
    int result = inflateInit(&stream);
    while (result == Z_OK && !status && out->size < PNG_INFLATE_MAX) {
        stream.next_out = piece;
        stream.avail_out = PIECE;
        result = inflate(&stream, Z_NO_FLUSH);
        if (result == Z_OK || result == Z_STREAM_END) status = bytes_append(out, piece, PIECE - stream.avail_out);
    }
    inflateEnd(&stream);
    if (result == Z_MEM_ERROR) return status_fail(STATUS_NO_MEMORY, "Not enough memory for the PNG file.");
    *is_whole = result == Z_STREAM_END;
    return status;
}
