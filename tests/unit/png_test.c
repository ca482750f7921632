// PNG files that are odd, and shown by every browser all the same: made of whole ones by taking their chunks apart.
// What is right is the picture of the whole file.
#include <math.h>
#include <zlib.h>

#include "core/warnings.h"
#include "encode_whole.h"
#include "image/frames.h"
#include "image/icc.h"
#include "image/icc_make.h"
#include "image/image.h"
#include "image/png_chunk.h"
#include "picture_fixtures.h"
#include "test.h"

static void append(Bytes *file, const void *data, size_t size) {
    assert_int_equal(bytes_append(file, data, size), STATUS_OK);
}

static void append_chunk(Bytes *file, const char *name, const void *data, size_t size) {
    assert_int_equal(png_chunk_append(file, name, NULL, 0, data, size), STATUS_OK);
}

// What is done to the chunks of a file as it is written anew. NULL data: nothing.
typedef struct Edit {
    const char *before; // the first chunk of this name gets `extra` before it
    Bytes extra;
    const char *without; // chunks of this name are left out
    Bytes idat;          // what the pixels' data becomes; size 0: as it was
} Edit;

static Bytes rewrite(const PictureFixture *from, const Edit *edit) {
    Bytes file = {0};
    PngChunk chunk;
    bool is_in = false;
    append(&file, png_chunk_signature, PNG_CHUNK_SIGNATURE_BYTES);
    for (size_t at = PNG_CHUNK_SIGNATURE_BYTES;
         png_chunk_read(from->file, from->size, &at, &chunk) == PNG_CHUNK_WHOLE;) {
        if (edit->before && png_chunk_is(&chunk, edit->before) && !is_in) {
            append(&file, edit->extra.data, edit->extra.size);
            is_in = true;
        }
        if (edit->without && png_chunk_is(&chunk, edit->without)) continue;
        const bool is_new = png_chunk_is(&chunk, "IDAT") && edit->idat.size;
        append_chunk(&file, chunk.name, is_new ? edit->idat.data : chunk.data, is_new ? edit->idat.size : chunk.size);
    }
    return file;
}

// The data of the (only) IDAT.
static Bytes idat_of(const PictureFixture *from) {
    Bytes data = {0};
    PngChunk chunk;
    for (size_t at = PNG_CHUNK_SIGNATURE_BYTES;
         png_chunk_read(from->file, from->size, &at, &chunk) == PNG_CHUNK_WHOLE;) {
        if (png_chunk_is(&chunk, "IDAT")) append(&data, chunk.data, chunk.size);
    }
    return data;
}

static bool says(const Bytes *warnings, const char *part) {
    Bytes all = {0};
    append(&all, warnings->data ? (const void *)warnings->data : "", warnings->size);
    append(&all, "", 1);
    const bool found = strstr((const char *)all.data, part) != NULL;
    bytes_free(&all);
    return found;
}

// The picture of `like`, with a warning that has `warning` in it; "": with none.
static Image assert_shown(const PictureFixture *like, const Bytes *file, const char *warning) {
    Image image;
    if (image_decode(file->data, file->size, NULL, &image)) fail_msg("%s: %s", like->name, status_message());
    assert_int_equal(image.width, like->width);
    assert_int_equal(image.height, like->height);
    assert_int_equal(image.channels, like->channels);
    assert_memory_equal(image.pixels, like->pixels8, image_row_bytes(&image) * (size_t)image.height);
    if (!*warning && image.warnings.size) fail_msg("unexpected: %.*s", (int)image.warnings.size, image.warnings.data);
    if (!says(&image.warnings, warning))
        fail_msg("expected \"%s\" in \"%.*s\"", warning, (int)image.warnings.size, image.warnings.data);
    return image;
}

static void shown(const PictureFixture *like, Bytes file, const char *warning) {
    Image image = assert_shown(like, &file, warning);
    image_free(&image);
    bytes_free(&file);
}

static void refused(Bytes file, Status status, const char *sentence) {
    Image image;
    assert_int_equal(image_decode(file.data, file.size, NULL, &image), status);
    if (!strstr(status_message(), sentence)) fail_msg("expected \"%s\" in \"%s\"", sentence, status_message());
    bytes_free(&file);
}

static Bytes a_chunk(const char *name, const void *data, size_t size) {
    Bytes chunk = {0};
    append_chunk(&chunk, name, data, size);
    return chunk;
}

static Bytes with_chunk(const PictureFixture *from, const char *before, Bytes extra) {
    Bytes file = rewrite(from, &(Edit){.before = before, .extra = extra});
    bytes_free(&extra);
    return file;
}

// ---- what does not show

static void test_wrong_checksum_of_what_is_not_needed(void **state) {
    (void)state;
    static const char *const names[] = {"tEXt", "zTXt", "tIME", "gAMA", "eXIf", "tRNS", "iCCP", "abCd"};
    const PictureFixture *rgb = fixture_named("png_rgb8");
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        Bytes extra = a_chunk(names[i], "abcdef", 6);
        extra.data[extra.size - 1] ^= 1;
        Bytes file = with_chunk(rgb, "IDAT", extra);
        Image image = assert_shown(rgb, &file, names[i]);
        assert_int_equal(image.meta.exif.size + image.meta.text.size + image.meta.colour.size + image.meta.icc.size, 0);
        image_free(&image);
        bytes_free(&file);
    }
}

static void test_no_end(void **state) {
    (void)state;
    const PictureFixture *rgb = fixture_named("png_rgb8");
    shown(rgb, rewrite(rgb, &(Edit){.without = "IEND"}), "has no end");
    Bytes file = rewrite(rgb, &(Edit){0});
    append(&file, "and more", 8);
    shown(rgb, file, "");
    file = rewrite(rgb, &(Edit){.without = "IEND"});
    file.size -= 4; // the pixels' checksum
    shown(rgb, file, "has no end");
}

static void test_checksum_of_the_pixels(void **state) {
    (void)state;
    const PictureFixture *rgb = fixture_named("png_rgb8");
    Bytes data = idat_of(rgb);
    data.data[data.size - 1] ^= 1;
    shown(rgb, rewrite(rgb, &(Edit){.idat = data}), "All of its pixels are there.");
    data.size -= 4;
    shown(rgb, rewrite(rgb, &(Edit){.idat = data}), "All of its pixels are there.");
    append(&data, "\0\0\0\0garbage", 11);
    shown(rgb, rewrite(rgb, &(Edit){.idat = data}), "All of its pixels are there.");
    bytes_free(&data);
}

// A wrong checksum of a chunk of pixels is another thing: pixels may be wrong.
static void test_wrong_checksum_of_pixels(void **state) {
    (void)state;
    const PictureFixture *rgb = fixture_named("png_rgb8");
    Bytes data = idat_of(rgb);
    data.data[data.size - 1] ^= 1;
    Bytes file = rewrite(rgb, &(Edit){.idat = data});
    file.data[file.size - 13] ^= 1; // before the end's 12 bytes
    bytes_free(&data);
    refused(file, STATUS_BAD_FORMAT, "is damaged");
}

static void test_window_declared_too_small(void **state) {
    (void)state;
    enum { WIDTH = 200, HEIGHT = 8 };
    uint8_t rows[HEIGHT][1 + 3 * WIDTH], small[4096];
    uint32_t seed = 7;
    for (int x = 1; x < 1 + 3 * WIDTH; x++) rows[0][x] = (uint8_t)((seed = seed * 1664525u + 1013904223u) >> 24);
    rows[0][0] = 0;
    for (int y = 1; y < HEIGHT; y++) memcpy(rows[y], rows[0], sizeof rows[0]); // as far apart as a row is long
    uLongf size = sizeof small;
    assert_int_equal(compress(small, &size, &rows[0][0], sizeof rows), Z_OK);
    small[0] = 0x08; // a window of 256 bytes
    small[1] = (uint8_t)(31 - (0x08 * 256) % 31);
    uint8_t ihdr[13] = {0, 0, 0, WIDTH, 0, 0, 0, HEIGHT, 8, 2, 0, 0, 0};
    Bytes file = {0};
    append(&file, png_chunk_signature, PNG_CHUNK_SIGNATURE_BYTES);
    append_chunk(&file, "IHDR", ihdr, sizeof ihdr);
    append_chunk(&file, "IDAT", small, size);
    append_chunk(&file, "IEND", NULL, 0);
    Image image;
    assert_int_equal(image_decode(file.data, file.size, NULL, &image), STATUS_OK);
    for (int y = 0; y < HEIGHT; y++) assert_memory_equal(image.pixels + y * 3 * WIDTH, rows[0] + 1, 3 * WIDTH);
    image_free(&image);
    bytes_free(&file);
}

// ---- what shows

// Pixels of three or four channels that are cut in the middle: refused, or the rest filled up.
static void test_cut_short(void **state) {
    (void)state;
    static const char *const names[] = {"png_rgb8", "png_rgba8"};
    for (int i = 0; i < 2; i++) {
        const PictureFixture *whole = fixture_named(names[i]);
        const size_t row = (size_t)(whole->width * whole->channels);
        Bytes file = {0};
        append(&file, whole->file, whole->size * 2 / 3);
        Image image;
        assert_int_equal(image_decode(file.data, file.size, NULL, &image), STATUS_BAD_FORMAT);
        char expected[100];
        snprintf(expected, sizeof expected, "The PNG file ends too early: more was expected after its %zu bytes.",
                 file.size);
        assert_string_equal(status_message(), expected);
        if (image_decode(file.data, file.size, &(DecodeOptions){.keeps_damaged = true}, &image))
            fail_msg("%s", status_message());
        assert_int_equal(image.height, whole->height);
        int n_whole = 0; // rows
        while (n_whole < image.height &&
               !memcmp(image.pixels + (size_t)n_whole * row, whole->pixels8 + (size_t)n_whole * row, row))
            n_whole++;
        assert_in_range(n_whole, 1, image.height - 1);
        char part[100];
        snprintf(part, sizeof part, "of %d rows only %d could be read", image.height, n_whole);
        assert_true(says(&image.warnings, part));
        for (size_t at = (size_t)(n_whole + 1) * row; at < row * (size_t)image.height; at++)
            assert_int_equal(image.pixels[at], whole->channels == 4 ? 0 : 255);
        image_free(&image);
        bytes_free(&file);
    }
}

static void test_cut_short_and_interlaced(void **state) {
    (void)state;
    const PictureFixture *whole = fixture_named("png_rgb8_interlaced");
    Bytes file = {0};
    append(&file, whole->file, whole->size * 2 / 3);
    Image image;
    assert_int_equal(image_decode(file.data, file.size, &(DecodeOptions){.keeps_damaged = true}, &image), STATUS_OK);
    assert_memory_equal(image.pixels, whole->pixels8, 3); // the first pixel of the first pass
    assert_true(says(&image.warnings, "is damaged"));
    image_free(&image);
    bytes_free(&file);
}

// ---- odd chunks that Chromium shows

static void test_odd_chunks(void **state) {
    (void)state;
    const PictureFixture *rgb = fixture_named("png_rgb8");
    shown(rgb, with_chunk(rgb, "IDAT", a_chunk("a1 b", "12", 2)), "");  // a name that is none, but not a critical one
    shown(rgb, with_chunk(rgb, "IDAT", a_chunk("PLTE", "odd", 2)), ""); // of pixels that have no palette
    shown(rgb, with_chunk(rgb, "IEND", a_chunk("ABCD", "12", 2)), "");
    shown(rgb, with_chunk(rgb, "IDAT", a_chunk("tRNS", "\0\1", 2)), "tRNS");
    refused(with_chunk(rgb, "IDAT", a_chunk("ABCD", "12", 2)), STATUS_BAD_FORMAT, "unknown critical chunk");
    refused(with_chunk(rgb, "IDAT", a_chunk("\0\0\0\0", "", 0)), STATUS_BAD_FORMAT, "unknown critical chunk");
    refused(with_chunk(rgb, "IHDR", a_chunk("tEXt", "a\0b", 3)), STATUS_BAD_FORMAT, "Missing IHDR");
    Bytes extra = a_chunk("PLTE", "abc", 3);
    extra.data[extra.size - 1] ^= 1;
    refused(with_chunk(rgb, "IDAT", extra), STATUS_BAD_FORMAT, "PLTE: CRC error");
}

static void test_chunks_between_pixels(void **state) {
    (void)state;
    const PictureFixture *rgb = fixture_named("png_rgb8");
    Bytes data = idat_of(rgb), extra = a_chunk("IDAT", data.data, 20), text = a_chunk("tEXt", "a\0b", 3);
    append(&extra, text.data, text.size);
    memmove(data.data, data.data + 20, data.size - 20);
    data.size -= 20;
    Bytes file = rewrite(rgb, &(Edit){.before = "IDAT", .extra = extra, .idat = data});
    bytes_free(&text);
    bytes_free(&extra);
    bytes_free(&data);
    shown(rgb, file, "browsers do not show it");
}

// 5 x 1 pixels of 8 bits, of which the last two refer to nothing: Chromium shows the last colour, and its alpha.
static void test_palettes_and_their_transparency(void **state) {
    (void)state;
    static const uint8_t ihdr[13] = {0, 0, 0, 5, 0, 0, 0, 1, 8, 3}, row[] = {0, 0, 1, 2, 3, 255};
    static const char palette[] = "abcdefghi?"; // three colours and a byte
    static const struct {
        size_t n_alphas;
        uint8_t alphas[5]; // expected
    } cases[] = {{0, {255, 255, 255, 255, 255}},
                 {1, {10, 255, 255, 255, 255}},
                 {3, {10, 20, 30, 30, 30}},
                 {5, {10, 20, 30, 30, 30}}};
    uint8_t small[100];
    uLongf size = sizeof small;
    assert_int_equal(compress(small, &size, row, sizeof row), Z_OK);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Bytes file = {0};
        Image image;
        append(&file, png_chunk_signature, PNG_CHUNK_SIGNATURE_BYTES);
        append_chunk(&file, "IHDR", ihdr, sizeof ihdr);
        append_chunk(&file, "PLTE", palette, 10);
        if (cases[i].n_alphas) append_chunk(&file, "tRNS", "\12\24\36\50\62", cases[i].n_alphas);
        append_chunk(&file, "IDAT", small, size);
        append_chunk(&file, "IEND", NULL, 0);
        assert_int_equal(image_decode(file.data, file.size, NULL, &image), STATUS_OK);
        for (int x = 0; x < 5; x++) {
            const uint8_t *pixel = image.pixels + x * image.channels;
            assert_memory_equal(pixel, palette + 3 * (x < 2 ? x : 2), 3);
            assert_int_equal(image.channels == 4 ? pixel[3] : 255, cases[i].alphas[x]);
        }
        image_free(&image);
        bytes_free(&file);
    }
}

// A tRNS of RGB that is longer than three numbers counts as far as it is needed.
static void test_transparency_that_is_too_long(void **state) {
    (void)state;
    const PictureFixture *rgb = fixture_named("png_rgb8");
    uint8_t colour[8] = {0, rgb->pixels8[0], 0, rgb->pixels8[1], 0, rgb->pixels8[2], 0, 0};
    Bytes file = with_chunk(rgb, "IDAT", a_chunk("tRNS", colour, sizeof colour));
    Image image;
    assert_int_equal(image_decode(file.data, file.size, NULL, &image), STATUS_OK);
    assert_int_equal(image.channels, 4);
    assert_int_equal(image.pixels[3], 0);
    assert_int_equal(image.warnings.size, 0);
    image_free(&image);
    bytes_free(&file);
}

// Of a file without a whole row nothing is kept.
static void test_nothing_there(void **state) {
    (void)state;
    const PictureFixture *rgb = fixture_named("png_rgb8");
    Bytes file = rewrite(rgb, &(Edit){0});
    PngChunk chunk;
    size_t at = PNG_CHUNK_SIGNATURE_BYTES;
    do assert_int_equal(png_chunk_read(file.data, file.size, &at, &chunk), PNG_CHUNK_WHOLE);
    while (!png_chunk_is(&chunk, "IDAT"));
    Image image;
    const size_t size = (size_t)(chunk.data - file.data) + 3;
    assert_int_equal(image_decode(file.data, size, &(DecodeOptions){.keeps_damaged = true}, &image), STATUS_BAD_FORMAT);
    assert_non_null(strstr(status_message(), "ends too early"));
    bytes_free(&file);
}

// ---- what colours mean

static const uint8_t gamma_data[] = {0, 0, 7, 208}, density_data[] = {0, 0, 46, 35, 0, 0, 23, 18, 1};
static const uint8_t cicp_data[] = {12, 13, 0, 1};

static Bytes colour_chunks(void) {
    Bytes chunks = {0};
    uint8_t chrm[32] = {0, 0, 122, 38};
    append_chunk(&chunks, "cICP", cicp_data, sizeof cicp_data);
    append_chunk(&chunks, "gAMA", gamma_data, sizeof gamma_data);
    append_chunk(&chunks, "cHRM", chrm, sizeof chrm);
    append_chunk(&chunks, "sRGB", "\0", 1);
    return chunks;
}

// They go where they were: before the pixels, and whole.
static void test_colour_chunks_are_carried(void **state) {
    (void)state;
    const PictureFixture *rgb = fixture_named("png_rgb8");
    Bytes chunks = colour_chunks(), extra = colour_chunks(), written = {0};
    append_chunk(&extra, "pHYs", density_data, sizeof density_data);
    append_chunk(&extra, "gAMA", "\0\0\0\1", 4); // a second one counts for nothing
    Bytes file = with_chunk(rgb, "IDAT", extra);
    Image image = assert_shown(rgb, &file, ""), again;
    assert_int_equal(image.meta.colour.size, chunks.size);
    assert_memory_equal(image.meta.colour.data, chunks.data, chunks.size);
    assert_int_equal(image.meta.density.x, 11811);
    assert_int_equal(image.meta.density.y, 5906);
    assert_true(image.meta.density.is_per_metre);

    const EncodePicture picture = {.format = ENCODE_PNG,
                                   .width = image.width,
                                   .height = image.height,
                                   .channels = 3,
                                   .bits = 8,
                                   .level = 3,
                                   .colour = &image.meta.colour,
                                   .density = image.meta.density};
    assert_int_equal(encode_whole(&picture, image.pixels, &written), STATUS_OK);
    again = assert_shown(rgb, &written, "");
    assert_int_equal(again.meta.colour.size, chunks.size);
    assert_memory_equal(again.meta.colour.data, chunks.data, chunks.size);
    assert_int_equal(again.meta.density.x, 11811);
    assert_int_equal(again.meta.density.y, 5906);
    image_free(&again);
    image_free(&image);
    bytes_free(&file);
    bytes_free(&chunks);
    bytes_free(&written);
}

static void test_colour_chunks_behind_the_pixels(void **state) {
    (void)state;
    const PictureFixture *rgb = fixture_named("png_rgb8");
    Bytes file = with_chunk(rgb, "IEND", colour_chunks());
    Image image = assert_shown(rgb, &file, "");
    assert_int_equal(image.meta.colour.size, 0);
    image_free(&image);
    bytes_free(&file);
}

// Those that cannot be count for nothing, and the next of their kind counts.
static void test_broken_colour_chunks(void **state) {
    (void)state;
    static const struct {
        const char *name, *broken;
        size_t broken_size;
        const char *sound;
        size_t size;
    } cases[] = {{"gAMA", "\0\0\0\0", 4, "\0\1\x86\xa0", 4},
                 {"gAMA", "\1", 1, "\0\1\x86\xa0", 4},
                 {"sRGB", "\4", 1, "\0", 1},
                 {"cICP", "\14\15\1\1", 4, "\14\15\0\1", 4},
                 {"cICP", "\14\15\0\2", 4, "\14\15\0\1", 4}};
    const PictureFixture *rgb = fixture_named("png_rgb8");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Bytes extra = a_chunk(cases[i].name, cases[i].broken, cases[i].broken_size),
              sound = a_chunk(cases[i].name, cases[i].sound, cases[i].size);
        append(&extra, sound.data, sound.size);
        Bytes file = with_chunk(rgb, "IDAT", extra);
        Image image = assert_shown(rgb, &file, cases[i].name);
        assert_int_equal(image.meta.colour.size, sound.size);
        assert_memory_equal(image.meta.colour.data, sound.data, sound.size);
        image_free(&image);
        bytes_free(&file);
        bytes_free(&sound);
    }
    // Behind a palette Chromium heeds no cICP, and what is written has no palette.
    Bytes extra = a_chunk("PLTE", "abc", 3), cicp = a_chunk("cICP", cicp_data, 4);
    append(&extra, cicp.data, cicp.size);
    bytes_free(&cicp);
    Bytes file = with_chunk(rgb, "IDAT", extra);
    Image image = assert_shown(rgb, &file, "");
    assert_int_equal(image.meta.colour.size, 0);
    image_free(&image);
    bytes_free(&file);
}

static Bytes profile_chunk(const char *name, size_t name_size, const uint8_t *icc, size_t size) {
    uint8_t small[1000];
    uLongf small_size = sizeof small;
    Bytes data = {0};
    assert_int_equal(compress(small, &small_size, icc, size), Z_OK);
    append(&data, name, name_size);
    append(&data, "\0", 2);
    append(&data, small, small_size);
    Bytes chunk = a_chunk("iCCP", data.data, data.size);
    bytes_free(&data);
    return chunk;
}

// Bytes behind a profile are no part of it; a name is 1 to 79 bytes long.
static void test_odd_profiles(void **state) {
    (void)state;
    enum { SIZE = 132, MORE = 7 };
    uint8_t icc[SIZE + MORE] = {0};
    char name[80];
    const PictureFixture *rgb = fixture_named("png_rgb8");
    png_chunk_set_u32(icc, SIZE);
    memcpy(icc + 12, "mntrRGB XYZ ", 12);
    memcpy(icc + 36, "acsp", 4);
    memset(name, 'n', sizeof name);
    for (int i = 0; i < 4; i++) {
        static const size_t lengths[] = {1, 79, 0, 80};
        Bytes file = with_chunk(rgb, "IDAT", profile_chunk(name, lengths[i], icc, SIZE + MORE));
        Image image = assert_shown(rgb, &file, i < 2 ? "" : "profile is broken");
        assert_int_equal(image.meta.icc.size, i < 2 ? SIZE : 0);
        if (i < 2) assert_memory_equal(image.meta.icc.data, icc, SIZE);
        image_free(&image);
        bytes_free(&file);
    }
}

// ---- text and EXIF

static void test_text_without_limits(void **state) {
    (void)state;
    enum { N = 1200, LONG = 9 << 20 };
    const PictureFixture *rgb = fixture_named("png_rgb8");
    Bytes extra = {0};
    for (int i = 0; i < N; i++) append_chunk(&extra, "tEXt", "key\0text", 8);
    uint8_t *text = calloc(1, LONG);
    assert_non_null(text);
    memcpy(text, "long", 4);
    append_chunk(&extra, "tEXt", text, LONG);
    free(text);
    const size_t size = extra.size;
    Bytes file = with_chunk(rgb, "IDAT", extra);
    Image image = assert_shown(rgb, &file, "");
    assert_int_equal(image.meta.text.size, size);
    image_free(&image);
    bytes_free(&file);
}

static void test_two_packets_keep_their_order(void **state) {
    (void)state;
    static const char first[] = "XML:com.adobe.xmp\0\0\0\0\0first", second[] = "XML:com.adobe.xmp\0\0\0\0\0second";
    const PictureFixture *rgb = fixture_named("png_rgb8");
    Bytes extra = {0}, written = {0};
    append_chunk(&extra, "iTXt", first, sizeof first - 1);
    append_chunk(&extra, "iTXt", second, sizeof second - 1);
    Bytes file = with_chunk(rgb, "IDAT", extra);
    Image image = assert_shown(rgb, &file, "");
    const EncodePicture picture = {.format = ENCODE_PNG,
                                   .width = image.width,
                                   .height = image.height,
                                   .channels = 3,
                                   .bits = 8,
                                   .level = 3,
                                   .xmp = &image.meta.xmp,
                                   .text = &image.meta.text};
    assert_int_equal(encode_whole(&picture, image.pixels, &written), STATUS_OK);
    image_free(&image);
    image = assert_shown(rgb, &written, "");
    assert_int_equal(image.meta.xmp.size, 5);
    assert_memory_equal(image.meta.xmp.data, "first", 5);
    image_free(&image);
    bytes_free(&file);
    bytes_free(&written);
}

// A TIFF structure of one tag: orientation 6, a quarter turn to the right.
static const uint8_t turned[] = {'I', 'I', 42, 0, 8, 0, 0, 0, 1, 0, 0x12, 1, 3, 0, 1, 0, 0, 0, 6, 0, 0, 0, 0, 0, 0, 0};

static void assert_turned(const PictureFixture *from, Bytes file) {
    Image image;
    assert_int_equal(image_decode(file.data, file.size, NULL, &image), STATUS_OK);
    assert_int_equal(image.width, from->height);
    assert_int_equal(image.height, from->width);
    // The first row is the first column, from the bottom up.
    for (int x = 0; x < image.width; x++)
        assert_memory_equal(image.pixels + x * 3, from->pixels8 + (from->height - 1 - x) * from->width * 3, 3);
    image_free(&image);
    bytes_free(&file);
}

static void test_exif_in_other_forms(void **state) {
    (void)state;
    const PictureFixture *rgb = fixture_named("png_rgb8");
    char digits[200];
    Bytes prefixed = {0};
    append(&prefixed, "Exif\0", 6);
    append(&prefixed, turned, sizeof turned);
    assert_turned(rgb, with_chunk(rgb, "IDAT", a_chunk("eXIf", turned, sizeof turned)));
    assert_turned(rgb, with_chunk(rgb, "IDAT", a_chunk("eXIf", prefixed.data, prefixed.size)));
    for (int is_prefixed = 0; is_prefixed < 2; is_prefixed++) {
        const uint8_t *from = is_prefixed ? prefixed.data : turned;
        const size_t size = is_prefixed ? prefixed.size : sizeof turned;
        Bytes text = {0}, packed = {0};
        const char *keyword = is_prefixed ? "Raw profile type exif" : "Raw profile type APP1";
        append(&text, keyword, strlen(keyword) + 1);
        int n = snprintf(digits, sizeof digits, "\nexif\n%8zu\n", size);
        append(&text, digits, (size_t)n);
        for (size_t i = 0; i < size; i++) {
            n = snprintf(digits, sizeof digits, "%02x%s", from[i], i % 36 == 35 ? "\n" : "");
            append(&text, digits, (size_t)n);
        }
        assert_turned(rgb, with_chunk(rgb, "IDAT", a_chunk("tEXt", text.data, text.size)));
        uint8_t small[1000];
        uLongf small_size = sizeof small;
        const size_t at = strlen(keyword) + 1;
        assert_int_equal(compress(small, &small_size, text.data + at, text.size - at), Z_OK);
        append(&packed, keyword, at);
        append(&packed, "", 1);
        append(&packed, small, small_size);
        assert_turned(rgb, with_chunk(rgb, "IDAT", a_chunk("zTXt", packed.data, packed.size)));
        bytes_free(&text);
        bytes_free(&packed);
    }
    bytes_free(&prefixed);
    shown(rgb, with_chunk(rgb, "IDAT", a_chunk("eXIf", "no TIFF structure", 17)), "EXIF is broken");
    shown(rgb, with_chunk(rgb, "IDAT", a_chunk("iCCP", "name\0\0no zlib stream", 19)), "colour profile is broken");
}

// Beside eXIf the same as text is left out without a word, since its orientation would be wrong; another one with a
// word.
static void test_exif_twice(void **state) {
    (void)state;
    const PictureFixture *rgb = fixture_named("png_rgb8");
    uint8_t upright[sizeof turned];
    memcpy(upright, turned, sizeof turned);
    upright[18] = 1;
    for (int is_same = 0; is_same < 2; is_same++) {
        Bytes extra = a_chunk("eXIf", upright, sizeof upright), text = {0};
        char digits[200];
        append(&text, "Raw profile type exif", 22);
        append(&text, digits, (size_t)snprintf(digits, sizeof digits, "\nexif\n%8zu\n", sizeof turned));
        for (size_t i = 0; i < sizeof turned; i++)
            append(&text, digits, (size_t)snprintf(digits, sizeof digits, "%02x", (is_same ? upright : turned)[i]));
        append_chunk(&extra, "tEXt", text.data, text.size);
        Bytes file = with_chunk(rgb, "IDAT", extra);
        Image image = assert_shown(rgb, &file, is_same ? "" : "EXIF twice");
        assert_int_equal(image.meta.text.size, 0);
        assert_int_equal(image.meta.exif.size, sizeof upright);
        image_free(&image);
        bytes_free(&file);
        bytes_free(&text);
    }
}

// ---- animations that are none

static Bytes control(uint32_t sequence, uint32_t width, uint32_t height) {
    uint8_t data[26] = {0};
    png_chunk_set_u32(data, sequence);
    png_chunk_set_u32(data + 4, width);
    png_chunk_set_u32(data + 8, height);
    data[23] = 10;
    return a_chunk("fcTL", data, sizeof data);
}

static void test_animations_that_make_no_sense(void **state) {
    (void)state;
    static const uint8_t two[8] = {0, 0, 0, 2};
    const PictureFixture *rgb = fixture_named("png_rgb8");
    shown(rgb, with_chunk(rgb, "IDAT", a_chunk("acTL", two, 8)), "animation makes no sense");
    Bytes extra = a_chunk("acTL", two, 8), first = control(0, (uint32_t)rgb->width - 1, 1);
    append(&extra, first.data, first.size); // smaller than the picture it is to be
    bytes_free(&first);
    Bytes file = with_chunk(rgb, "IDAT", extra);
    assert_int_equal(frames_count(file.data, file.size, NULL), 1);
    shown(rgb, file, "animation makes no sense");
}

// One frame, and a default picture that is not part of it: the frame is what is seen.
static void test_hidden_picture(void **state) {
    (void)state;
    static const uint8_t one[8] = {0, 0, 0, 1};
    const PictureFixture *rgb = fixture_named("png_rgb8");
    Bytes black = {0}, behind = control(0, (uint32_t)rgb->width, (uint32_t)rgb->height), frame = {0},
          data = idat_of(rgb);
    uint8_t rows[4096] = {0}, small[4096];
    uLongf size = sizeof small;
    assert_int_equal(compress(small, &size, rows, (uLong)(rgb->height * (1 + 3 * rgb->width))), Z_OK);
    append(&black, small, size);
    append(&frame, "\0\0\0\1", 4);
    append(&frame, data.data, data.size);
    append_chunk(&behind, "fdAT", frame.data, frame.size);
    Bytes hidden = rewrite(rgb, &(Edit){.before = "IEND", .extra = behind, .idat = black});
    PictureFixture whole = *rgb;
    whole.name = "hidden";
    whole.file = hidden.data;
    whole.size = hidden.size;
    shown(rgb, with_chunk(&whole, "IDAT", a_chunk("acTL", one, 8)), "");
    bytes_free(&hidden);
    bytes_free(&black);
    bytes_free(&behind);
    bytes_free(&frame);
    bytes_free(&data);
}

// ---- animations as Chromium plays them

enum { N_PICTURES = 3 };

// Three pictures of the fixture's size, a, b and c: itself, its negative, and it upside down.
static void make_pictures(const PictureFixture *rgb, uint8_t *pictures[N_PICTURES]) {
    const size_t row = (size_t)rgb->width * 3, size = row * (size_t)rgb->height;
    for (int n = 0; n < N_PICTURES; n++) {
        pictures[n] = malloc(size);
        assert_non_null(pictures[n]);
        for (size_t i = 0; i < size; i++) {
            const size_t mirrored = (size_t)(rgb->height - 1) * row - i / row * row + i % row;
            pictures[n][i] = n == 1 ? (uint8_t)(255 - rgb->pixels8[i]) : rgb->pixels8[n == 2 ? mirrored : i];
        }
    }
}

// What a chunk of pixels holds, behind `number` if it is one of a frame.
static Bytes pack(const PictureFixture *rgb, const uint8_t *pixels, bool is_of_frame, uint32_t number) {
    uint8_t rows[4096], small[4096], head[4];
    const size_t row = (size_t)rgb->width * 3;
    uLongf size = sizeof small;
    Bytes data = {0};
    for (int y = 0; y < rgb->height; y++) {
        rows[(size_t)y * (row + 1)] = 0;
        memcpy(rows + (size_t)y * (row + 1) + 1, pixels + (size_t)y * row, row);
    }
    assert_int_equal(compress(small, &size, rows, (uLong)((row + 1) * (size_t)rgb->height)), Z_OK);
    png_chunk_set_u32(head, number);
    if (is_of_frame) append(&data, head, 4);
    append(&data, small, size);
    return data;
}

// A chunk for each word of `plan`: A3 = acTL of 3 frames, C0 = fcTL of the number 0, I = IDAT of a, D2b = fdAT of the
// number 2 of b, E = IEND. Behind that: w = its checksum is wrong, o = it reaches out of the picture, z = it has no
// size, x = its disposal is none, k = the chunk is cut in the middle, l = the loops cannot be.
static void append_word(Bytes *file, const PictureFixture *rgb, uint8_t *const pictures[N_PICTURES], const char *word) {
    const uint32_t number = (uint32_t)strtoul(word + 1, NULL, 10);
    const size_t before = file->size;
    uint8_t data[26] = {0};
    if (*word == 'A') {
        png_chunk_set_u32(data, number);
        if (strchr(word, 'l')) data[4] = 0x80;
        append_chunk(file, "acTL", data, 8);
    } else if (*word == 'C') {
        png_chunk_set_u32(data, number);
        png_chunk_set_u32(data + 4, strchr(word, 'z') ? 0 : (uint32_t)rgb->width);
        png_chunk_set_u32(data + 8, (uint32_t)rgb->height);
        data[15] = strchr(word, 'o') != NULL;
        data[23] = 10;
        data[24] = strchr(word, 'x') ? 3 : 0;
        append_chunk(file, "fcTL", data, sizeof data);
    } else if (*word == 'E') {
        append_chunk(file, "IEND", NULL, 0);
    } else {
        const int picture = strpbrk(word, "bc") ? *strpbrk(word, "bc") - 'a' : 0;
        Bytes packed = pack(rgb, pictures[picture], *word == 'D', number);
        append_chunk(file, *word == 'D' ? "fdAT" : "IDAT", packed.data, packed.size);
        bytes_free(&packed);
    }
    if (strchr(word, 'w')) file->data[file->size - 1] ^= 1;
    if (strchr(word, 'k')) file->size -= (file->size - before) / 2;
}

static Bytes animation_of(const PictureFixture *rgb, uint8_t *const pictures[N_PICTURES], const char *plan) {
    Bytes file = {0};
    uint8_t ihdr[13] = {0, 0, 0, (uint8_t)rgb->width, 0, 0, 0, (uint8_t)rgb->height, 8, 2};
    char words[200], *rest = words;
    append(&file, png_chunk_signature, PNG_CHUNK_SIGNATURE_BYTES);
    append_chunk(&file, "IHDR", ihdr, sizeof ihdr);
    snprintf(words, sizeof words, "%s", plan);
    for (char *word = strsep(&rest, " "); word; word = strsep(&rest, " ")) append_word(&file, rgb, pictures, word);
    return file;
}

// The letters of the frames that are seen; of a still picture that of it. "": refused.
static void look(const Bytes *file, const DecodeOptions *options, const PictureFixture *rgb,
                 uint8_t *const pictures[N_PICTURES], char *seen, Bytes *warnings) {
    Frames *frames = NULL;
    Image still = {0};
    const Image *image = &still;
    FrameDelay delay;
    const int n = frames_count(file->data, file->size, options);
    Status status = n > 1 ? frames_open(file->data, file->size, options, &frames)
                          : image_decode(file->data, file->size, options, &still);
    int i = 0;
    for (; !status && i < n; i++) {
        if (frames) status = frames_next(frames, &image, &delay);
        seen[i] = '?';
        for (int p = 0; !status && p < N_PICTURES; p++) {
            bool is_same = true;
            for (int at = 0; at < rgb->width * rgb->height * 3; at++)
                is_same = is_same && image->pixels[at / 3 * image->channels + at % 3] == pictures[p][at];
            if (is_same) seen[i] = (char)('a' + p);
        }
    }
    seen[status ? 0 : i] = 0;
    const Bytes *said = frames ? &frames_info(frames)->warnings : &still.warnings;
    append(warnings, said->data ? (const void *)said->data : "", said->size);
    frames_close(frames);
    image_free(&still);
}

static void test_animations(void **state) {
    (void)state;
    static const struct {
        const char *plan, *seen, *warning, *kept; // `kept`: what is seen if damaged files are kept, where that differs
    } cases[] = {
        {"A3 C0 I C1 D2b C3 D4c E", "abc", "", NULL},
        {"A5 C0 I C1 D2b E", "ab", "tells of 5 frames but has 2", NULL},
        {"A2 C0 I C1 D2b C3 D4c E", "ab", "", NULL},
        {"A3 C0 I C1o D2b C3 D4c E", "a", "tells of 3 frames but has 1", NULL},
        {"A3 C0 I C1 D2b C3o D4c E", "ab", "tells of 3 frames but has 2", NULL},
        {"A3 C0 I C1z D2b C3 D4c E", "a", "tells of 3 frames but has 1", NULL},
        {"A3 C0 I C1x D2b C3 D4c E", "a", "tells of 3 frames but has 1", NULL},
        {"A3 C0 I C1w D2b C3 D4c E", "a", "tells of 3 frames but has 1", NULL},
        {"A3 C0 I C1 D2bw C3 D4c E", "abc", "checksum of the PNG file's pixels is wrong", NULL},
        {"A3 C0 I C1 C2 D3c E", "ac", "tells of 3 frames but has 2", NULL},
        {"A2 C0 I C1 E", "a", "tells of 2 frames but has 1", NULL},
        {"A2 C0 I C2 D3b E", "a", "tells of 2 frames but has 1", NULL},
        {"A3 C0 I C3 D4c C1 D2b E", "a", "tells of 3 frames but has 1", NULL},
        {"A2 C0 I D1b C2 D3c E", "a", "tells of 2 frames but has 1", NULL},
        {"A2 C0 I C1 Ib E", "a", "tells of 2 frames but has 1", NULL},
        {"A2 C0 C1 I D2b E", "a", "tells of 2 frames but has 1", NULL},
        {"C0 A2 I C1 D2b E", "ab", "", NULL},
        {"C0 I A2 C1 D2b E", "a", "", NULL},
        {"C0 I C1 D2b E", "a", "", NULL},
        {"A2 A3 C0 I C1 D2b C3 D4c E", "ab", "", NULL},
        {"A0 C0 I C1 D2b E", "a", "animation makes no sense", NULL},
        {"A2l C0 I C1 D2b E", "a", "animation makes no sense", NULL},
        {"A2w C0 I C1 D2b E", "a", "acTL", NULL},
        {"A1 C0 I C1 D2b E", "a", "", NULL},
        {"A1 I C0 D1b E", "b", "", NULL},
        {"A2 I C0 D1b C2 D3c E", "bc", "", NULL},
        {"A2 C0x I C1 D2b E", "a", "animation makes no sense", NULL}, // Chromium shows nothing
        {"A2 C0 I C1 D2b", "ab", "has no end", NULL},
        {"A3 C0 I C1 D2b", "", "", "ab"},
        {"A3 C0 I C1", "", "", "a"},
        {"A3 C0 I C1 D2b C3 D4ck", "", "", "abb"}, // the third frame is left out
    };
    const PictureFixture *rgb = fixture_named("png_rgb8");
    uint8_t *pictures[N_PICTURES];
    make_pictures(rgb, pictures);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        for (int keeps = 0; keeps < 2; keeps++) {
            Bytes file = animation_of(rgb, pictures, cases[i].plan), warnings = {0};
            const char *expected = keeps && cases[i].kept ? cases[i].kept : cases[i].seen;
            char seen[8];
            look(&file, &(DecodeOptions){.keeps_damaged = keeps}, rgb, pictures, seen, &warnings);
            if (strcmp(seen, expected))
                fail_msg("%s, kept %d: expected %s but saw %s", cases[i].plan, keeps, expected, seen);
            if (!says(&warnings, cases[i].warning))
                fail_msg("%s: %.*s", cases[i].plan, (int)warnings.size, warnings.data);
            if (*expected && expected == cases[i].seen && !*cases[i].warning && warnings.size)
                fail_msg("%s: %.*s", cases[i].plan, (int)warnings.size, warnings.data);
            bytes_free(&file);
            bytes_free(&warnings);
        }
    }
    for (int n = 0; n < N_PICTURES; n++) free(pictures[n]);
}

static void test_of_an_iphone(void **state) {
    (void)state;
    const PictureFixture *rgb = fixture_named("png_rgb8");
    refused(with_chunk(rgb, "IHDR", a_chunk("CgBI", "\x50\0\x20\x06", 4)), STATUS_UNSUPPORTED, "CgBI");
}

// ---- profiles made of them

static double fixed_at(const Bytes *icc, size_t at) { return (int32_t)png_chunk_u32(icc->data + at) / 65536.0; }

// Where a tag's data begins.
static size_t tag(const Bytes *icc, const char *name) {
    for (size_t i = 0; i < png_chunk_u32(icc->data + 128); i++) {
        if (!memcmp(icc->data + 132 + 12 * i, name, 4)) return png_chunk_u32(icc->data + 136 + 12 * i);
    }
    fail_msg("no tag %s", name);
    return 0;
}

static void assert_column(const Bytes *icc, const char *name, double x, double y, double z) {
    const double expected[] = {x, y, z};
    for (size_t i = 0; i < 3; i++) {
        const double found = fixed_at(icc, tag(icc, name) + 8 + 4 * i);
        if (fabs(found - expected[i]) > 0.0006) fail_msg("%s: expected %g but found %g", name, expected[i], found);
    }
}

static IccMade make(const char *name, const void *data, size_t size, bool has_profile, Bytes *icc) {
    Bytes chunks = a_chunk(name, data, size);
    IccMade made;
    assert_int_equal(icc_make(&chunks, has_profile, icc, &made), STATUS_OK);
    bytes_free(&chunks);
    return made;
}

// The columns are those of the published profiles sRGB2014 and Display P3, whose white is adapted to D50 too.
static void test_profiles(void **state) {
    (void)state;
    Bytes icc = {0};
    assert_int_equal(make("cICP", "\14\15\0\1", 4, true, &icc), ICC_MADE);
    assert_true(icc_is_rgb(&icc));
    assert_column(&icc, "rXYZ", 0.5151, 0.2412, -0.0011);
    assert_column(&icc, "gXYZ", 0.2920, 0.6922, 0.0419);
    assert_column(&icc, "bXYZ", 0.1571, 0.0666, 0.7841);
    assert_true(fabs(fixed_at(&icc, tag(&icc, "rTRC") + 12) - 2.4) < 1e-4);
    bytes_free(&icc);
    assert_int_equal(make("gAMA", "\0\0\xd6\xd8", 4, false, &icc), ICC_MADE); // 0.55
    assert_column(&icc, "rXYZ", 0.4360, 0.2225, 0.0139);
    assert_column(&icc, "gXYZ", 0.3851, 0.7169, 0.0971);
    assert_column(&icc, "bXYZ", 0.1431, 0.0606, 0.7139);
    assert_true(fabs(fixed_at(&icc, tag(&icc, "gTRC") + 12) - 1 / 0.55) < 1e-4);
    assert_true(fixed_at(&icc, tag(&icc, "gTRC") + 16) == 1);
    bytes_free(&icc);
    assert_int_equal(make("gAMA", "\0\0\xd6\xd8", 4, true, &icc), ICC_NOT_NEEDED); // a profile goes before it
    assert_int_equal(make("sRGB", "\0", 1, false, &icc), ICC_NOT_NEEDED);
    assert_int_equal(make("cICP", "\1\15\0\1", 4, false, &icc), ICC_SRGB);
    assert_int_equal(make("gAMA", "\0\0\0\0", 4, false, &icc), ICC_NOT_NEEDED);
    assert_int_equal(icc.size, 0);
    assert_int_equal(make("cICP", "\11\20\0\1", 4, false, &icc), ICC_MADE_FOR_SOME); // PQ
    assert_memory_equal(icc.data + tag(&icc, "cicp") + 8, "\11\20\0\1", 4);
    bytes_free(&icc);
}

// ITU-T H.273; the columns were computed with numpy after ICC.1, annex E. The powers are those that Chromium's grey
// ramps fit.
static void test_profiles_of_code_points(void **state) {
    (void)state;
    static const struct {
        const char *data; // primaries and curve
        double red[3], green[3], blue[3], power;
    } cases[] = {
        {"\13\10\0\1", {0.4862, 0.2267, -0.0008}, {0.3239, 0.7103, 0.0432}, {0.1542, 0.0630, 0.7825}, 1},
        {"\12\4\0\1", {0.9978, -0.0098, -0.0074}, {-0.0042, 1.0183, 0.0135}, {-0.0294, -0.0086, 0.8189}, 2.2},
        {"\26\1\0\1", {0.4543, 0.2419, 0.0149}, {0.3533, 0.6737, 0.0906}, {0.1566, 0.0844, 0.7194}, 2.4},
        {"\26\16\0\1", {0.4543, 0.2419, 0.0149}, {0.3533, 0.6737, 0.0906}, {0.1566, 0.0844, 0.7194}, 2.4},
        {"\26\5\0\1", {0.4543, 0.2419, 0.0149}, {0.3533, 0.6737, 0.0906}, {0.1566, 0.0844, 0.7194}, 2.8},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Bytes icc = {0};
        assert_int_equal(make("cICP", cases[i].data, 4, true, &icc), ICC_MADE);
        assert_column(&icc, "rXYZ", cases[i].red[0], cases[i].red[1], cases[i].red[2]);
        assert_column(&icc, "gXYZ", cases[i].green[0], cases[i].green[1], cases[i].green[2]);
        assert_column(&icc, "bXYZ", cases[i].blue[0], cases[i].blue[1], cases[i].blue[2]);
        assert_true(fabs(fixed_at(&icc, tag(&icc, "bTRC") + 12) - cases[i].power) < 1e-4);
        bytes_free(&icc);
    }
}

static void put_numbers(uint8_t *to, const uint32_t *numbers, int n) {
    for (int i = 0; i < n; i++) png_chunk_set_u32(to + 4 * i, numbers[i]);
}

// What Chromium does not heed needs no profile: gAMA alone, if it is nearly sRGB's; colours that cannot be; codes
// without a meaning, behind which gAMA counts again.
static void test_what_needs_no_profile(void **state) {
    (void)state;
    static const struct {
        uint32_t gamma;
        IccMade made;
    } gammas[] = {{45455, ICC_NOT_NEEDED}, {43250, ICC_NOT_NEEDED}, {47500, ICC_NOT_NEEDED},
                  {43000, ICC_MADE},       {47750, ICC_MADE},       {1, ICC_MADE}};
    Bytes icc = {0}, chunks = {0};
    uint8_t data[32];
    for (size_t i = 0; i < sizeof gammas / sizeof *gammas; i++) {
        put_numbers(data, &gammas[i].gamma, 1);
        assert_int_equal(make("gAMA", data, 4, false, &icc), gammas[i].made);
        bytes_free(&icc);
    }
    static const uint32_t beyond[] = {31270, 32900, 164000, 33000, 30000, 60000, 15000, 6000};
    static const uint32_t line[] = {31270, 32900, 30000, 30000, 30000, 30000, 30000, 30000};
    for (int i = 0; i < 2; i++) {
        IccMade made;
        append_chunk(&chunks, "gAMA", "\0\1\x86\xa0", 4); // 1
        put_numbers(data, i ? line : beyond, 8);
        append_chunk(&chunks, "cHRM", data, 32);
        assert_int_equal(icc_make(&chunks, false, &icc, &made), STATUS_OK);
        assert_int_equal(made, ICC_NOT_NEEDED);
        bytes_clear(&chunks);
    }
    static const char *const codes[] = {"\3\15\0\1", "\1\3\0\1", "\14\15\0\0", "\xff\15\0\1"};
    for (int i = 0; i < 4; i++) {
        IccMade made;
        append_chunk(&chunks, "cICP", codes[i], 4);
        append_chunk(&chunks, "gAMA", "\0\1\x86\xa0", 4);
        assert_int_equal(icc_make(&chunks, false, &icc, &made), STATUS_OK);
        assert_int_equal(made, ICC_MADE);
        assert_true(fixed_at(&icc, tag(&icc, "rTRC") + 12) == 1);
        bytes_free(&icc);
        bytes_clear(&chunks);
    }
    bytes_free(&chunks);
}

// A profile of grey with a curve of one number, 1.0: a WebP has no grey, and gets one of RGB with the same curve.
static void test_profile_of_grey_in_three_channels(void **state) {
    (void)state;
    enum { CURVE = 148, SIZE = CURVE + 16 };
    uint8_t data[SIZE] = {0};
    png_chunk_set_u32(data, SIZE);
    memcpy(data + 12, "mntrGRAYXYZ ", 12);
    memcpy(data + 36, "acsp", 4);
    png_chunk_set_u32(data + 128, 1);
    memcpy(data + 132, "kTRC", 4);
    png_chunk_set_u32(data + 136, CURVE);
    png_chunk_set_u32(data + 140, 14);
    memcpy(data + CURVE, "curv\0\0\0\0\0\0\0\1\1\0", 14);
    const Bytes grey = {data, SIZE, SIZE};
    for (int is_grey = 0; is_grey < 2; is_grey++) {
        Bytes made = {0};
        EncodePicture picture = {.format = is_grey ? ENCODE_WEBP : ENCODE_JPEG, .is_grey = is_grey, .icc = &grey};
        assert_int_equal(encode_settle(&picture, &made), STATUS_OK);
        assert_ptr_equal(picture.icc, &made);
        assert_true(icc_is_rgb(&made));
        assert_memory_equal(made.data + tag(&made, "gTRC"), data + CURVE, 14);
        bytes_free(&made);
    }
    Bytes made = {0};
    EncodePicture picture = {.format = ENCODE_JPEG, .is_grey = true, .icc = &grey};
    assert_int_equal(encode_settle(&picture, &made), STATUS_OK);
    assert_ptr_equal(picture.icc, &grey);    // one channel keeps it
    for (size_t at = 128; at < SIZE; at++) { // broken ones: no sanitizer speaks
        const uint8_t was = data[at];
        data[at] ^= 0xff;
        assert_int_equal(icc_make_rgb(&grey, &made), STATUS_OK);
        data[at] = was;
    }
    bytes_free(&made);
}

int main(int argc, char **argv) {
    pictures_load("image");
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_wrong_checksum_of_what_is_not_needed),
        cmocka_unit_test(test_no_end),
        cmocka_unit_test(test_checksum_of_the_pixels),
        cmocka_unit_test(test_wrong_checksum_of_pixels),
        cmocka_unit_test(test_window_declared_too_small),
        cmocka_unit_test(test_cut_short),
        cmocka_unit_test(test_cut_short_and_interlaced),
        cmocka_unit_test(test_odd_chunks),
        cmocka_unit_test(test_chunks_between_pixels),
        cmocka_unit_test(test_palettes_and_their_transparency),
        cmocka_unit_test(test_transparency_that_is_too_long),
        cmocka_unit_test(test_nothing_there),
        cmocka_unit_test(test_colour_chunks_are_carried),
        cmocka_unit_test(test_colour_chunks_behind_the_pixels),
        cmocka_unit_test(test_broken_colour_chunks),
        cmocka_unit_test(test_odd_profiles),
        cmocka_unit_test(test_profiles),
        cmocka_unit_test(test_profiles_of_code_points),
        cmocka_unit_test(test_what_needs_no_profile),
        cmocka_unit_test(test_profile_of_grey_in_three_channels),
        cmocka_unit_test(test_text_without_limits),
        cmocka_unit_test(test_two_packets_keep_their_order),
        cmocka_unit_test(test_exif_in_other_forms),
        cmocka_unit_test(test_exif_twice),
        cmocka_unit_test(test_animations_that_make_no_sense),
        cmocka_unit_test(test_hidden_picture),
        cmocka_unit_test(test_animations),
        cmocka_unit_test(test_of_an_iphone),
    };
    return RUN_TESTS("png", argc, argv, tests);
}
