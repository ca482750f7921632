// Grey pictures stay grey: how they are told, what the network's outputs become, and what files are made of them.
#include "failing_memory.h"
#include "encode_whole.h"
#include "image/grey.h"
#include "image/image.h"
#include "picture_fixtures.h"
#include "pipeline/pixels.h"
#include "test.h"

static Image picture(int width, int height, int channels, int bits) {
    Image image;
    assert_int_equal(image_create_deep(width, height, channels, bits, &image), STATUS_OK);
    memset(image.pixels, 0xff, image_row_bytes(&image) * (size_t)height); // white, opaque
    return image;
}

static void set(Image *image, size_t i, int r, int g, int b) {
    const int colours[] = {r, g, b};
    for (size_t c = 0; c < 3; c++) {
        const size_t at = i * (size_t)image->channels + c;
        if (image->bits == 8)
            image->pixels[at] = (uint8_t)colours[c];
        else
            ((uint16_t *)(void *)image->pixels)[at] = (uint16_t)colours[c];
    }
}

static void test_exact(void **state) {
    (void)state;
    for (int bits = 8; bits <= 16; bits += 8) {
        for (int channels = 3; channels <= 4; channels++) {
            Image image = picture(7, 5, channels, bits);
            for (size_t i = 0; i < 35; i++) set(&image, i, (int)i * 7, (int)i * 7, (int)i * 7);
            assert_true(grey_is_exact(&image));
            set(&image, 34, 100, 100, 101); // one level in the last pixel
            assert_false(grey_is_exact(&image));
            assert_false(grey_settle(&image, GREY_EXACT));
            assert_true(grey_settle(&image, GREY_NEAR));
            assert_true(grey_is_exact(&image));
            assert_false(grey_settle(&image, GREY_OFF));
            image_free(&image);
        }
    }
}

// A colour that alpha hides does not count, and is taken away with the others.
static void test_hidden_colours(void **state) {
    (void)state;
    Image image = picture(2, 1, 4, 8);
    set(&image, 0, 255, 0, 0);
    image.pixels[3] = 0;
    assert_true(grey_settle(&image, GREY_EXACT));
    assert_int_equal(image.pixels[0], 76); // 0.299 * 255
    assert_int_equal(image.pixels[2], 76);
    image.pixels[0] = 255;
    image.pixels[3] = 1;
    assert_false(grey_settle(&image, GREY_EXACT));
    image_free(&image);
}

static void test_near(void **state) {
    (void)state;
    Image image = picture(100, 10, 3, 8);
    for (size_t i = 0; i < 1000; i++) set(&image, i, 100, 100 + GREY_MEAN, 100);
    assert_true(grey_is_near(&image));
    set(&image, 7, 100, 100 + GREY_MEAN + 1, 100); // one level too much on average
    assert_false(grey_is_near(&image));
    for (size_t i = 0; i < 1000; i++) set(&image, i, 200, 200, 200);
    set(&image, 999, 200 - GREY_FAR, 200, 200);
    assert_true(grey_is_near(&image));
    set(&image, 999, 200 - GREY_FAR - 1, 200, 200); // a single pixel of colour
    assert_false(grey_is_near(&image));
    set(&image, 999, 160, 200, 180);
    grey_make(&image);
    assert_int_equal(image.pixels[999 * 3], 186); // 0.299 * 160 + 0.587 * 200 + 0.114 * 180 = 185.76
    assert_int_equal(image.pixels[999 * 3 + 1], 186);
    assert_int_equal(image.pixels[998 * 3], 200);
    image_free(&image);
}

// The mean of the three, rounded once, and clamped only then.
static void test_mean_of_outputs(void **state) {
    (void)state;
    float values[] = {0.1f, 0.2f, 0.6f, 1.5f, 0.9f, 0.6f, -0.2f, 0.1f, 0.4f};
    const Tensor from = {values, 1, 3, 3};
    uint8_t out[12] = {[3] = 9, [7] = 9, [11] = 9};
    pixels_from_tensor(from, (PixelLevels){0, 1}, 3, 1, (PixelFormat){4, 8, true}, out, 12);
    const uint8_t expected[] = {77, 77, 77, 9, 255, 255, 255, 9, 26, 26, 26, 9}; // 0.3, 1 and 0.1 of 255
    assert_memory_equal(out, expected, 12);
    uint16_t deep[9];
    pixels_from_tensor(from, (PixelLevels){0, 1}, 3, 1, (PixelFormat){3, 16, true}, (uint8_t *)deep, 18);
    const uint16_t expected_deep[] = {19661, 19661, 19661, 65535, 65535, 65535, 6554, 6554, 6554}; // of 65535
    assert_memory_equal(deep, expected_deep, 18);
    pixels_from_tensor(from, (PixelLevels){0, 1}, 3, 1, (PixelFormat){3, 8, false}, out, 9);
    const uint8_t colours[] = {26, 51, 153, 255, 230, 153, 0, 26, 102};
    assert_memory_equal(out, colours, 9);
}

// ---- files

static Bytes write(const Image *image, EncodeFormat format) {
    Bytes file = {0};
    const EncodePicture out = {.format = format,
                               .width = image->width,
                               .height = image->height,
                               .channels = image->channels,
                               .bits = image->bits,
                               .quality = 100,
                               .level = 3,
                               .is_grey = image->is_grey,
                               .icc = &image->meta.icc};
    assert_int_equal(encode_whole(&out, image->pixels, &file), STATUS_OK);
    return file;
}

// How many channels a JPEG's frame header tells of.
static int jpeg_channels(const Bytes *file) {
    for (size_t at = 2; at + 9 < file->size; at += 2 + (size_t)(file->data[at + 2] << 8 | file->data[at + 3])) {
        if (file->data[at + 1] == 0xc0) return file->data[at + 9];
    }
    return 0;
}

enum { PNG_BITS = 24, PNG_COLOUR_TYPE = 25 }; // where they stand in a file

static void test_png(void **state) {
    (void)state;
    for (int bits = 8; bits <= 16; bits += 8) {
        for (int channels = 3; channels <= 4; channels++) {
            Image image = picture(5, 3, channels, bits), again;
            for (size_t i = 0; i < 15; i++)
                set(&image, i, (int)i * 4001 % (1 << bits), (int)i * 4001 % (1 << bits), (int)i * 4001 % (1 << bits));
            image.is_grey = grey_settle(&image, GREY_EXACT);
            Bytes file = write(&image, ENCODE_PNG);
            assert_int_equal(file.data[PNG_BITS], bits);
            assert_int_equal(file.data[PNG_COLOUR_TYPE], channels == 4 ? 4 : 0); // PNG specification, table 11.1
            assert_int_equal(image_decode(file.data, file.size, &(DecodeOptions){.deep = true}, &again), STATUS_OK);
            assert_true(again.is_grey);
            assert_int_equal(again.channels, channels);
            assert_memory_equal(again.pixels, image.pixels, image_row_bytes(&image) * 3);
            image_free(&again);
            image_free(&image);
            bytes_free(&file);
        }
    }
}

static void test_jpeg(void **state) {
    (void)state;
    for (int channels = 3; channels <= 4; channels++) {
        Image image = picture(40, 30, channels, 8), again;
        for (size_t i = 0; i < 1200; i++) set(&image, i, (int)i / 5, (int)i / 5, (int)i / 5);
        image.is_grey = true;
        Bytes file = write(&image, ENCODE_JPEG);
        assert_int_equal(jpeg_channels(&file), 1);
        assert_int_equal(image_decode(file.data, file.size, NULL, &again), STATUS_OK);
        assert_true(again.is_grey);
        for (size_t i = 0; i < 1200; i++) assert_in_range(again.pixels[i * 3] + 4 - (int)i / 5, 0, 8);
        image_free(&again);
        image.is_grey = false;
        bytes_free(&file);
        file = write(&image, ENCODE_JPEG);
        assert_int_equal(jpeg_channels(&file), 3);
        image_free(&image);
        bytes_free(&file);
    }
}

// A profile of RGB would not fit a PNG of one channel: then the picture keeps three.
static void test_with_a_profile_of_rgb(void **state) {
    (void)state;
    Image image = picture(5, 3, 3, 8), again;
    image.is_grey = true;
    const FixtureBytes icc = fixture_named("png_icc_rgb")->icc;
    assert_int_equal(bytes_append(&image.meta.icc, icc.data, icc.size), STATUS_OK);
    assert_true(image.meta.icc.size > 0);
    Bytes file = write(&image, ENCODE_PNG);
    assert_int_equal(file.data[PNG_COLOUR_TYPE], 2);
    assert_int_equal(image_decode(file.data, file.size, NULL, &again), STATUS_OK);
    assert_int_equal(again.meta.icc.size, image.meta.icc.size);
    image_free(&again);
    image_free(&image);
    bytes_free(&file);
}

static Status write_png(void *context) {
    const Image *image = context;
    const EncodePicture out = {.format = ENCODE_PNG,
                               .width = image->width,
                               .height = image->height,
                               .channels = image->channels,
                               .bits = 8,
                               .level = 3,
                               .is_grey = true};
    Bytes file = {0};
    const Status status = encode_whole(&out, image->pixels, &file);
    bytes_free(&file);
    return status;
}

static void test_every_allocation_failing(void **state) {
    (void)state;
    need_counted_memory();
    Image image = picture(5, 3, 4, 8);
    assert_true(fail_each_allocation(write_png, &image) > 0);
    image_free(&image);
}

int main(int argc, char **argv) {
    pictures_load_metadata();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_exact),
        cmocka_unit_test(test_hidden_colours),
        cmocka_unit_test(test_near),
        cmocka_unit_test(test_mean_of_outputs),
        cmocka_unit_test(test_png),
        cmocka_unit_test(test_jpeg),
        cmocka_unit_test(test_with_a_profile_of_rgb),
        cmocka_unit_test(test_every_allocation_failing),
    };
    return RUN_TESTS("grey", argc, argv, tests);
}
