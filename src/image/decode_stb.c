// BMP to pixels with stb_image: the only place of it. stb_image takes bytes that are not there for zeros and says
// nothing, so that the size is checked first.
#include "image/decode_stb.h"

#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "image/decode.h"

#define STB_IMAGE_IMPLEMENTATION
#define STB_IMAGE_STATIC
#define STBI_ONLY_BMP
#define STBI_NO_STDIO
#define STBI_NO_THREAD_LOCALS
#define STBI_NO_SIMD // one code path everywhere, so that the native tests test what the browser runs
#define STBI_ASSERT(condition) ((void)(condition)) // its asserts are met by broken files too
#define STBI_MAX_DIMENSIONS IMAGE_MAX_SIDE
#define STBI_MALLOC(size) allocate(size)
#define STBI_REALLOC(memory, size) realloc(memory, size)
#define STBI_FREE(memory) free(memory)

static bool no_memory; // stb_image may forget that reason for a later one

// Zeroed, so that what a broken file leaves out is black and not another picture's memory.
static void *allocate(size_t size) {
    void *memory = calloc(1, size);
    if (!memory) no_memory = true;
    return memory;
}

#pragma GCC diagnostic ignored "-Wunused-function" // gcc warns at the end of the file: no pop
#include <stb_image.h>

// stb_image's reasons that deserve a better sentence than "is damaged (reason)".
static const struct {
    const char *reason;
    Status status;
    const char *end_of_sentence;
} reasons[] = {
    {"BMP RLE", STATUS_UNSUPPORTED, "is not supported: it is run-length encoded"},
    {"BMP JPEG/PNG", STATUS_UNSUPPORTED, "is not supported: its compression is none of BMP's usual ones"},
    {"bad bpp", STATUS_UNSUPPORTED, "is not supported: it has an unusual number of bits a pixel"},
    {"unknown BMP", STATUS_UNSUPPORTED, "is not supported: its header is of an unknown length"},
};

static const char what[] = "BMP file";

static Status explain(void) {
    if (no_memory) return decode_no_memory(what);
    const char *reason = stbi_failure_reason();
    if (!reason) reason = "no reason given";
    for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++) {
        if (!strcmp(reason, reasons[i].reason)) {
            return status_fail(reasons[i].status, "The %s %s.", what, reasons[i].end_of_sentence);
        }
    }
    return decode_damaged(what, reason);
}

static uint32_t little_endian(const uint8_t *bytes, int n_bytes) {
    uint32_t value = 0;
    for (int i = 0; i < n_bytes; i++) value |= (uint32_t)bytes[i] << (8 * i);
    return value;
}

Status decode_stb_bmp(const uint8_t *bytes, size_t size, const DecodeOptions *options, Image *out) {
    enum { OLD_HEADER = 12, SHORTEST = 14 + OLD_HEADER, USUAL = 14 + 40 };
    if (size > INT_MAX) return status_fail(STATUS_UNSUPPORTED, "The %s is too large: %zu bytes.", what, size);
    if (size < SHORTEST) return decode_cut(what, size);
    bool old = little_endian(bytes + 14, 4) == OLD_HEADER;
    if (!old && size < USUAL) return decode_cut(what, size);

    uint32_t offset = little_endian(bytes + 10, 4);
    uint32_t width = little_endian(bytes + 18, old ? 2 : 4);
    uint32_t height = little_endian(bytes + (old ? 20 : 22), old ? 2 : 4);
    uint32_t bits = little_endian(bytes + (old ? 24 : 28), 2);
    uint32_t compression = old ? 0 : little_endian(bytes + 30, 4);
    if (!old && height >> 31) height = 0u - height; // rows from the top down
    Status status = decode_check_size(what, width, height, options);
    if (status) return status;
    if (old && bits < 16) { // stb_image looks for that palette in the wrong place
        return status_fail(STATUS_UNSUPPORTED, "The %s is not supported: it has an OS/2 palette.", what);
    }
    // The last row's padding may be missing.
    uint64_t row_bits = (uint64_t)width * bits;
    uint64_t needed = offset + (row_bits + 31) / 32 * 4 * (height - 1) + (row_bits + 7) / 8;
    bool is_plain = compression == 0 || compression == 3; // how long the others are, their header does not say
    if (is_plain && size < needed) return decode_cut(what, size);

    Image image = {.bits = 8};
    no_memory = false;
    stbi__g_failure_reason = NULL;
    image.pixels = stbi_load_from_memory(bytes, (int)size, &image.width, &image.height, &image.channels, 0);
    if (!image.pixels) return explain();
    *out = image;
    return STATUS_OK;
}
