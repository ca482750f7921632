// Runs of equal pixels, literal runs of different pixels, and jumps. Pixels beyond a row's end are left out.
#include "image/bmp_rle.h"

#include "core/warnings.h"
#include "image/decode.h"

enum { END_OF_ROW, END_OF_PICTURE, JUMP }; // the second byte, if the first is 0; larger: the length of a literal run

static const char what[] = "BMP file";

typedef struct Reader {
    const BmpHeader *header;
    const uint8_t *at, *end;
    Image *image;
    uint32_t x, y; // where the next pixel goes, y in the file's order of rows
    bool goes_beyond;
} Reader;

static size_t left(const Reader *reader) { return (size_t)(reader->end - reader->at); }

static bool is_full(const Reader *reader) { return reader->y >= reader->header->height; }

// Blue, green and red of pixel `i` of the data at `from`.
static const uint8_t *colour(const Reader *reader, const uint8_t *from, uint32_t i) {
    switch (reader->header->packing) {
        case BMP_RLE24: return from + 3 * i;
        case BMP_RLE8: return reader->header->palette[from[i]];
        default: return reader->header->palette[from[i / 2] >> (i % 2 ? 0 : 4) & 15];
    }
}

static void set(Reader *reader, const uint8_t *bgr) {
    if (reader->x >= reader->header->width || is_full(reader)) {
        reader->goes_beyond = true;
        return;
    }
    const uint32_t y = reader->header->is_top_down ? reader->y : reader->header->height - 1 - reader->y;
    uint8_t *to = reader->image->pixels + ((size_t)y * reader->header->width + reader->x++) * 3;
    for (int c = 0; c < 3; c++) to[c] = bgr[2 - c];
}

// Each of the three returns false if its bytes are not all there.
static bool read_run(Reader *reader, uint32_t n) {
    const size_t size = reader->header->packing == BMP_RLE24 ? 3 : 1;
    if (left(reader) < size) return false;
    for (uint32_t i = 0; i < n; i++)
        set(reader, colour(reader, reader->at, reader->header->packing == BMP_RLE4 ? i % 2 : 0));
    reader->at += size;
    return true;
}

static bool read_stretch(Reader *reader, uint32_t n) {
    const uint32_t bits = reader->header->packing == BMP_RLE24 ? 24 : reader->header->packing == BMP_RLE8 ? 8 : 4;
    const size_t size = (n * bits + 15) / 16 * 2;
    if (left(reader) < size) return false;
    for (uint32_t i = 0; i < n; i++) set(reader, colour(reader, reader->at, i));
    reader->at += size;
    return true;
}

static bool read_jump(Reader *reader) {
    if (left(reader) < 2) return false;
    reader->x += reader->at[0];
    reader->y += reader->at[1];
    if (reader->x > reader->header->width || is_full(reader)) reader->goes_beyond = true;
    reader->at += 2;
    return true;
}

// Whether the picture ends properly: with a mark in the file, or because all its rows are there.
static bool read_all(Reader *reader) {
    while (!is_full(reader)) {
        if (left(reader) < 2) return false;
        const uint32_t n = reader->at[0], code = reader->at[1];
        reader->at += n ? 1 : 2;
        if (!n && code == END_OF_PICTURE) return true;
        bool is_there = true;
        if (n)
            is_there = read_run(reader, n);
        else if (code == JUMP)
            is_there = read_jump(reader);
        else if (code > JUMP)
            is_there = read_stretch(reader, code);
        else
            reader->x = 0, reader->y++;
        if (!is_there) return false;
    }
    return true;
}

Status bmp_rle_read(const BmpHeader *header, const uint8_t *bytes, size_t size, const DecodeOptions *options,
                    Image *image) {
    const size_t start = header->pixels < size ? header->pixels : size;
    Reader reader = {.header = header, .at = bytes + start, .end = bytes + size, .image = image};
    if (!read_all(&reader)) {
        const bool has_all_pixels = reader.y + 1 == header->height && reader.x >= header->width;
        if (has_all_pixels) {
            warnings_add(&image->warnings, REASON_MAYBE_CUT, "The %s has no end, but all its pixels.", what);
        } else {
            const Status status = decode_rows_missing(what, size, reader.y, header->height, options, &image->warnings);
            if (status) return status;
            decode_blacken(image, reader.y, header->is_top_down);
        }
    }
    if (reader.goes_beyond)
        warnings_add(&image->warnings, REASON_RUNS_TOO_LONG,
                     "The %s has runs that go beyond their row; what is too much is left out.", what);
    return STATUS_OK;
}
