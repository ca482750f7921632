// Colours under transparency: what must stay, what must come, and from where.
#include "bleed_plain.h"
#include "failing_memory.h"
#include "image/bleed.h"
#include "test.h"

static uint32_t random_state;

static uint32_t random_below(uint32_t n) {
    random_state = random_state * 1664525u + 1013904223u;
    return (uint32_t)((uint64_t)random_state * n >> 32);
}

static Image picture(int width, int height, int channels, int bits) {
    Image image;
    if (image_create_deep(width, height, channels, bits, &image)) fail_msg("%s", status_message());
    return image;
}

static size_t n_samples(const Image *image) {
    return (size_t)image->width * (size_t)image->height * (size_t)image->channels;
}

static int get(const Image *image, size_t i) {
    return image->bits == 16 ? ((const uint16_t *)(const void *)image->pixels)[i] : image->pixels[i];
}

static void set(Image *image, size_t i, uint32_t value) {
    if (image->bits == 16)
        ((uint16_t *)(void *)image->pixels)[i] = (uint16_t)value;
    else
        image->pixels[i] = (uint8_t)value;
}

static void set_pixel(Image *image, int x, int y, uint32_t r, uint32_t g, uint32_t b, uint32_t a) {
    const size_t i = ((size_t)y * (size_t)image->width + (size_t)x) * 4;
    const uint32_t values[] = {r, g, b, a};
    for (size_t c = 0; c < 4; c++) set(image, i + c, values[c]);
}

static Image copy_of(const Image *image) {
    Image copy = picture(image->width, image->height, image->channels, image->bits);
    memcpy(copy.pixels, image->pixels, image_row_bytes(image) * (size_t)image->height);
    return copy;
}

static void bleed(Image *image) {
    if (bleed_colours(image)) fail_msg("%s", status_message());
}

// Noise under noise: `seen_in` of 100 pixels have some alpha.
static Image noise(int width, int height, int bits, uint32_t seen_in) {
    Image image = picture(width, height, 4, bits);
    const uint32_t full = (1u << bits) - 1;
    for (size_t i = 0; i < n_samples(&image); i++) {
        const bool is_alpha = i % 4 == 3;
        set(&image, i,
            !is_alpha                      ? random_below(full + 1)
            : random_below(100) >= seen_in ? 0
            : random_below(2)              ? full
                                           : 1 + random_below(full));
    }
    return image;
}

static const struct {
    int width, height;
} sizes[] = {{1, 1}, {1, 2}, {2, 1}, {3, 1}, {1, 64}, {17, 16}, {31, 7}, {64, 64}, {97, 101}};

enum { N_SIZES = sizeof sizes / sizeof *sizes };

static void test_what_is_seen_and_alpha_stay(void **state) {
    (void)state;
    random_state = 5;
    for (int bits = 8; bits <= 16; bits += 8) {
        for (int s = 0; s < N_SIZES; s++) {
            for (uint32_t seen_in = 0; seen_in <= 100; seen_in += 4) {
                Image image = noise(sizes[s].width, sizes[s].height, bits, seen_in), before = copy_of(&image);
                int low[3] = {65535, 65535, 65535}, high[3] = {0}, n_seen = 0;
                for (size_t i = 0; i < n_samples(&image); i += 4) {
                    if (!get(&before, i + 3)) continue;
                    n_seen++;
                    for (size_t c = 0; c < 3; c++) {
                        if (get(&before, i + c) < low[c]) low[c] = get(&before, i + c);
                        if (get(&before, i + c) > high[c]) high[c] = get(&before, i + c);
                    }
                }
                bleed(&image);
                for (size_t i = 0; i < n_samples(&image); i++) {
                    const bool may_change = n_seen && !get(&before, i | 3) && i % 4 != 3;
                    if (!may_change)
                        assert_int_equal(get(&image, i), get(&before, i));
                    else
                        assert_in_range(get(&image, i), low[i % 4], high[i % 4]); // an average of what is seen
                }
                image_free(&image);
                image_free(&before);
            }
        }
    }
}

static void test_one_colour_goes_everywhere(void **state) {
    (void)state;
    for (int bits = 8; bits <= 16; bits += 8) {
        const uint32_t full = (1u << bits) - 1;
        for (uint32_t alpha = 1; alpha <= full; alpha += full - 1) {
            Image image = noise(301, 211, bits, 0);
            for (int i = 0; i < 5; i++) set_pixel(&image, 3 + i, 200, 10, 200, 77, alpha); // up to 360 pixels away
            bleed(&image);
            for (size_t i = 0; i < n_samples(&image); i += 4) {
                assert_int_equal(get(&image, i), 10);
                assert_int_equal(get(&image, i + 1), 200);
                assert_int_equal(get(&image, i + 2), 77);
            }
            image_free(&image);
        }
    }
}

static void test_near_an_edge_its_own_colour(void **state) {
    (void)state;
    // red | 16 transparent columns | blue: each side's colour comes 8 columns far, and not the other's.
    enum { EDGE = 40, GAP = 16, WIDTH = EDGE + GAP + 25, HEIGHT = 30 };
    Image image = picture(WIDTH, HEIGHT, 4, 8);
    for (int y = 0; y < HEIGHT; y++) {
        for (int x = 0; x < WIDTH; x++) {
            if (x < EDGE)
                set_pixel(&image, x, y, 255, 0, 0, 255);
            else if (x < EDGE + GAP)
                set_pixel(&image, x, y, 0, 255, 0, 0);
            else
                set_pixel(&image, x, y, 0, 0, 255, 128);
        }
    }
    bleed(&image);
    for (int y = 0; y < HEIGHT; y++) {
        for (int x = EDGE; x < EDGE + GAP; x++) {
            const uint8_t *p = image.pixels + ((size_t)y * WIDTH + (size_t)x) * 4;
            const bool is_left = x < EDGE + GAP / 2;
            assert_int_equal(p[0], is_left ? 255 : 0);
            assert_int_equal(p[1], 0);
            assert_int_equal(p[2], is_left ? 0 : 255);
            assert_int_equal(p[3], 0);
        }
    }
    image_free(&image);
}

static void test_the_less_is_seen_the_less_it_counts(void **state) {
    (void)state;
    Image image = picture(3, 1, 4, 16);
    set_pixel(&image, 0, 0, 60000, 0, 40000, 60000);
    set_pixel(&image, 1, 0, 1, 2, 3, 0);
    set_pixel(&image, 2, 0, 0, 50000, 40000, 20000);
    bleed(&image); // three parts of the first, one of the last
    assert_int_equal(get(&image, 4), 45000);
    assert_int_equal(get(&image, 5), 12500);
    assert_int_equal(get(&image, 6), 40000);
    image_free(&image);
    image = picture(2, 2, 4, 8); // and a neighbour at the corner half as much as one at a side
    set_pixel(&image, 0, 0, 100, 0, 0, 255);
    set_pixel(&image, 1, 0, 0, 200, 0, 255);
    set_pixel(&image, 0, 1, 0, 0, 150, 255);
    set_pixel(&image, 1, 1, 9, 9, 9, 0);
    bleed(&image);
    assert_int_equal(get(&image, 12), 20);
    assert_int_equal(get(&image, 13), 80);
    assert_int_equal(get(&image, 14), 60);
    image_free(&image);
}

// What is not within the rectangle is not seen.
static void hide_outside(Image *image, int x, int y, int width, int height) {
    for (int v = 0; v < image->height; v++) {
        for (int u = 0; u < image->width; u++) {
            if (u >= x && u < x + width && v >= y && v < y + height) continue;
            set(image, ((size_t)v * (size_t)image->width + (size_t)u) * 4 + 3, 0);
        }
    }
}

static void assert_as_plainly(const Image *original) {
    Image image = copy_of(original), plain = copy_of(original);
    bleed(&image);
    if (plain_bleed(&plain)) fail_msg("%s", status_message());
    if (memcmp(image.pixels, plain.pixels, image_row_bytes(&image) * (size_t)image.height))
        fail_msg("%d x %d pixels of %d bits: not as plainly", image.width, image.height, image.bits);
    image_free(&image);
    image_free(&plain);
}

// Bit for bit as the plain loops have it, whatever is seen where.
static void test_as_plainly(void **state) {
    (void)state;
    random_state = 11;
    for (int i = 0; i < 400; i++) {
        const uint32_t side = i % 20 ? 60 : 230;
        const int width = 1 + (int)random_below(side), height = 1 + (int)random_below(side);
        static const uint32_t densities[] = {1, 3, 30, 100};
        Image image = noise(width, height, 8 + 8 * (int)random_below(2), densities[random_below(4)]);
        if (random_below(2)) {
            const int x = (int)random_below((uint32_t)width), y = (int)random_below((uint32_t)height);
            hide_outside(&image, x, y, 1 + (int)random_below((uint32_t)width), 1 + (int)random_below((uint32_t)height));
        }
        assert_as_plainly(&image);
        image_free(&image);
    }
    Image image = noise(600, 500, 8, 100); // a pyramid of many levels
    hide_outside(&image, 201, 97, 113, 40);
    assert_as_plainly(&image);
    image_free(&image);
}

// Of a large picture of which little is seen, little is kept; and the work can be stopped in between.
static void test_a_large_picture_in_steps(void **state) {
    (void)state;
    enum { SIDE = 3000, MANY = SIDE * SIDE };
    Image image = picture(SIDE, SIDE, 4, 8);
    memset(image.pixels, 0, (size_t)MANY * 4);
    set_pixel(&image, 7, 2990, 10, 200, 77, 255);
    Bleed *steps;
    int n = 0;
    count_memory(-1);
    assert_int_equal(bleed_begin(&image, &steps), STATUS_OK);
    for (; !bleed_is_done(steps); n++) assert_int_equal(bleed_step(steps), STATUS_OK);
    assert_int_equal(bleed_step(steps), STATUS_OK);
    bleed_free(steps);
    bleed_free(NULL);
    assert_in_range(n, 4, 100);
    assert_in_range(memory.largest, 0, MANY / 10);
    for (size_t i = 0; i < n_samples(&image); i += 4) {
        if (image.pixels[i] != 10 || image.pixels[i + 1] != 200 || image.pixels[i + 2] != 77) fail_msg("sample %zu", i);
    }
    image_free(&image);
}

static void test_without_alpha(void **state) {
    (void)state;
    Image image = picture(5, 3, 3, 8);
    memset(image.pixels, 0, 45);
    bleed(&image);
    for (int i = 0; i < 45; i++) assert_int_equal(image.pixels[i], 0);
    image_free(&image);
}

typedef struct Pictures {
    Image image, before;
} Pictures;

// A picture that failed is as it was.
static Status bleed_or_keep(void *context) {
    Pictures *pictures = context;
    const Status status = bleed_colours(&pictures->image);
    if (status) assert_memory_equal(pictures->image.pixels, pictures->before.pixels, 20 * 20 * 4);
    return status;
}

static Status bleed_in_steps(void *context) {
    Pictures *pictures = context;
    Bleed *steps;
    Status status = bleed_begin(&pictures->image, &steps);
    if (status) return status;
    while (!status && !bleed_is_done(steps)) status = bleed_step(steps);
    bleed_free(steps);
    if (status) assert_memory_equal(pictures->image.pixels, pictures->before.pixels, 20 * 20 * 4);
    return status;
}

static void test_every_allocation_failing(void **state) {
    (void)state;
    need_counted_memory();
    random_state = 9;
    Pictures pictures = {.image = noise(20, 20, 8, 10)};
    hide_outside(&pictures.image, 0, 0, 5, 5);
    pictures.before = copy_of(&pictures.image);
    assert_true(fail_each_allocation(bleed_in_steps, &pictures) > 2);
    memcpy(pictures.image.pixels, pictures.before.pixels, 20 * 20 * 4);
    assert_true(fail_each_allocation(bleed_or_keep, &pictures) > 1);
    image_free(&pictures.image);
    image_free(&pictures.before);
}

int main(int argc, char **argv) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_is_seen_and_alpha_stay),
        cmocka_unit_test(test_one_colour_goes_everywhere),
        cmocka_unit_test(test_near_an_edge_its_own_colour),
        cmocka_unit_test(test_the_less_is_seen_the_less_it_counts),
        cmocka_unit_test(test_as_plainly),
        cmocka_unit_test(test_a_large_picture_in_steps),
        cmocka_unit_test(test_without_alpha),
        cmocka_unit_test(test_every_allocation_failing),
    };
    return RUN_TESTS("bleed", argc, argv, tests);
}
