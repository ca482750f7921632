// What decoders find beside 8-bit pixels: 16 bits, which way up, colour profile and EXIF.
#include "failing_memory.h"
#include "encode_whole.h"
#include "image/exif.h"
#include "image/icc.h"
#include "image/image.h"
#include "image/orient.h"
#include "picture_fixtures.h"
#include "test.h"

static void assert_bytes(const char *name, const Bytes *found, const uint8_t *expected, size_t size) {
    if (found->size != size || (size && memcmp(found->data, expected, size))) {
        fail_msg("%s: expected %zu bytes of metadata but found %zu, or others", name, size, found->size);
    }
}

// `bits`: what the samples were made to.
static void assert_is(const PictureFixture *fixture, const Image *image, int bits) {
    if (image->width != fixture->width || image->height != fixture->height || image->channels != fixture->channels ||
        image->bits != bits) {
        fail_msg("%s: expected %dx%dx%d of %d bits but found %dx%dx%d of %d", fixture->name, fixture->width,
                 fixture->height, fixture->channels, bits, image->width, image->height, image->channels, image->bits);
    }
    for (size_t i = 0; i < (size_t)image->width * (size_t)image->height * (size_t)image->channels; i++) {
        const int expected = fixture->bits > bits ? (fixture->pixels[i] * 510 + 65535) / 131070 : fixture->pixels[i];
        if (image_sample(image->pixels, image->bits, i) != expected) {
            fail_msg("%s: sample %zu: expected %d but found %d", fixture->name, i, expected,
                     image_sample(image->pixels, image->bits, i));
        }
    }
    assert_bytes(fixture->name, &image->meta.icc, fixture->icc.data, fixture->icc.size);
    assert_bytes(fixture->name, &image->meta.exif, fixture->exif.data, fixture->exif.size);
    assert_bytes(fixture->name, &image->meta.xmp, fixture->xmp.data, fixture->xmp.size);
    assert_bytes(fixture->name, &image->meta.text, fixture->text.data, fixture->text.size);
}

static void test_deep_turned_and_with_profiles(void **state) {
    (void)state;
    for (int i = 0; i < n_fixtures; i++) {
        Image image;
        if (image_decode(fixtures[i].file, fixtures[i].size, &(DecodeOptions){.deep = true}, &image))
            fail_msg("%s: %s", fixtures[i].name, status_message());
        assert_is(&fixtures[i], &image, fixtures[i].bits);
        image_free(&image);
        assert_int_equal(image.meta.icc.size + image.meta.exif.size + image.meta.xmp.size + image.meta.text.size, 0);
    }
}

static void test_the_same_in_8_bits(void **state) {
    (void)state;
    for (int i = 0; i < n_fixtures; i++) {
        Image image;
        if (image_decode(fixtures[i].file, fixtures[i].size, NULL, &image))
            fail_msg("%s: %s", fixtures[i].name, status_message());
        assert_is(&fixtures[i], &image, 8);
        image_free(&image);
    }
}

// A cut file is never taken for one whose metadata, or which way up it is, was lost without a word: of a PNG these may
// follow the pixels, and of a JPEG the end may be missing.
static void test_every_truncation(void **state) {
    (void)state;
    for (int i = 0; i < n_fixtures; i++) {
        for (size_t size = 12; size < fixtures[i].size; size++) {
            uint8_t *copy = malloc(size);
            assert_non_null(copy);
            memcpy(copy, fixtures[i].file, size);
            Image image;
            Status status = image_decode(copy, size, &(DecodeOptions){.deep = true}, &image);
            const bool lacks_an_end = fixtures[i].file[1] == 0xd8 && fixtures[i].size - size <= 2;
            if (!status && lacks_an_end) assert_is(&fixtures[i], &image, 8);
            if (!status && (lacks_an_end || !memcmp(fixtures[i].name, "png", 3))) {
                assert_true(image.warnings.size > 0);
                image_free(&image);
            } else if (status != STATUS_BAD_FORMAT || !strstr(status_message(), " file ends too early: ")) {
                fail_msg("%s of %zu bytes: %d \"%s\"", fixtures[i].name, size, status, status_message());
            }
            free(copy);
        }
    }
}

static void test_every_allocation_failing(void **state) {
    (void)state;
    need_counted_memory();
    for (int i = 0; i < n_fixtures; i++) {
        for (long fail_at = 0;; fail_at++) {
            assert_in_range(fail_at, 0, 1000);
            Image image = {0};
            long n_live = memory.n_live;
            count_memory(fail_at);
            Status status = image_decode(fixtures[i].file, fixtures[i].size, &(DecodeOptions){.deep = true}, &image);
            bool has_failed = memory.n > fail_at;
            memory.fail_at = -1;
            if (!status)
                assert_is(&fixtures[i], &image, fixtures[i].bits); // nothing is left out for want of memory
            else if (!has_failed)
                fail_msg("%s: %d \"%s\"", fixtures[i].name, status, status_message());
            image_free(&image);
            if (memory.n_live != n_live) fail_msg("%s, allocation %ld: leaks", fixtures[i].name, fail_at);
            if (!has_failed) break;
        }
    }
}

// All bytes of a directory, each set to a few values: no sanitizer speaks, and the orientation is one of eight.
static void test_damaged_exif(void **state) {
    (void)state;
    static const uint8_t tiff[] =
        "MM\0*\0\0\0\x08\0\x02\x01\x0f\0\x02\0\0\0\x04"
        "abc\0\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0";
    static const uint8_t values[] = {0, 1, 8, 0x7f, 0x80, 0xff};
    for (size_t size = 0; size < sizeof tiff; size++) {
        for (size_t at = 0; at <= size; at++) {
            for (size_t v = 0; v < sizeof values; v++) {
                uint8_t *exact = malloc(size ? size : 1); // so that a sanitizer sees a byte read too far
                assert_non_null(exact);
                if (size) memcpy(exact, tiff, size);
                if (at < size) exact[at] = values[v];
                const int found = exif_take_orientation(&(Bytes){exact, size, size});
                assert_in_range(found, 1, 8);
                if (at == size && size == sizeof tiff - 1) assert_int_equal(found, 6);
                free(exact);
            }
        }
    }
}

// EXIF that is no TIFF structure is told of and left out, whatever kind of file it stands in.
static void test_broken_exif(void **state) {
    (void)state;
    int n_jpeg = 0, n_webp = 0;
    for (int i = 0; i < n_fixtures; i++) {
        const PictureFixture *fixture = &fixtures[i];
        const bool is_jpeg = fixture->file[1] == 0xd8, is_webp = !memcmp(fixture->file, "RIFF", 4);
        if (!fixture->exif.size || !(is_jpeg || is_webp)) continue;
        uint8_t *copy = malloc(fixture->size);
        assert_non_null(copy);
        memcpy(copy, fixture->file, fixture->size);
        for (size_t at = 0; at + 4 < fixture->size; at++) {
            if (!memcmp(copy + at, "MM\0*", 4) || !memcmp(copy + at, "II*\0", 4)) memset(copy + at, 'x', 4);
        }
        Image image;
        assert_int_equal(image_decode(copy, fixture->size, NULL, &image), STATUS_OK);
        assert_int_equal(image.meta.exif.size, 0);
        char line[100];
        const char *kind = is_jpeg ? "JPEG" : "WebP";
        snprintf(line, sizeof line, "The %s file's EXIF is broken and was left out.\t%d\t%s\n", kind,
                 REASON_EXIF_LEFT_OUT, kind);
        assert_int_equal(image.warnings.size, strlen(line));
        assert_memory_equal(image.warnings.data, line, image.warnings.size);
        image_free(&image);
        free(copy);
        n_jpeg += is_jpeg;
        n_webp += is_webp;
    }
    assert_true(n_jpeg > 0 && n_webp > 0);
}

// So is a profile without the signature of ICC.1, 7.2.
static void test_broken_profile(void **state) {
    (void)state;
    int n_jpeg = 0, n_webp = 0;
    for (int i = 0; i < n_fixtures; i++) {
        const PictureFixture *fixture = &fixtures[i];
        const bool is_jpeg = fixture->file[1] == 0xd8, is_webp = !memcmp(fixture->file, "RIFF", 4);
        if (!fixture->icc.size || !(is_jpeg || is_webp)) continue;
        uint8_t *copy = malloc(fixture->size);
        assert_non_null(copy);
        memcpy(copy, fixture->file, fixture->size);
        for (size_t at = 0; at + 4 < fixture->size; at++) {
            if (!memcmp(copy + at, "acsp", 4)) copy[at] = 'x';
        }
        Image image;
        assert_int_equal(image_decode(copy, fixture->size, NULL, &image), STATUS_OK);
        assert_int_equal(image.meta.icc.size, 0);
        char line[100];
        snprintf(line, sizeof line, "The picture's colour profile is broken, and left out.\t%d\n",
                 REASON_PROFILE_LEFT_OUT);
        assert_int_equal(image.warnings.size, strlen(line));
        assert_memory_equal(image.warnings.data, line, image.warnings.size);
        image_free(&image);
        free(copy);
        n_jpeg += is_jpeg;
        n_webp += is_webp;
    }
    assert_true(n_jpeg > 0 && n_webp > 0);
}

static void put(uint8_t *at, uint32_t value, int n_bytes, int is_big_endian) {
    for (int i = 0; i < n_bytes; i++) at[i] = (uint8_t)(value >> 8 * (is_big_endian ? n_bytes - 1 - i : i));
}

// Two directories, of which each has a width and a height of 16 bits.
static void test_size_in_exif(void **state) {
    (void)state;
    enum { ENTRY = 12, FIRST = 8, SECOND = FIRST + 2 + 4 * ENTRY + 4, SIZE = SECOND + 2 + 2 * ENTRY + 4 };
    static const uint16_t tags[] = {0x0100, 0x0101, 0x0112, 0x8769, 0xa002, 0xa003};
    for (int is_big = 0; is_big < 2; is_big++) {
        uint8_t tiff[SIZE] = {0}, expected[SIZE];
        memcpy(tiff, is_big ? "MM\0*" : "II*\0", 4);
        put(tiff + 4, FIRST, 4, is_big);
        put(tiff + FIRST, 4, 2, is_big);
        put(tiff + SECOND, 2, 2, is_big);
        put(tiff + SECOND - 4, SECOND, 4, is_big); // a link to the next, as to a thumbnail
        for (int i = 0; i < 6; i++) {
            uint8_t *entry = tiff + (i < 4 ? FIRST + 2 + i * ENTRY : SECOND + 2 + (i - 4) * ENTRY);
            put(entry, tags[i], 2, is_big);
            put(entry + 2, i == 3 ? 4 : 3, 2, is_big);
            put(entry + 4, 1, 4, is_big);
            put(entry + 8, i == 3 ? SECOND : 6, i == 3 ? 4 : 2, is_big);
        }
        Bytes exif = {tiff, SIZE, SIZE};
        memcpy(expected, tiff, SIZE);
        put(expected + FIRST + 2 + 2 * ENTRY + 8, 1, 2, is_big);
        put(expected + SECOND - 4, 0, 4, is_big);
        assert_int_equal(exif_take_orientation(&exif), 6);
        assert_memory_equal(tiff, expected, SIZE);
        for (int i = 0; i < 6; i++) {
            if (i == 2 || i == 3) continue;
            uint8_t *entry = expected + (i < 4 ? FIRST + 2 + i * ENTRY : SECOND + 2 + (i - 4) * ENTRY);
            put(entry + 2, 4, 2, is_big);
            put(entry + 8, i % 2 ? 54321 : 70000, 4, is_big);
        }
        exif_set_size(&exif, 70000, 54321);
        assert_memory_equal(tiff, expected, SIZE);
        // Every byte damaged and every size: no sanitizer speaks.
        for (size_t size = 0; size <= SIZE; size++) {
            for (size_t at = 0; at < size; at++) {
                uint8_t *exact = malloc(size);
                assert_non_null(exact);
                memcpy(exact, tiff, size);
                exact[at] = (uint8_t)(at % 3 == 0 ? 0xff : at % 3 == 1 ? 0 : exact[at] + 1);
                exif_set_size(&(Bytes){exact, size, size}, 1, 2);
                exif_take_orientation(&(Bytes){exact, size, size});
                free(exact);
            }
        }
    }
}

static void test_xmp_of_every_size(void **state) {
    (void)state;
    static const char whole[] =
        "<x tiff:Orientation = '8' > <tiff:Orientation>\n3</tiff:Orientation> tiff:Orientation tiff:Orientation=";
    static const char upright[] =
        "<x tiff:Orientation = '1' > <tiff:Orientation>\n1</tiff:Orientation> tiff:Orientation tiff:Orientation=";
    for (size_t size = 0; size < sizeof whole; size++) {
        uint8_t *exact = malloc(size ? size : 1);
        assert_non_null(exact);
        memcpy(exact, whole, size);
        exif_set_xmp_upright(&(Bytes){exact, size, size});
        if (size == sizeof whole - 1) assert_memory_equal(exact, upright, size);
        free(exact);
    }
}

// ---- out

static Status write_as(EncodeFormat format, const Image *image, Bytes *file) {
    const EncodePicture picture = {.format = format,
                                   .width = image->width,
                                   .height = image->height,
                                   .channels = image->channels,
                                   .bits = image->bits,
                                   .quality = 100,
                                   .level = 6,
                                   .is_grey = image->is_grey,
                                   .icc = &image->meta.icc,
                                   .exif = &image->meta.exif,
                                   .xmp = &image->meta.xmp,
                                   .text = &image->meta.text};
    return encode_whole(&picture, image->pixels, file);
}

// What the formats have place for comes back, and nothing else.
static void test_written_and_read_again(void **state) {
    (void)state;
    static const EncodeFormat formats[] = {ENCODE_PNG, ENCODE_JPEG, ENCODE_WEBP, ENCODE_WEBP_LOSSLESS};
    for (int i = 0; i < n_fixtures; i++) {
        const PictureFixture *fixture = &fixtures[i];
        for (int f = 0; f < 4; f++) {
            Image image, again;
            Bytes file = {0};
            assert_int_equal(image_decode(fixture->file, fixture->size, NULL, &image), STATUS_OK);
            assert_int_equal(write_as(formats[f], &image, &file), STATUS_OK);
            if (image_decode(file.data, file.size, NULL, &again)) fail_msg("%s: %s", fixture->name, status_message());
            const bool has_no_place = icc_is_grey(&image.meta.icc) && f >= 2; // a WebP is never grey
            assert_bytes(fixture->name, &again.meta.icc, fixture->icc.data, has_no_place ? 0 : fixture->icc.size);
            assert_bytes(fixture->name, &again.meta.exif, fixture->exif.data, fixture->exif.size);
            assert_bytes(fixture->name, &again.meta.xmp, fixture->xmp.data, fixture->xmp.size);
            assert_bytes(fixture->name, &again.meta.text, fixture->text.data, f == 0 ? fixture->text.size : 0);
            image_free(&again);
            image_free(&image);
            bytes_free(&file);
        }
    }
}

static void test_too_much_for_a_jpeg(void **state) {
    (void)state;
    static uint8_t much[70000] = "II*";
    Image image;
    Bytes file = {0};
    assert_int_equal(image_create(2, 2, 3, &image), STATUS_OK);
    memset(image.pixels, 0, 12);
    for (int is_xmp = 0; is_xmp < 2; is_xmp++) {
        Bytes *bytes = is_xmp ? &image.meta.xmp : &image.meta.exif;
        *bytes = (Bytes){much, is_xmp ? 65505 : 65528, sizeof much};
        assert_int_equal(write_as(ENCODE_JPEG, &image, &file), STATUS_UNSUPPORTED);
        assert_string_equal(status_message(),
                            is_xmp ? "A JPEG file has at most 65504 bytes of XMP but the picture has 65505."
                                   : "A JPEG file has at most 65527 bytes of EXIF but the picture has 65528.");
        bytes->size--;
        assert_int_equal(write_as(ENCODE_JPEG, &image, &file), STATUS_OK);
        *bytes = (Bytes){0};
    }
    bytes_free(&file);
    image_free(&image);
}

static void test_turned_twice(void **state) {
    (void)state;
    static const int inverse[] = {0, 1, 2, 3, 4, 5, 8, 7, 6};
    for (int bits = 8; bits <= 16; bits += 8) {
        for (int orientation = 1; orientation <= 8; orientation++) {
            Image image;
            assert_int_equal(image_create_deep(5, 3, 4, bits, &image), STATUS_OK);
            const size_t size = image_row_bytes(&image) * 3;
            for (size_t i = 0; i < size; i++) image.pixels[i] = (uint8_t)i;
            assert_int_equal(orient_image(&image, orientation), STATUS_OK);
            assert_int_equal(image.width, orientation < 5 ? 5 : 3);
            assert_int_equal(orient_image(&image, inverse[orientation]), STATUS_OK);
            for (size_t i = 0; i < size; i++) assert_int_equal(image.pixels[i], i);
            image_free(&image);
        }
    }
}

int main(int argc, char **argv) {
    pictures_load_metadata();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_deep_turned_and_with_profiles),
        cmocka_unit_test(test_the_same_in_8_bits),
        cmocka_unit_test(test_every_truncation),
        cmocka_unit_test(test_every_allocation_failing),
        cmocka_unit_test(test_damaged_exif),
        cmocka_unit_test(test_broken_exif),
        cmocka_unit_test(test_broken_profile),
        cmocka_unit_test(test_size_in_exif),
        cmocka_unit_test(test_xmp_of_every_size),
        cmocka_unit_test(test_written_and_read_again),
        cmocka_unit_test(test_too_much_for_a_jpeg),
        cmocka_unit_test(test_turned_twice),
    };
    return RUN_TESTS("metadata", argc, argv, tests);
}
