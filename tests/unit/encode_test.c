// Encoders: what they write is read again, and for JPEG compared with what another program wrote; metadata; wrong
// calls; memory that runs out.
#include <math.h>

#include "fixtures.h"
#include "failing_memory.h"
#include "image/encode.h"
#include "image/image.h"
#include "test.h"

enum { WIDTH = 37, HEIGHT = 23 };                 // of the fixtures
enum { N_SAMPLES = WIDTH * HEIGHT * 4, GAP = 6 }; // GAP: bytes between one row and the next

static FixtureFiles encoded;

static const uint8_t *rgba_pixels(void) {
    const FixtureBytes pixels = fixtures_named(&encoded, "rgba_pixels");
    assert_int_equal(pixels.size, N_SAMPLES);
    return pixels.data;
}

static uint16_t noise16[N_SAMPLES];
static uint8_t noise8[N_SAMPLES];

static void fill_noise(void) {
    uint32_t state = 7;
    for (int i = 0; i < N_SAMPLES; i++) {
        state = state * 1664525u + 1013904223u;
        noise16[i] = (uint16_t)(state >> 16);
        noise8[i] = (uint8_t)(i / 3 + (state >> 28));
    }
}

static EncodePicture settings(EncodeFormat format, int channels) {
    return (EncodePicture){
        .format = format, .width = WIDTH, .height = HEIGHT, .channels = channels, .bits = 8, .quality = 95, .level = 6};
}

static size_t row_bytes_of(const EncodePicture *picture) {
    return (size_t)(picture->width * picture->channels * picture->bits / 8);
}

// Writes `pixels` in batches of 1, 2, 3 … rows with a gap after each row, taking away what is ready after each batch.
static Status encode(const EncodePicture *picture, const void *pixels, Bytes *file) {
    const size_t row_bytes = row_bytes_of(picture), stride = row_bytes + GAP;
    Bytes sink = {0};
    Encode *encoder = NULL;
    Status status = encode_begin(picture, &sink, &encoder);
    for (int y = 0, n_rows = 1; !status && y < picture->height; y += n_rows++) {
        if (n_rows > picture->height - y) n_rows = picture->height - y;
        static uint8_t batch[HEIGHT * (WIDTH * 8 + GAP)];
        memset(batch, 0xee, sizeof batch);
        for (int i = 0; i < n_rows; i++) {
            memcpy(batch + (size_t)i * stride, (const uint8_t *)pixels + (size_t)(y + i) * row_bytes, row_bytes);
        }
        status = encode_rows(encoder, batch, stride, n_rows);
        if (!status) status = bytes_append(file, sink.data, sink.size);
        bytes_clear(&sink);
    }
    if (!status) status = encode_finish(encoder);
    if (!status) status = bytes_append(file, sink.data, sink.size);
    encode_free(encoder);
    bytes_free(&sink);
    return status;
}

static Image decoded(const Bytes *file) {
    Image image;
    if (image_decode(file->data, file->size, &(DecodeOptions){.deep = true}, &image)) fail_msg("%s", status_message());
    return image;
}

static void assert_exact(const EncodePicture *picture, const void *pixels) {
    Bytes file = {0};
    if (encode(picture, pixels, &file)) fail_msg("format %d: %s", (int)picture->format, status_message());
    Image image = decoded(&file);
    assert_int_equal(image.width, picture->width);
    assert_int_equal(image.height, picture->height);
    assert_int_equal(image.channels, picture->channels);
    assert_int_equal(image.bits, picture->bits);
    assert_memory_equal(image.pixels, pixels, row_bytes_of(picture) * (size_t)picture->height);
    image_free(&image);
    bytes_free(&file);
}

static void test_png_exact(void **state) {
    (void)state;
    for (int channels = 3; channels <= 4; channels++) {
        for (int level = 1; level <= 9; level++) {
            EncodePicture picture = settings(ENCODE_PNG, channels);
            picture.level = level;
            assert_exact(&picture, noise8);
            picture.bits = 16;
            assert_exact(&picture, noise16);
        }
    }
}

static void test_lossless_webp_exact(void **state) {
    (void)state;
    for (int channels = 3; channels <= 4; channels++) {
        for (int level = 1; level <= 9; level++) {
            EncodePicture picture = settings(ENCODE_WEBP_LOSSLESS, channels);
            picture.level = level;
            assert_exact(&picture, noise8);
        }
    }
}

static void rgb_of(uint8_t *to) {
    const uint8_t *rgba = rgba_pixels();
    for (int i = 0; i < WIDTH * HEIGHT; i++) memcpy(to + 3 * i, rgba + 4 * i, 3);
}

static void assert_is_file(const char *name, const EncodePicture *picture, const void *pixels) {
    const FixtureBytes expected = fixtures_named(&encoded, name);
    Bytes file = {0};
    assert_int_equal(encode(picture, pixels, &file), STATUS_OK);
    if (file.size != expected.size || memcmp(file.data, expected.data, file.size))
        fail_msg("%s: another file than Pillow's", name);
    bytes_free(&file);
}

static void test_jpeg_is_what_pillow_writes(void **state) {
    (void)state;
    uint8_t rgb[WIDTH * HEIGHT * 3];
    rgb_of(rgb);
    EncodePicture picture = settings(ENCODE_JPEG, 3);
    assert_is_file("rgb_quality95", &picture, rgb);
    picture.quality = 60;
    assert_is_file("rgb_quality60", &picture, rgb);
    picture = settings(ENCODE_JPEG, 4);
    assert_is_file("white_quality95", &picture, rgba_pixels());
}

static double psnr(const uint8_t *a, const uint8_t *b, size_t n) {
    double sum = 0;
    for (size_t i = 0; i < n; i++) sum += (a[i] - b[i]) * (a[i] - b[i]);
    return sum ? 10 * log10(255.0 * 255.0 * (double)n / sum) : INFINITY;
}

static void test_lossy_webp_is_near(void **state) {
    (void)state;
    uint8_t rgb[WIDTH * HEIGHT * 3];
    rgb_of(rgb);
    size_t last_size = 0;
    for (int quality = 20; quality <= 100; quality += 40) {
        EncodePicture picture = settings(ENCODE_WEBP, 3);
        picture.quality = quality;
        Bytes file = {0};
        assert_int_equal(encode(&picture, rgb, &file), STATUS_OK);
        assert_true(file.size > last_size);
        last_size = file.size;
        Image image = decoded(&file);
        assert_int_equal(image.channels, 3);
        const double found = psnr(image.pixels, rgb, sizeof rgb), expected = 25 + quality / 10;
        if (found < expected) fail_msg("quality %d: expected at least %g dB but found %g", quality, expected, found);
        image_free(&image);
        bytes_free(&file);
    }
    const uint8_t *rgba = rgba_pixels();
    EncodePicture picture = settings(ENCODE_WEBP, 4); // of alpha nothing is lost
    Bytes file = {0};
    assert_int_equal(encode(&picture, rgba, &file), STATUS_OK);
    Image image = decoded(&file);
    assert_int_equal(image.channels, 4);
    for (int i = 3; i < N_SAMPLES; i += 4) assert_int_equal(image.pixels[i], rgba[i]);
    image_free(&image);
    bytes_free(&file);
}

// ---- metadata

// A profile with the header of ICC.1 7.2 and one tag that fills it up to `size` bytes.
static Bytes profile(uint32_t size) {
    uint8_t *p = calloc(1, size);
    assert_non_null(p);
    static const uint8_t head[] = {0,   0,   0,   0,   'l', 'c', 'm', 's', 2,   0x40, 0,   0,
                                   'm', 'n', 't', 'r', 'R', 'G', 'B', ' ', 'X', 'Y',  'Z', ' '};
    static const uint8_t white[] = {0, 0, 0xf6, 0xd6, 0, 1, 0, 0, 0, 0, 0xd3, 0x2d}; // D50
    static const uint8_t tag[] = {0, 0, 0, 1, 'd', 'e', 's', 'c', 0, 0, 0, 144};
    memcpy(p, head, sizeof head);
    memcpy(p + 36, "acsp", 4);
    memcpy(p + 68, white, sizeof white);
    memcpy(p + 128, tag, sizeof tag);
    for (int i = 0; i < 4; i++) {
        p[i] = (uint8_t)(size >> (24 - 8 * i));
        p[140 + i] = (uint8_t)((size - 144) >> (24 - 8 * i));
    }
    for (uint32_t i = 144; i < size; i++) p[i] = (uint8_t)(i * i >> 3);
    return (Bytes){p, size, size};
}

static void test_profile_and_exif(void **state) {
    (void)state;
    static uint8_t tiff[] = "II*\0\x08\0\0\0\x01\0\x0f\x01\x02\0\x04\0\0\0abc\0\0\0\0\0";
    const Bytes exif = {tiff, sizeof tiff - 1, sizeof tiff - 1};
    static const uint32_t sizes[] = {200, 150001}; // in JPEG, the second needs three markers
    for (int i = 0; i < 2; i++) {
        Bytes icc = profile(sizes[i]);
        for (int format = ENCODE_PNG; format <= ENCODE_WEBP_LOSSLESS; format++) {
            EncodePicture picture = settings((EncodeFormat)format, 3);
            picture.icc = &icc;
            picture.exif = &exif;
            Bytes file = {0};
            assert_true(encode_keeps_profile(&picture));
            if (encode(&picture, noise8, &file)) fail_msg("format %d: %s", format, status_message());
            Image image = decoded(&file);
            assert_int_equal(image.meta.icc.size, icc.size);
            assert_memory_equal(image.meta.icc.data, icc.data, icc.size);
            assert_int_equal(image.meta.exif.size, exif.size);
            assert_memory_equal(image.meta.exif.data, exif.data, exif.size);
            image_free(&image);
            bytes_free(&file);
        }
        bytes_free(&icc);
    }
}

static void assert_left_out(const EncodePicture *picture) {
    assert_false(encode_keeps_profile(picture));
    assert_exact(picture, noise8);
}

// What libpng takes for no profile is left out of a PNG, and the picture is whole.
static void test_broken_profile(void **state) {
    (void)state;
    Bytes icc = profile(200);
    EncodePicture picture = settings(ENCODE_PNG, 3);
    assert_true(encode_keeps_profile(&picture)); // there is none
    picture.icc = &icc;
    icc.size = 196; // cut short
    assert_left_out(&picture);
    icc.data[3] = (uint8_t)(icc.size = 199);
    icc.data[8] = 4; // no multiple of 4
    assert_left_out(&picture);
    bytes_free(&icc);
}

static void test_exif_beyond_a_marker(void **state) {
    (void)state;
    const Bytes exif = {calloc(1, 65528), 65528, 65528};
    assert_non_null(exif.data);
    EncodePicture picture = settings(ENCODE_JPEG, 3);
    picture.exif = &exif;
    Bytes sink = {0};
    Encode *encoder;
    assert_int_equal(encode_begin(&picture, &sink, &encoder), STATUS_UNSUPPORTED);
    assert_string_equal(status_message(), "A JPEG file has at most 65527 bytes of EXIF but the picture has 65528.");
    const Bytes most = {exif.data, 65527, 65527};
    picture.exif = &most;
    assert_int_equal(encode_begin(&picture, &sink, &encoder), STATUS_OK);
    encode_free(encoder);
    bytes_free(&sink);
    free(exif.data);
}

// ---- wrong calls

static void test_wrong_number_of_rows(void **state) {
    (void)state;
    static const char *const names[] = {"PNG", "JPEG", "WebP", "WebP"};
    for (int format = ENCODE_PNG; format <= ENCODE_WEBP_LOSSLESS; format++) {
        const EncodePicture picture = settings((EncodeFormat)format, 3);
        const size_t row_bytes = row_bytes_of(&picture);
        char sentence[100];
        Bytes sink = {0};
        Encode *encoder;
        assert_int_equal(encode_begin(&picture, &sink, &encoder), STATUS_OK);
        assert_int_equal(encode_rows(encoder, noise8, row_bytes, HEIGHT - 1), STATUS_OK);
        assert_int_equal(encode_finish(encoder), STATUS_INTERNAL);
        snprintf(sentence, sizeof sentence, "The %s of 23 rows was given only 22.", names[format]);
        assert_string_equal(status_message(), sentence);
        assert_int_equal(encode_rows(encoder, noise8, row_bytes, 2), STATUS_INTERNAL);
        snprintf(sentence, sizeof sentence, "The %s of 23 rows was given more than that.", names[format]);
        assert_string_equal(status_message(), sentence);
        assert_int_equal(encode_rows(encoder, noise8 + (HEIGHT - 1) * row_bytes, row_bytes, 1), STATUS_OK);
        assert_int_equal(encode_finish(encoder), STATUS_OK);
        Image image = decoded(&sink);
        image_free(&image);
        encode_free(encoder);
        bytes_free(&sink);
    }
    encode_free(NULL);
}

static void assert_refused(EncodePicture picture, Status status, const char *sentence) {
    Bytes sink = {0};
    Encode *encoder = NULL;
    assert_int_equal(encode_begin(&picture, &sink, &encoder), status);
    assert_string_equal(status_message(), sentence);
    assert_null(encoder);
    assert_int_equal(sink.size, 0);
}

#define REFUSED(of_format, field, value, status, sentence)      \
    do {                                                        \
        EncodePicture picture_##field = settings(of_format, 3); \
        picture_##field.field = value;                          \
        assert_refused(picture_##field, status, sentence);      \
    } while (0)

static void test_arguments(void **state) {
    (void)state;
    REFUSED(ENCODE_PNG, width, 0, STATUS_BAD_ARGUMENT, "Expected at least 1 x 1 pixels for PNG but received 0 x 23.");
    REFUSED(ENCODE_PNG, channels, 2, STATUS_BAD_ARGUMENT, "Expected 3 or 4 for channels but received 2.");
    REFUSED(ENCODE_PNG, level, 10, STATUS_BAD_ARGUMENT, "Expected 1 to 9 for level but received 10.");
    REFUSED(ENCODE_PNG, bits, 12, STATUS_BAD_ARGUMENT, "Expected 8 or 16 for bits but received 12.");
    REFUSED(ENCODE_JPEG, bits, 16, STATUS_BAD_ARGUMENT, "Expected 8 for bits but received 16.");
    REFUSED(ENCODE_JPEG, quality, 0, STATUS_BAD_ARGUMENT, "Expected 1 to 100 for quality but received 0.");
    REFUSED(ENCODE_WEBP, quality, 101, STATUS_BAD_ARGUMENT, "Expected 1 to 100 for quality but received 101.");
    REFUSED(ENCODE_PNG, format, (EncodeFormat)9, STATUS_BAD_ARGUMENT,
            "Expected a known format for format but received 9.");
    REFUSED(ENCODE_WEBP, width, 16384, STATUS_UNSUPPORTED,
            "A WebP file has at most 16383 pixels a side, but the picture has 16384 x 23; PNG has no such limit.");
    REFUSED(ENCODE_JPEG, height, 65501, STATUS_UNSUPPORTED,
            "A JPEG file has at most 65500 pixels a side, but the picture has 37 x 65501; PNG has no such limit.");
    // What is made is larger than what is read.
    EncodePicture large = settings(ENCODE_PNG, 4);
    large.width = large.height = 4 * IMAGE_MAX_SIDE;
    Bytes sink = {0};
    Encode *encoder;
    assert_int_equal(encode_begin(&large, &sink, &encoder), STATUS_OK);
    encode_free(encoder);
    bytes_free(&sink);
}

// ---- memory that runs out

static void test_every_allocation_failing(void **state) {
    (void)state;
    need_counted_memory();
    Bytes icc = profile(200);
    for (int format = ENCODE_PNG; format <= ENCODE_WEBP_LOSSLESS; format++) {
        EncodePicture picture = settings((EncodeFormat)format, 4);
        picture.icc = &icc;
        Bytes whole = {0};
        assert_int_equal(encode(&picture, noise8, &whole), STATUS_OK);
        const size_t whole_size = whole.size;
        bytes_free(&whole);
        for (long fail_at = 0;; fail_at++) {
            assert_in_range(fail_at, 0, 1000);
            Bytes file = {0};
            long n_live = memory.n_live;
            count_memory(fail_at);
            Status status = encode(&picture, noise8, &file);
            bool has_failed = memory.n > fail_at;
            memory.fail_at = -1;
            const bool is_jpeg = format == ENCODE_JPEG; // libjpeg asks again, for less
            if (status ? !has_failed || status != STATUS_NO_MEMORY
                       : has_failed && (!is_jpeg || file.size != whole_size)) {
                fail_msg("format %d, allocation %ld: %d \"%s\"", format, fail_at, status, status_message());
            }
            bytes_free(&file);
            if (memory.n_live != n_live) fail_msg("format %d, allocation %ld: leaks", format, fail_at);
            if (!has_failed) {
                assert_true(fail_at > 0); // or malloc is not wrapped
                break;
            }
        }
    }
    bytes_free(&icc);
}

int main(int argc, char **argv) {
    Fixtures set = fixtures_open("encode");
    encoded = fixtures_files(&set, "encoded");
    fixtures_close(&set);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_png_exact),
        cmocka_unit_test(test_lossless_webp_exact),
        cmocka_unit_test(test_jpeg_is_what_pillow_writes),
        cmocka_unit_test(test_lossy_webp_is_near),
        cmocka_unit_test(test_profile_and_exif),
        cmocka_unit_test(test_broken_profile),
        cmocka_unit_test(test_exif_beyond_a_marker),
        cmocka_unit_test(test_wrong_number_of_rows),
        cmocka_unit_test(test_arguments),
        cmocka_unit_test(test_every_allocation_failing),
    };
    fill_noise();
    return RUN_TESTS("encode", argc, argv, tests);
}
