// Decoders and the PNG encoder: every kind of file, cut, damaged and huge ones, and memory that runs out.
#include <stdbool.h>

#include "image/encode_png.h"
#include "image/image.h"
#include "image_fixtures.h"
#include "test.h"

enum { N_FIXTURES = sizeof fixtures / sizeof *fixtures };

// ---- allocations, counted and made to fail; linked with -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc,--wrap=free

static struct {
    long fail_at; // the how-manieth allocation fails; -1: none
    long n;       // allocations so far
    long n_live;
    size_t largest;
} memory = {.fail_at = -1};

#ifndef __EMSCRIPTEN__
void *__real_malloc(size_t size);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *old, size_t size);
void __real_free(void *old);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *old, size_t size);
void __wrap_free(void *old);

static bool may_allocate(size_t size) {
    if (size > memory.largest) memory.largest = size;
    return memory.n++ != memory.fail_at;
}

void *__wrap_malloc(size_t size) {
    void *made = may_allocate(size) ? __real_malloc(size) : NULL;
    memory.n_live += made != NULL;
    return made;
}

void *__wrap_calloc(size_t n, size_t size) {
    void *made = may_allocate(n * size) ? __real_calloc(n, size) : NULL;
    memory.n_live += made != NULL;
    return made;
}

void *__wrap_realloc(void *old, size_t size) {
    void *made = may_allocate(size) ? __real_realloc(old, size) : NULL;
    memory.n_live += made != NULL && old == NULL;
    return made;
}

void __wrap_free(void *old) {
    memory.n_live -= old != NULL;
    __real_free(old);
}
#endif

static void need_counted_memory(void) {
#ifdef __EMSCRIPTEN__
    print_message("# skipped: the WebAssembly build does not wrap malloc\n");
    skip();
#endif
}

static void count_memory(long fail_at) {
    memory.fail_at = fail_at;
    memory.n = 0;
    memory.largest = 0;
}

// ---- decoding

// From memory of exactly `size` bytes, so that a sanitizer sees a byte read too far.
static Status decode_exactly(const uint8_t *bytes, size_t size, Image *out) {
    uint8_t *copy = malloc(size ? size : 1);
    assert_non_null(copy);
    memcpy(copy, bytes, size);
    Status status = image_decode(copy, size, out);
    free(copy);
    return status;
}

static void assert_is(const struct Fixture *fixture, const Image *image) {
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
    for (int i = 0; i < N_FIXTURES; i++) {
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

#define ASSERT_REFUSED(name, status, sentence) assert_refused(#name, name##_file, sizeof name##_file, status, sentence)
#define ANY "Expected a PNG, JPEG, WebP or BMP picture but found "
#define AT_MOST "; at most 65535 a side and 268435456 in all."

static void test_refused_files(void **state) {
    (void)state;
    static const uint8_t text_file[] = "Not a picture at all,\nbut called one.\n";
    static const uint8_t binary_file[] = {0, 1, 2, 3, 200};
    static const uint8_t avif_file[] = "\0\0\0\x1c" "ftypavif\0\0\0\0";
    assert_refused("empty", text_file, 0, STATUS_BAD_FORMAT, ANY "an empty file.");
    ASSERT_REFUSED(text, STATUS_BAD_FORMAT, ANY "an unknown kind of file of 39 bytes."); // its terminator is part of it
    assert_refused("text", text_file, sizeof text_file - 1, STATUS_BAD_FORMAT, ANY "text.");
    ASSERT_REFUSED(binary, STATUS_BAD_FORMAT, ANY "an unknown kind of file of 5 bytes.");
    ASSERT_REFUSED(gif, STATUS_UNSUPPORTED, ANY "a GIF file.");
    ASSERT_REFUSED(avif, STATUS_UNSUPPORTED, ANY "an AVIF file.");

    ASSERT_REFUSED(png_broken_crc, STATUS_BAD_FORMAT, "The PNG file is damaged (IDAT: CRC error).");
    ASSERT_REFUSED(png_broken_data, STATUS_BAD_FORMAT, "The PNG file is damaged (IDAT: incorrect data check).");
    ASSERT_REFUSED(png_broken_trns_crc, STATUS_BAD_FORMAT, "The PNG file is damaged (tRNS: CRC error).");
    ASSERT_REFUSED(png_missing_rows, STATUS_BAD_FORMAT, "The PNG file is damaged (Not enough image data).");
    ASSERT_REFUSED(png_without_data, STATUS_BAD_FORMAT, "The PNG file is damaged (IEND: out of place).");
    ASSERT_REFUSED(png_through_a_text_editor, STATUS_BAD_FORMAT,
                   "The PNG file is damaged (PNG file corrupted by ASCII conversion).");
    ASSERT_REFUSED(png_0x0, STATUS_BAD_FORMAT, "The PNG file has no pixels: its size is 0 x 0.");
    ASSERT_REFUSED(png_7x0, STATUS_BAD_FORMAT, "The PNG file has no pixels: its size is 7 x 0.");
    ASSERT_REFUSED(png_65536x1, STATUS_UNSUPPORTED, "The PNG file is too large: 65536 x 1 pixels" AT_MOST);
    ASSERT_REFUSED(png_animated, STATUS_UNSUPPORTED, "Expected a still picture but the PNG file is animated.");
    ASSERT_REFUSED(webp_animated, STATUS_UNSUPPORTED, "Expected a still picture but the WebP file is animated.");
    ASSERT_REFUSED(bmp_rle, STATUS_UNSUPPORTED, "The BMP file is not supported: it is run-length encoded.");
    ASSERT_REFUSED(bmp_0x5, STATUS_BAD_FORMAT, "The BMP file has no pixels: its size is 0 x 5.");
    ASSERT_REFUSED(jpeg_0x7, STATUS_BAD_FORMAT, "The JPEG file has no pixels: its size is 0 x 7.");
    ASSERT_REFUSED(jpeg_12_bits, STATUS_UNSUPPORTED,
                   "The JPEG file is not supported: it has other than 8 bits a sample.");
    ASSERT_REFUSED(jpeg_without_end, STATUS_BAD_FORMAT,
                   "The JPEG file ends too early: more was expected after its 161 bytes.");
}

static void test_huge_files_before_any_allocation(void **state) {
    (void)state;
    count_memory(-1);
    ASSERT_REFUSED(png_60000x60000, STATUS_UNSUPPORTED, "The PNG file is too large: 60000 x 60000 pixels" AT_MOST);
    ASSERT_REFUSED(jpeg_60000x60000, STATUS_UNSUPPORTED, "The JPEG file is too large: 60000 x 60000 pixels" AT_MOST);
    ASSERT_REFUSED(bmp_60000x60000, STATUS_UNSUPPORTED, "The BMP file is too large: 60000 x 60000 pixels" AT_MOST);
    need_counted_memory();
    assert_true(memory.largest > 0); // or malloc is not wrapped
    assert_in_range(memory.largest, 1, 64 * 1024);
}

static void test_every_truncation(void **state) {
    (void)state;
    for (int i = 0; i < N_FIXTURES; i++) {
        const struct Fixture *fixture = &fixtures[i];
        bool is_bmp = !memcmp(fixture->name, "bmp", 3);
        for (size_t size = 0; size < fixture->size; size++) {
            Image image;
            Status status = decode_exactly(fixture->file, size, &image);
            if (!status) {
                // Only the padding of a BMP's last row may be missing.
                if (!is_bmp || fixture->size - size > 3) fail_msg("%s: took %zu bytes for a file", fixture->name, size);
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
    for (int i = 0; i < N_FIXTURES; i++) {
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
        const struct Fixture *fixture = &fixtures[random_below(N_FIXTURES)];
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

static void test_damaged_bmp(void **state) {
    (void)state;
    damage("bmp");
}

// ---- encoding

enum { WIDTH = 37, HEIGHT = 23, STRIDE = WIDTH * 4 + 5 };
static uint8_t picture[HEIGHT * STRIDE];

static int fill_picture(void **state) {
    (void)state;
    random_state = 7;
    for (size_t i = 0; i < sizeof picture; i++) picture[i] = (uint8_t)(i / 3 + random_below(9));
    return 0;
}

// Writes the picture in batches of 1, 2, 3 … rows, taking away what is ready after each.
static Status encode(int channels, int level, Bytes *file) {
    Bytes sink = {0};
    EncodePng *png = NULL;
    Status status = encode_png_begin(WIDTH, HEIGHT, channels, level, &sink, &png);
    for (int y = 0, n_rows = 1; !status && y < HEIGHT; y += n_rows++) {
        if (n_rows > HEIGHT - y) n_rows = HEIGHT - y;
        status = encode_png_rows(png, picture + y * STRIDE, STRIDE, n_rows);
        if (!status) status = bytes_append(file, sink.data, sink.size);
        bytes_clear(&sink);
    }
    if (!status) status = encode_png_finish(png);
    if (!status) status = bytes_append(file, sink.data, sink.size);
    encode_png_free(png);
    bytes_free(&sink);
    return status;
}

static void assert_is_picture(const Bytes *file, int channels) {
    Image image;
    assert_int_equal(decode_exactly(file->data, file->size, &image), STATUS_OK);
    assert_int_equal(image.width, WIDTH);
    assert_int_equal(image.height, HEIGHT);
    assert_int_equal(image.channels, channels);
    int row_bytes = WIDTH * channels;
    for (int y = 0; y < HEIGHT; y++) {
        assert_memory_equal(image.pixels + y * row_bytes, picture + y * STRIDE, (size_t)row_bytes);
    }
    image_free(&image);
}

static void test_encoded_and_decoded_again(void **state) {
    (void)state;
    for (int channels = 3; channels <= 4; channels++) {
        for (int level = 1; level <= 9; level++) {
            Bytes file = {0};
            assert_int_equal(encode(channels, level, &file), STATUS_OK);
            assert_is_picture(&file, channels);
            bytes_free(&file);
        }
    }
}

static void test_wrong_number_of_rows(void **state) {
    (void)state;
    Bytes sink = {0};
    EncodePng *png;
    assert_int_equal(encode_png_begin(WIDTH, HEIGHT, 3, 1, &sink, &png), STATUS_OK);
    assert_int_equal(encode_png_rows(png, picture, STRIDE, HEIGHT - 1), STATUS_OK);
    assert_int_equal(encode_png_finish(png), STATUS_INTERNAL);
    assert_string_equal(status_message(), "The PNG of 23 rows was given only 22.");
    assert_int_equal(encode_png_rows(png, picture, STRIDE, 2), STATUS_INTERNAL);
    assert_string_equal(status_message(), "The PNG of 23 rows was given more than that.");
    assert_int_equal(encode_png_rows(png, picture + (HEIGHT - 1) * STRIDE, STRIDE, 1), STATUS_OK);
    assert_int_equal(encode_png_finish(png), STATUS_OK);
    assert_is_picture(&sink, 3);
    encode_png_free(png);
    encode_png_free(NULL);
    bytes_free(&sink);
}

static void test_encoder_arguments(void **state) {
    (void)state;
    Bytes sink = {0};
    EncodePng *png;
    assert_int_equal(encode_png_begin(0, 5, 3, 1, &sink, &png), STATUS_BAD_ARGUMENT);
    assert_string_equal(status_message(), "Expected at least 1 x 1 pixels for PNG but received 0 x 5.");
    assert_int_equal(encode_png_begin(5, 5, 2, 1, &sink, &png), STATUS_BAD_ARGUMENT);
    assert_string_equal(status_message(), "Expected 3 or 4 for channels but received 2.");
    assert_int_equal(encode_png_begin(5, 5, 3, 10, &sink, &png), STATUS_BAD_ARGUMENT);
    assert_string_equal(status_message(), "Expected 1 to 9 for level but received 10.");
    // What is made is larger than what is read.
    assert_int_equal(encode_png_begin(4 * IMAGE_MAX_SIDE, 4 * IMAGE_MAX_SIDE, 4, 1, &sink, &png), STATUS_OK);
    encode_png_free(png);
    bytes_free(&sink);
}

static void test_image_create(void **state) {
    (void)state;
    Image image = {0};
    assert_int_equal(image_create(0, 5, 3, &image), STATUS_BAD_ARGUMENT);
    assert_int_equal(image_create(5, -1, 3, &image), STATUS_BAD_ARGUMENT);
    assert_int_equal(image_create(5, 5, 2, &image), STATUS_BAD_ARGUMENT);
    assert_int_equal(image_create(IMAGE_MAX_SIDE + 1, 1, 3, &image), STATUS_UNSUPPORTED);
    assert_int_equal(image_create(1 << 15, (1 << 13) + 1, 3, &image), STATUS_UNSUPPORTED);
    assert_null(image.pixels);
    assert_int_equal(image_create(IMAGE_MAX_SIDE, 1, 4, &image), STATUS_OK);
    memset(image.pixels, 1, IMAGE_MAX_SIDE * 4);
    image_free(&image);
    image_free(&image);
}

// ---- memory that runs out

static void test_decoding_with_every_allocation_failing(void **state) {
    (void)state;
    need_counted_memory();
    for (int i = 0; i < N_FIXTURES; i++) {
        for (long fail_at = 0;; fail_at++) {
            assert_in_range(fail_at, 0, 1000);
            Image image = {0};
            long n_live = memory.n_live;
            count_memory(fail_at);
            Status status = image_decode(fixtures[i].file, fixtures[i].size, &image);
            bool has_failed = memory.n > fail_at;
            memory.fail_at = -1;
            // libwebp takes some of its small tables that it has no memory for as damage.
            bool is_webp = !strncmp(fixtures[i].name, "webp", 4);
            bool is_right = has_failed ? status == STATUS_NO_MEMORY || (is_webp && status == STATUS_BAD_FORMAT)
                                       : status == STATUS_OK;
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

static void test_encoding_with_every_allocation_failing(void **state) {
    (void)state;
    need_counted_memory();
    for (long fail_at = 0;; fail_at++) {
        assert_in_range(fail_at, 0, 1000);
        Bytes file = {0};
        long n_live = memory.n_live;
        count_memory(fail_at);
        Status status = encode(4, 6, &file);
        bool has_failed = memory.n > fail_at;
        memory.fail_at = -1;
        assert_int_equal(status, has_failed ? STATUS_NO_MEMORY : STATUS_OK);
        if (!status) assert_is_picture(&file, 4);
        bytes_free(&file);
        assert_int_equal(memory.n_live, n_live);
        if (!has_failed) {
            assert_true(fail_at > 0);
            break;
        }
    }
}

int main(int argc, char **argv) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_kind_of_file),
        cmocka_unit_test(test_refused_files),
        cmocka_unit_test(test_huge_files_before_any_allocation),
        cmocka_unit_test(test_every_truncation),
        cmocka_unit_test(test_bytes_after_the_end),
        cmocka_unit_test(test_damaged_png),
        cmocka_unit_test(test_damaged_jpeg),
        cmocka_unit_test(test_damaged_webp),
        cmocka_unit_test(test_damaged_bmp),
        cmocka_unit_test(test_encoded_and_decoded_again),
        cmocka_unit_test(test_wrong_number_of_rows),
        cmocka_unit_test(test_encoder_arguments),
        cmocka_unit_test(test_image_create),
        cmocka_unit_test(test_decoding_with_every_allocation_failing),
        cmocka_unit_test(test_encoding_with_every_allocation_failing),
    };
    fill_picture(NULL);
    return RUN_TESTS("image", argc, argv, tests);
}
