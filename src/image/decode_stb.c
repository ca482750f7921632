// JPEG and BMP to pixels with stb_image: the only place of it. stb_image takes bytes that are not there for zeros and
// says nothing, so that both kinds are first walked to see whether they are whole. EXIF (orientation) is not read.
#include "image/decode_stb.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "image/decode.h"

// To be compiled with -fwrapv: the inverse transform of damaged data overflows.
#define STB_IMAGE_IMPLEMENTATION
#define STB_IMAGE_STATIC
#define STBI_ONLY_JPEG
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
    {"only 8-bit", STATUS_UNSUPPORTED, "is not supported: it has other than 8 bits a sample"},
    {"BMP RLE", STATUS_UNSUPPORTED, "is not supported: it is run-length encoded"},
    {"BMP JPEG/PNG", STATUS_UNSUPPORTED, "is not supported: its compression is none of BMP's usual ones"},
    {"bad bpp", STATUS_UNSUPPORTED, "is not supported: it has an unusual number of bits a pixel"},
    {"unknown BMP", STATUS_UNSUPPORTED, "is not supported: its header is of an unknown length"},
};

static Status explain(const char *what) {
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

static bool fits_int(size_t size) { return size <= 0x7fffffff; }

// `channels` 0: as many as the file has. Sizes are already checked.
static Status load(const char *what, const uint8_t *bytes, size_t size, int channels, Image *out) {
    int width, height, file_channels;
    no_memory = false;
    stbi__g_failure_reason = NULL;
    uint8_t *pixels = stbi_load_from_memory(bytes, (int)size, &width, &height, &file_channels, channels);
    // It also records a reason, and returns what it has, when a segment between two scans of a JPEG is broken.
    if (!pixels || (channels && stbi_failure_reason())) {
        free(pixels);
        return explain(what);
    }
    *out = (Image){.pixels = pixels, .width = width, .height = height, .channels = channels ? channels : file_channels};
    return STATUS_OK;
}

// Whether the segments lead to an end-of-image marker; other bytes may follow it. `frame` becomes the marker byte of
// the frame header, which is then whole, or NULL if there is none.
static bool jpeg_is_whole(const uint8_t *bytes, size_t size, const uint8_t **frame) {
    enum { TEM = 0x01, SOF0 = 0xc0, DHT = 0xc4, JPG = 0xc8, DAC = 0xcc, SOF15 = 0xcf };
    enum { RST0 = 0xd0, RST7 = 0xd7, EOI = 0xd9 };
    *frame = NULL;
    for (size_t at = 2; at + 1 < size;) {
        uint8_t marker = bytes[at + 1];
        bool is_alone = marker == TEM || (marker >= RST0 && marker <= RST7);
        if (bytes[at] != 0xff || marker == 0 || marker == 0xff || is_alone) {
            at++; // compressed data, or padding
            continue;
        }
        if (marker == EOI) return true;
        if (size - at < 9) return false;
        bool is_frame = marker >= SOF0 && marker <= SOF15 && marker != DHT && marker != JPG && marker != DAC;
        if (is_frame && !*frame) *frame = bytes + at + 1;
        at += 2 + ((size_t)bytes[at + 2] << 8 | bytes[at + 3]);
    }
    return false;
}

Status decode_stb_jpeg(const uint8_t *bytes, size_t size, Image *out) {
    static const char what[] = "JPEG file";
    enum { PROGRESSIVE = 0xc2 };
    if (!fits_int(size)) return status_fail(STATUS_UNSUPPORTED, "The %s is too large: %zu bytes.", what, size);
    const uint8_t *frame;
    if (!jpeg_is_whole(bytes, size, &frame)) return decode_cut(what, size);
    if (!frame) return decode_damaged(what, "it has no frame");
    Status status = decode_check_size(what, (uint32_t)(frame[6] << 8 | frame[7]), (uint32_t)(frame[4] << 8 | frame[5]));
    if (status) return status;
    if (frame[0] > PROGRESSIVE) {
        return status_fail(STATUS_UNSUPPORTED, "The %s is not supported: it is lossless or arithmetic-coded.", what);
    }
    return load(what, bytes, size, 3, out);
}

static uint32_t little_endian(const uint8_t *bytes, int n_bytes) {
    uint32_t value = 0;
    for (int i = 0; i < n_bytes; i++) value |= (uint32_t)bytes[i] << (8 * i);
    return value;
}

Status decode_stb_bmp(const uint8_t *bytes, size_t size, Image *out) {
    static const char what[] = "BMP file";
    enum { OLD_HEADER = 12, SHORTEST = 14 + OLD_HEADER, USUAL = 14 + 40 };
    if (!fits_int(size)) return status_fail(STATUS_UNSUPPORTED, "The %s is too large: %zu bytes.", what, size);
    if (size < SHORTEST) return decode_cut(what, size);
    bool old = little_endian(bytes + 14, 4) == OLD_HEADER;
    if (!old && size < USUAL) return decode_cut(what, size);

    uint32_t offset = little_endian(bytes + 10, 4);
    uint32_t width = little_endian(bytes + 18, old ? 2 : 4);
    uint32_t height = little_endian(bytes + (old ? 20 : 22), old ? 2 : 4);
    uint32_t bits = little_endian(bytes + (old ? 24 : 28), 2);
    uint32_t compression = old ? 0 : little_endian(bytes + 30, 4);
    if (!old && height >> 31) height = 0u - height; // rows from the top down
    Status status = decode_check_size(what, width, height);
    if (status) return status;
    if (old && bits < 16) { // stb_image looks for that palette in the wrong place
        return status_fail(STATUS_UNSUPPORTED, "The %s is not supported: it has an OS/2 palette.", what);
    }
    // The last row's padding may be missing.
    uint64_t row_bits = (uint64_t)width * bits;
    uint64_t needed = offset + (row_bits + 31) / 32 * 4 * (height - 1) + (row_bits + 7) / 8;
    bool is_plain = compression == 0 || compression == 3; // how long the others are, their header does not say
    if (is_plain && size < needed) return decode_cut(what, size);
    return load(what, bytes, size, 0, out);
}
