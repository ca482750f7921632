#include "image/decode_stb.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "image/decode.h"

#define STB_IMAGE_IMPLEMENTATION
#define STB_IMAGE_STATIC
#define STBI_ONLY_BMP
#define STBI_ONLY_TGA
#define STBI_ONLY_PSD
#define STBI_ONLY_PNM
#define STBI_NO_STDIO
#define STBI_NO_THREAD_LOCALS
#define STBI_NO_SIMD // one code path everywhere, so that the native tests test what the browser runs
#define STBI_ASSERT(condition) ((void)(condition)) // broken files fail its asserts
#define STBI_MAX_DIMENSIONS IMAGE_MAX_SIDE
#define STBI_MALLOC(size) allocate(size)
#define STBI_REALLOC(memory, size) realloc(memory, size)
#define STBI_FREE(memory) free(memory)

static bool no_memory; // stb_image may replace this reason by a later one

// Zeroed, so that missing parts of a broken file are black and not old memory.
static void *allocate(size_t size) {
    void *memory = calloc(1, size);
    if (!memory) no_memory = true;
    return memory;
}

#pragma GCC diagnostic ignored "-Wunused-function" // gcc warns at the end of the file: no pop
#include <stb_image.h>

// ---- the parts as a stream

typedef struct Stream {
    const DecodeStbPart *parts;
    int n_parts, part;
    size_t at; // within the part
} Stream;

static size_t take(Stream *stream, void *to, size_t size) {
    const DecodeStbPart *part = &stream->parts[stream->part];
    const size_t left = part->size - stream->at, n = left < size ? left : size;
    if (to && part->bytes) memcpy(to, part->bytes + stream->at, n);
    if (to && !part->bytes) memset(to, 0, n);
    stream->at += n;
    if (stream->at == part->size) {
        stream->part++;
        stream->at = 0;
    }
    return n;
}

static size_t take_all(Stream *stream, char *to, size_t size) {
    size_t done = 0;
    while (done < size && stream->part < stream->n_parts) done += take(stream, to ? to + done : NULL, size - done);
    return done;
}

static int read_stream(void *stream, char *to, int size) { return (int)take_all(stream, to, (size_t)size); }

static void skip_stream(void *stream, int size) { take_all(stream, NULL, size > 0 ? (size_t)size : 0); }

static int is_at_end(void *stream) { return ((Stream *)stream)->part == ((Stream *)stream)->n_parts; }

// ---- decoding

static Status explain(const char *what) {
    if (no_memory) return decode_no_memory(what);
    const char *reason = stbi_failure_reason();
    if (reason && !strcmp(reason, "too large")) return status_fail(STATUS_UNSUPPORTED, "The %s is too large.", what);
    return decode_damaged(what, reason ? reason : "no reason given");
}

static Status decode(const char *what, const DecodeStbPart *parts, int n_parts, int channels, int bits, Image *out) {
    const stbi_io_callbacks callbacks = {.read = read_stream, .skip = skip_stream, .eof = is_at_end};
    Stream stream = {.parts = parts, .n_parts = n_parts};
    Image image = {.channels = channels, .bits = bits};
    no_memory = false;
    stbi__g_failure_reason = NULL;
    int in_file;
    image.pixels = bits == 8
                       ? stbi_load_from_callbacks(&callbacks, &stream, &image.width, &image.height, &in_file, channels)
                       : (uint8_t *)stbi_load_16_from_callbacks(&callbacks, &stream, &image.width, &image.height,
                                                                &in_file, channels);
    if (!image.pixels) return explain(what);
    *out = image;
    return STATUS_OK;
}

Status decode_stb(const char *what, const DecodeStbPart *parts, int n_parts, int channels, Image *out) {
    return decode(what, parts, n_parts, channels, 8, out);
}

Status decode_stb_deep(const char *what, const DecodeStbPart *parts, int n_parts, int channels, Image *out) {
    return decode(what, parts, n_parts, channels, 16, out);
}
