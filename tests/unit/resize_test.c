// Resizing to the bit as Pillow and torchvision do, on pictures made by the formula of resize_fixtures.py.
#include "core/parallel.h"
#include "failing_memory.h"
#include "image/resize_pillow.h"
#include "image/rgb.h"
#include "picture_fixtures.h"
#include "resize_picture.h"
#include "test.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))
enum { GUARD = 64, GUARD_BYTE = 0xA5 };

static uint32_t fnv(const uint8_t *bytes, size_t size) {
    uint32_t hash = 2166136261u;
    for (size_t i = 0; i < size; i++) hash = (hash ^ bytes[i]) * 16777619u;
    return hash;
}

enum { FILE_SIDE = 32 };

// The whole picture to another size.
typedef struct WholeCase {
    int width, height, to_width, to_height;
    uint32_t bilinear, bicubic;
} WholeCase;

// torchvision's Resize(side, BICUBIC) and CenterCrop(side).
typedef struct CentredCase {
    int width, height, side;
    uint32_t hash;
} CentredCase;

// Files of the set "image": opened, convert('RGB'), Resize(FILE_SIDE, BICUBIC), CenterCrop(FILE_SIDE); or laid on
// white, with white margins to a square, resize(FILE_SIDE, BICUBIC).
typedef struct FileCase {
    const char *name;
    uint32_t hash;
} FileCase;

static WholeCase *whole_cases;
static CentredCase *centred_cases;
static CentredCase *square_cases; // with white margins
static FileCase *file_cases, *white_cases;
static uint32_t alphas_hash;
static int n_whole, n_centred, n_squares, n_files, n_whites;

static CentredCase *load_sided_cases(Fixtures *set, const char *table, int *n) {
    CentredCase *cases = fixtures_table(set, table, sizeof *cases, n);
    for (CentredCase *at = cases; at < cases + *n; at++) {
        at->width = fixtures_int(set);
        at->height = fixtures_int(set);
        at->side = fixtures_int(set);
        at->hash = fixtures_unsigned(set);
    }
    return cases;
}

static FileCase *load_file_cases(Fixtures *set, const char *table, int *n) {
    FileCase *cases = fixtures_table(set, table, sizeof *cases, n);
    for (FileCase *at = cases; at < cases + *n; at++) {
        at->name = fixtures_text(set);
        at->hash = fixtures_unsigned(set);
    }
    return cases;
}

static void load_cases(void) {
    Fixtures set = fixtures_open("resize");
    whole_cases = fixtures_table(&set, "whole", sizeof *whole_cases, &n_whole);
    for (WholeCase *at = whole_cases; at < whole_cases + n_whole; at++) {
        at->width = fixtures_int(&set);
        at->height = fixtures_int(&set);
        at->to_width = fixtures_int(&set);
        at->to_height = fixtures_int(&set);
        at->bilinear = fixtures_unsigned(&set);
        at->bicubic = fixtures_unsigned(&set);
    }
    centred_cases = load_sided_cases(&set, "centred", &n_centred);
    file_cases = load_file_cases(&set, "files", &n_files);
    square_cases = load_sided_cases(&set, "squares", &n_squares);
    white_cases = load_file_cases(&set, "white", &n_whites);
    int n;
    free(fixtures_table(&set, "alphas", sizeof alphas_hash, &n));
    alphas_hash = fixtures_unsigned(&set);
    fixtures_close(&set);
}

static uint32_t resized_hash(const Image *image, ResizePillowFilter filter, ResizePillowTarget target) {
    const size_t size = (size_t)target.crop_width * (size_t)target.crop_height * 3;
    uint8_t *out = malloc(size + GUARD);
    assert_non_null(out);
    memset(out, GUARD_BYTE, size + GUARD);
    if (resize_pillow(image, filter, target, out)) fail_msg("%s", status_message());
    for (size_t i = 0; i < GUARD; i++) assert_int_equal(out[size + i], GUARD_BYTE);
    const uint32_t hash = fnv(out, size);
    free(out);
    return hash;
}

static void test_whole_pictures_as_pillow(void **state) {
    (void)state;
    for (int i = 0; i < n_whole; i++) {
        Image image = picture(whole_cases[i].width, whole_cases[i].height, (uint32_t)i);
        const int width = whole_cases[i].to_width, height = whole_cases[i].to_height;
        const ResizePillowTarget target = {width, height, 0, 0, width, height};
        if (resized_hash(&image, RESIZE_PILLOW_BILINEAR, target) != whole_cases[i].bilinear)
            fail_msg("bilinear, case %d", i);
        if (resized_hash(&image, RESIZE_PILLOW_BICUBIC, target) != whole_cases[i].bicubic)
            fail_msg("bicubic, case %d", i);
        image_free(&image);
    }
}

static void test_centres_as_torchvision(void **state) {
    (void)state;
    for (int threads = 1; threads <= 2; threads++) {
        assert_int_equal(parallel_start(threads), STATUS_OK);
        for (int i = 0; i < n_centred; i++) {
            const int width = centred_cases[i].width, height = centred_cases[i].height, side = centred_cases[i].side;
            Image image = picture(width, height, (uint32_t)i);
            const ResizePillowTarget target = resize_pillow_centre(width, height, side);
            if (resized_hash(&image, RESIZE_PILLOW_BICUBIC, target) != centred_cases[i].hash) fail_msg("case %d", i);
            image_free(&image);
        }
        parallel_stop();
    }
}

static void test_the_largest_sides(void **state) {
    (void)state;
    const ResizePillowTarget target = resize_pillow_centre(IMAGE_MAX_SIDE, 1, 224);
    assert_int_equal(target.width, 224 * IMAGE_MAX_SIDE);
    assert_int_equal(target.height, 224);
    assert_int_equal(target.x, (224 * IMAGE_MAX_SIDE - 224) / 2);
    Image image = picture(IMAGE_MAX_SIDE, 1, 1);
    (void)resized_hash(&image, RESIZE_PILLOW_BICUBIC, target);
    image_free(&image);
}

static void test_rgb_of_other_pictures(void **state) {
    (void)state;
    for (int bits = 8; bits <= 16; bits += 8) {
        for (int channels = 3; channels <= 4; channels++) {
            Image image;
            assert_int_equal(image_create_deep(5, 4, channels, bits, &image), STATUS_OK);
            for (int i = 0; i < 5 * 4 * channels; i++) {
                // the lower byte of 16 bits does not count, even 0xFF
                if (bits == 16)
                    ((uint16_t *)(void *)image.pixels)[i] = (uint16_t)(i * 3 << 8 | (i % 2 ? 0xFF : 0));
                else
                    image.pixels[i] = (uint8_t)(i * 3);
            }
            rgb_convert(&image);
            assert_int_equal(image.channels, 3);
            assert_int_equal(image.bits, 8);
            for (int i = 0; i < 5 * 4 * 3; i++) assert_int_equal(image.pixels[i], (i / 3 * channels + i % 3) * 3);
            image_free(&image);
        }
    }
}

static uint32_t centre_hash(Image *image) {
    rgb_convert(image);
    return resized_hash(image, RESIZE_PILLOW_BICUBIC, resize_pillow_centre(image->width, image->height, FILE_SIDE));
}

static uint32_t square_hash(const Image *image, int side) {
    const size_t size = (size_t)side * (size_t)side * 3;
    uint8_t *out = malloc(size);
    assert_non_null(out);
    if (resize_pillow_white_square(image, RESIZE_PILLOW_BICUBIC, side, out)) fail_msg("%s", status_message());
    const uint32_t hash = fnv(out, size);
    free(out);
    return hash;
}

static uint32_t white_hash(Image *image) {
    rgb_lay_on_white(image);
    return square_hash(image, FILE_SIDE);
}

static void check_files(const FileCase *cases, int n, uint32_t (*hash)(Image *image)) {
    int next = 0;
    for (int i = 0; i < n_fixtures && next < n; i++) {
        Image image;
        if (strcmp(fixtures[i].name, cases[next].name) != 0) continue;
        if (rgb_decode(fixtures[i].file, fixtures[i].size, NULL, &image)) fail_msg("%s", status_message());
        if (hash(&image) != cases[next].hash) fail_msg("%s", fixtures[i].name);
        image_free(&image);
        next++;
    }
    assert_int_equal(next, n);
}

static void test_files_as_pillow(void **state) {
    (void)state;
    check_files(file_cases, n_files, centre_hash);
}

static void test_files_on_white(void **state) {
    (void)state;
    check_files(white_cases, n_whites, white_hash);
}

static void test_white_squares_as_pillow(void **state) {
    (void)state;
    for (int i = 0; i < n_squares; i++) {
        Image image = picture(square_cases[i].width, square_cases[i].height, (uint32_t)i);
        if (square_hash(&image, square_cases[i].side) != square_cases[i].hash) fail_msg("case %d", i);
        image_free(&image);
    }
}

// A pixel of each value and alpha, in 8 bits and in 16.
static void test_all_alphas_on_white(void **state) {
    (void)state;
    for (int bits = 8; bits <= 16; bits += 8) {
        Image image;
        assert_int_equal(image_create_deep(256, 256, 4, bits, &image), STATUS_OK);
        uint16_t *deep = (uint16_t *)(void *)image.pixels;
        for (int i = 0; i < 256 * 256; i++) {
            const int alpha = i / 256, value = i % 256, samples[] = {value, 255 - value, value ^ alpha, alpha};
            for (int c = 0; c < 4; c++) {
                if (bits == 8) image.pixels[i * 4 + c] = (uint8_t)samples[c];
                if (bits == 16) deep[i * 4 + c] = (uint16_t)(samples[c] << 8 | c);
            }
        }
        rgb_lay_on_white(&image);
        assert_int_equal(image.channels, 3);
        assert_int_equal(fnv(image.pixels, 256 * 256 * 3), alphas_hash);
        image_free(&image);
    }
}

static Status resize_centre(void *image) {
    uint8_t out[20 * 20 * 3];
    return resize_pillow(image, RESIZE_PILLOW_BICUBIC, resize_pillow_centre(30, 40, 20), out);
}

static void test_every_failing_allocation(void **state) {
    (void)state;
    need_counted_memory();
    Image image = picture(30, 40, 1);
    assert_int_equal(fail_each_allocation(resize_centre, &image), 11); // five for each side, one for the rows
    image_free(&image);
}

int main(int argc, char **argv) {
    pictures_load("image");
    load_cases();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_whole_pictures_as_pillow), cmocka_unit_test(test_centres_as_torchvision),
        cmocka_unit_test(test_the_largest_sides),        cmocka_unit_test(test_rgb_of_other_pictures),
        cmocka_unit_test(test_files_as_pillow),          cmocka_unit_test(test_every_failing_allocation),
        cmocka_unit_test(test_files_on_white),           cmocka_unit_test(test_white_squares_as_pillow),
        cmocka_unit_test(test_all_alphas_on_white),
    };
    return RUN_TESTS("resize", argc, argv, tests);
}
