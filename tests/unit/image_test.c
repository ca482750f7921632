// Decoders: every kind of file, cut, damaged and huge ones, and memory that runs out.
#include "failing_memory.h"
#include "image/image.h"
#include "picture_fixtures.h"
#include "test.h"

// ---- decoding

// From memory of exactly `size` bytes, so that a sanitizer sees a byte read too far.
static Status decode_exactly(const uint8_t *bytes, size_t size, Image *out) {
    uint8_t *copy = malloc(size ? size : 1);
    assert_non_null(copy);
    memcpy(copy, bytes, size);
    Status status = image_decode(copy, size, NULL, out);
    free(copy);
    return status;
}

static void assert_is(const PictureFixture *fixture, const Image *image) {
    if (image->width != fixture->width || image->height != fixture->height || image->channels != fixture->channels) {
        fail_msg("%s: expected %dx%dx%d but found %dx%dx%d", fixture->name, fixture->width, fixture->height,
                 fixture->channels, image->width, image->height, image->channels);
    }
    for (int i = 0; i < image->width * image->height * image->channels; i++) {
        if (abs(image->pixels[i] - fixture->pixels[i]) > fixture->tolerance) {
            fail_msg("%s: sample %d: expected %d but found %d", fixture->name, i, fixture->pixels[i], image->pixels[i]);
        }
    }
}

static void test_every_kind_of_file(void **state) {
    (void)state;
    for (int i = 0; i < n_fixtures; i++) {
        Image image;
        if (decode_exactly(fixtures[i].file, fixtures[i].size, &image)) {
            fail_msg("%s: %s", fixtures[i].name, status_message());
        }
        assert_is(&fixtures[i], &image);
        image_free(&image);
        assert_null(image.pixels);
    }
}

static void assert_refused(const char *name, const uint8_t *file, size_t size, Status status, const char *sentence) {
    Image untouched;
    memset(&untouched, 0x5a, sizeof untouched);
    Image image = untouched;
    Status found = decode_exactly(file, size, &image);
    if (found != status || status_last() != status || strcmp(status_message(), sentence)) {
        fail_msg("%s: expected %d \"%s\" but found %d \"%s\"", name, status, sentence, found, status_message());
    }
    assert_memory_equal(&image, &untouched, sizeof image);
}

static FixtureFiles refused_files;

static void assert_refused_file(const char *name, Status status, const char *sentence) {
    const FixtureBytes file = fixtures_named(&refused_files, name);
    assert_refused(name, file.data, file.size, status, sentence);
}
#define ANY "Expected a PNG, JPEG, WebP, AVIF, JPEG XL, GIF, BMP, TGA, PSD or PPM picture but found "
#define AT_MOST "; at most 65535 a side, and 268435456 in all unless --max-pixels or maxPixels allows more."

static void test_refused_files(void **state) {
    (void)state;
    static const uint8_t text_file[] = "Not a picture at all,\nbut called one.\n";
    static const uint8_t binary_file[] = {0, 1, 2, 3, 200};
    static const uint8_t avif_file[] =
        "\0\0\0\x1c"
        "ftypavif\0\0\0\0";
    assert_refused("empty", text_file, 0, STATUS_BAD_FORMAT, ANY "an empty file.");
    assert_refused("text", text_file, sizeof text_file, STATUS_BAD_FORMAT,
                   ANY "an unknown kind of file of 39 bytes."); // its terminator is part of it
    assert_refused("text", text_file, sizeof text_file - 1, STATUS_BAD_FORMAT, ANY "text.");
    assert_refused("binary", binary_file, sizeof binary_file, STATUS_BAD_FORMAT,
                   ANY "an unknown kind of file of 5 bytes.");
    assert_refused("avif", avif_file, sizeof avif_file, STATUS_UNSUPPORTED, ANY "an AVIF file.");

    assert_refused_file("png_broken_crc", STATUS_BAD_FORMAT, "The PNG file is damaged (IDAT: CRC error).");
    assert_refused_file("png_broken_data", STATUS_BAD_FORMAT, "The PNG file is damaged (IDAT: incorrect data check).");
    assert_refused_file("png_missing_rows", STATUS_BAD_FORMAT, "The PNG file is damaged (Not enough image data).");
    assert_refused_file("png_without_data", STATUS_BAD_FORMAT, "The PNG file is damaged (IEND: out of place).");
    assert_refused_file("png_through_a_text_editor", STATUS_BAD_FORMAT,
                        "The PNG file is damaged (PNG file corrupted by ASCII conversion).");
    assert_refused_file("png_0x0", STATUS_BAD_FORMAT, "The PNG file has no pixels: its size is 0 x 0.");
    assert_refused_file("png_7x0", STATUS_BAD_FORMAT, "The PNG file has no pixels: its size is 7 x 0.");
    assert_refused_file("png_65536x1", STATUS_UNSUPPORTED, "The PNG file is too large: 65536 x 1 pixels" AT_MOST);
    assert_refused_file("gif_animated", STATUS_UNSUPPORTED, "Expected a still picture but the GIF file is animated.");
    assert_refused_file("webp_animated", STATUS_UNSUPPORTED, "Expected a still picture but the WebP file is animated.");
    assert_refused_file("bmp_jpeg", STATUS_UNSUPPORTED, "The BMP file is not supported: what it holds is a JPEG file.");
    assert_refused_file("bmp_0x5", STATUS_BAD_FORMAT, "The BMP file has no pixels: its size is 0 x 5.");
    assert_refused_file("jpeg_0x7", STATUS_BAD_FORMAT, "The JPEG file has no pixels: its size is 0 x 7.");
    assert_refused_file("jpeg_12_bits", STATUS_UNSUPPORTED,
                        "The JPEG file is not supported: it has other than 8 bits a sample.");
    assert_refused_file("jpeg_cut", STATUS_BAD_FORMAT,
                        "The JPEG file ends too early: more was expected after its 160 bytes.");
}

// Files of other kinds, by how they begin.
static void test_foreign_kinds(void **state) {
    (void)state;
#define BEGINS(bytes, name) \
    { bytes, sizeof bytes - 1, name }
    static const struct {
        const char *bytes;
        size_t size;
        const char *name;
    } kinds[] = {
        BEGINS("II*\0\10\0\0\0", "a TIFF file"),
        BEGINS("MM\0+\0\10\0\0", "a BigTIFF file"),
        BEGINS("\xff\xd8\xff\xf7\0\13\10\0\1\0\1\1\1\x11\0", "a JPEG-LS file"),
        BEGINS("\xff\xd8\xff\xe0\0\4ab\xff\xf7\0\13\10\0\1", "a JPEG-LS file"),
        BEGINS("\0\0\0\14jP  \r\n\x87\n", "a JPEG 2000 file"),
        BEGINS("\xff\x4f\xff\x51\0\x2f", "a JPEG 2000 file"),
        BEGINS("II\xbc\1\10\0\0\0", "a JPEG XR file"),
        BEGINS("\0\0\1\0\1\0\20\20\0\0\1\0\40\0\1\0\0\0\x16\0\0\0", "an ICO file"),
        BEGINS("\0\0\0\x18"
               "ftypisom\0\0\0\0",
               "an MP4 video"),
        BEGINS("\0\0\0\x18"
               "ftypavis\0\0\0\0",
               "an AVIF file"),
        BEGINS("\0\0\0\x18"
               "ftypmif1\0\0\0\0",
               "a HEIC file"),
        BEGINS("\x1a\x45\xdf\xa3\1\0\0\0", "a WebM or Matroska video"),
        BEGINS("PK\3\4\24\0\0\0", "a ZIP file"),
        BEGINS("%PDF-1.7\n", "a PDF file"),
        BEGINS("<svg xmlns=\"http://www.w3.org/2000/svg\"/>", "an SVG file"),
        BEGINS("\xef\xbb\xbf<?xml version=\"1.0\"?>\n<!-- drawn -->\n<SVG>", "an SVG file"),
        BEGINS("<?xml version=\"1.0\"?><!DOCTYPE svg PUBLIC \"a\" \"b\"><svg/>", "an SVG file"),
        BEGINS("\n<!DOCTYPE html><html>", "a web page (HTML)"),
        BEGINS("<head><title>", "a web page (HTML)"),
        BEGINS("<!-- a > b --><svg/>", "an SVG file"),
        BEGINS("<!DOCTYPE svg [\n<!ENTITY a \"b\">\n]>\n<svg/>", "an SVG file"),
        BEGINS("\xff\xfe<\0s\0v\0g\0/\0>\0", "an SVG file"),
        BEGINS("\xfe\xff\0<\0s\0v\0g\0/\0>", "an SVG file"),
        BEGINS("\0\0\0\x20"
               "ftypmif1\0\0\0\0mif1avifmiaf",
               "an AVIF file"),
        BEGINS("\0\0\0\x10wide\0\0\0\0mdat", "a QuickTime video"),
        BEGINS("\0\0\4\0moov\0\0\0\x6cmvhd", "a QuickTime video"),
        BEGINS("\0\0\2\0\1\0\20\20\0\0\1\0\1\0\x68\4\0\0\0\0\1\0", "a CUR file"),
        BEGINS("\x0a\5\1\10\0\0\0\0", "a PCX file"),
        BEGINS("\x8aMNG\r\n\x1a\n", "a MNG file"),
        BEGINS("\xef\xbb\xbf%PDF-1.4", "a PDF file"),
        BEGINS("RIFF\40\0\0\0ACONLIST", "an animated cursor (ANI)"),
        BEGINS("\0\5\x16\7\0\2\0\0Mac OS X", "an AppleDouble file"),
        BEGINS("version https://git-lfs.github.com/spec/v1\noid sha256:ab\n", "a Git LFS pointer"),
    };
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        char sentence[200];
        snprintf(sentence, sizeof sentence, ANY "%s.", kinds[i].name);
        assert_refused(kinds[i].name, (const uint8_t *)kinds[i].bytes, kinds[i].size, STATUS_UNSUPPORTED, sentence);
    }
    uint8_t archive[512] = "a.png";
    memcpy(archive + 257, "ustar", 5);
    assert_refused("tar", archive, sizeof archive, STATUS_UNSUPPORTED, ANY "a TAR file.");
    // A picture that has such bytes in it is a picture.
    memcpy(archive, "\x89PNG\r\n\x1a\n", 8);
    assert_refused("png", archive, sizeof archive, STATUS_BAD_FORMAT,
                   "The PNG file is damaged (Missing IHDR before other chunks).");
    static const char xml[] = "<?xml version=\"1.0\"?><note/>";
    assert_refused("xml", (const uint8_t *)xml, sizeof xml - 1, STATUS_BAD_FORMAT, ANY "text.");
}

static void test_huge_files_before_any_allocation(void **state) {
    (void)state;
    count_memory(-1);
    assert_refused_file("png_60000x60000", STATUS_UNSUPPORTED,
                        "The PNG file is too large: 60000 x 60000 pixels" AT_MOST);
    assert_refused_file("jpeg_60000x60000", STATUS_UNSUPPORTED,
                        "The JPEG file is too large: 60000 x 60000 pixels" AT_MOST);
    assert_refused_file("bmp_60000x60000", STATUS_UNSUPPORTED,
                        "The BMP file is too large: 60000 x 60000 pixels" AT_MOST);
    need_counted_memory();
    assert_true(memory.largest > 0); // or malloc is not wrapped
    assert_in_range(memory.largest, 1, 64 * 1024);
}

static void test_every_truncation(void **state) {
    (void)state;
    for (int i = 0; i < n_fixtures; i++) {
        const PictureFixture *fixture = &fixtures[i];
        const char *kind = fixture->name;
        const bool is_bmp = !memcmp(kind, "bmp", 3), is_jpeg = !memcmp(kind, "jpeg", 4);
        const bool may_end_early = !memcmp(kind, "png", 3) || !memcmp(kind, "gif", 3);
        for (size_t size = 0; size < fixture->size; size++) {
            Image image;
            Status status = decode_exactly(fixture->file, size, &image);
            if (!status) {
                // The padding of a BMP's last row may be missing, or, with a warning, a JPEG's end, or what follows the
                // pixels of a PNG or GIF.
                const size_t may_miss = is_bmp ? 3 : is_jpeg ? 2 : may_end_early ? fixture->size : 0;
                if (fixture->size - size > may_miss) fail_msg("%s: took %zu bytes for a file", fixture->name, size);
                if (is_jpeg || may_end_early) assert_true(image.warnings.size > 0);
                assert_is(fixture, &image);
                image_free(&image);
                continue;
            }
            bool is_clear = size < 12 || strstr(status_message(), " file ends too early: ");
            if (status != STATUS_BAD_FORMAT || !is_clear) {
                fail_msg("%s of %zu bytes: %d \"%s\"", fixture->name, size, status, status_message());
            }
        }
    }
}

static void test_bytes_after_the_end(void **state) {
    (void)state;
    uint8_t file[2048];
    for (int i = 0; i < n_fixtures; i++) {
        memcpy(file, fixtures[i].file, fixtures[i].size);
        memset(file + fixtures[i].size, 0xff, 100);
        Image image;
        assert_int_equal(decode_exactly(file, fixtures[i].size + 100, &image), STATUS_OK);
        assert_is(&fixtures[i], &image);
        image_free(&image);
    }
}

// ---- random damage: any answer is right, as long as no sanitizer speaks

static uint32_t random_state;

static uint32_t random_below(uint32_t n) {
    random_state = random_state * 1664525u + 1013904223u;
    return (uint32_t)((uint64_t)random_state * n >> 32);
}

static void write_crc(const uint8_t *bytes, size_t size, uint8_t *out) {
    uint32_t crc = 0xffffffffu;
    for (size_t i = 0; i < size; i++) {
        crc ^= bytes[i];
        for (int bit = 0; bit < 8; bit++) crc = crc >> 1 ^ (crc & 1 ? 0xedb88320u : 0);
    }
    for (int i = 0; i < 4; i++) out[i] = (uint8_t)(~crc >> (24 - 8 * i));
}

// Otherwise no damage would come further than the checksums.
static void repair_png_checksums(uint8_t *file, size_t size) {
    size_t at = 8;
    while (at + 12 <= size) {
        size_t length = (size_t)file[at + 2] << 8 | file[at + 3];
        if (at + 12 + length > size) return;
        write_crc(file + at + 4, 4 + length, file + at + 8 + length);
        at += 12 + length;
    }
}

static void damage(const char *prefix) {
    random_state = 20240607;
    print_message("# seed %u\n", (unsigned)random_state);
    int n_decoded = 0, n_refused = 0;
    while (n_decoded + n_refused < 2000) {
        const PictureFixture *fixture = &fixtures[random_below(n_fixtures)];
        if (strncmp(fixture->name, prefix, strlen(prefix))) continue;
        uint8_t file[2048];
        memcpy(file, fixture->file, fixture->size);
        for (uint32_t n = 1 + random_below(4); n > 0; n--) {
            file[random_below((uint32_t)fixture->size)] ^= (uint8_t)(1u << random_below(8));
        }
        if (!strcmp(prefix, "png") && random_below(8)) repair_png_checksums(file, fixture->size);
        Image image;
        if (decode_exactly(file, fixture->size, &image)) {
            n_refused++;
        } else {
            n_decoded++;
            image_free(&image);
        }
    }
    print_message("# %s: %d decoded, %d refused\n", prefix, n_decoded, n_refused);
    assert_in_range(n_decoded, 1, 1999); // both ways were taken
}

static void test_damaged_png(void **state) {
    (void)state;
    damage("png");
}

static void test_damaged_jpeg(void **state) {
    (void)state;
    damage("jpeg");
}

static void test_damaged_webp(void **state) {
    (void)state;
    damage("webp");
}

static void test_damaged_gif(void **state) {
    (void)state;
    damage("gif");
}

static void test_damaged_bmp(void **state) {
    (void)state;
    damage("bmp");
}

// ---- creating

static void test_image_create(void **state) {
    (void)state;
    Image image = {0};
    assert_int_equal(image_create(0, 5, 3, &image), STATUS_BAD_ARGUMENT);
    assert_int_equal(image_create(5, -1, 3, &image), STATUS_BAD_ARGUMENT);
    assert_int_equal(image_create(5, 5, 2, &image), STATUS_BAD_ARGUMENT);
    assert_int_equal(image_create(IMAGE_MAX_SIDE + 1, 1, 3, &image), STATUS_BAD_ARGUMENT);
    assert_int_equal(image_create_deep(5, 5, 3, 12, &image), STATUS_BAD_ARGUMENT);
    assert_null(image.pixels);
    assert_int_equal(image_create(IMAGE_MAX_SIDE, 1, 4, &image), STATUS_OK);
    memset(image.pixels, 1, IMAGE_MAX_SIDE * 4);
    image_free(&image);
    assert_int_equal(image_create_deep(3, 5, 3, 16, &image), STATUS_OK);
    assert_int_equal(image_row_bytes(&image), 18);
    memset(image.pixels, 1, 18 * 5);
    image_free(&image);
    image_free(&image);
}

// ---- memory that runs out

static bool warns(const PictureFixture *fixture) {
    Image image = {0};
    assert_int_equal(image_decode(fixture->file, fixture->size, NULL, &image), STATUS_OK);
    const bool has_warnings = image.warnings.size > 0;
    image_free(&image);
    return has_warnings;
}

static void test_decoding_with_every_allocation_failing(void **state) {
    (void)state;
    need_counted_memory();
    for (int i = 0; i < n_fixtures; i++) {
        for (long fail_at = 0;; fail_at++) {
            assert_in_range(fail_at, 0, 1000);
            Image image = {0};
            long n_live = memory.n_live;
            count_memory(fail_at);
            Status status = image_decode(fixtures[i].file, fixtures[i].size, NULL, &image);
            bool has_failed = memory.n > fail_at;
            memory.fail_at = -1;
            // libjpeg asks again, for less, and then finds the right picture.
            bool is_jpeg = !strncmp(fixtures[i].name, "jpeg", 4);
            bool may_do_without = is_jpeg || warns(&fixtures[i]); // a warning is dropped
            bool is_right = has_failed ? status == STATUS_NO_MEMORY || (may_do_without && !status) : !status;
            if (!is_right) {
                fail_msg("%s, allocation %ld: %d \"%s\"", fixtures[i].name, fail_at, status, status_message());
            }
            if (!status) assert_is(&fixtures[i], &image);
            image_free(&image);
            if (memory.n_live != n_live) fail_msg("%s, allocation %ld: leaks", fixtures[i].name, fail_at);
            if (!has_failed) {
                assert_true(fail_at > 0); // or malloc is not wrapped
                break;
            }
        }
    }
}

int main(int argc, char **argv) {
    Fixtures set = pictures_open("image");
    refused_files = fixtures_files(&set, "files");
    fixtures_close(&set);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_kind_of_file),
        cmocka_unit_test(test_refused_files),
        cmocka_unit_test(test_foreign_kinds),
        cmocka_unit_test(test_huge_files_before_any_allocation),
        cmocka_unit_test(test_every_truncation),
        cmocka_unit_test(test_bytes_after_the_end),
        cmocka_unit_test(test_damaged_png),
        cmocka_unit_test(test_damaged_jpeg),
        cmocka_unit_test(test_damaged_webp),
        cmocka_unit_test(test_damaged_gif),
        cmocka_unit_test(test_damaged_bmp),
        cmocka_unit_test(test_image_create),
        cmocka_unit_test(test_decoding_with_every_allocation_failing),
    };
    return RUN_TESTS("image", argc, argv, tests);
}
