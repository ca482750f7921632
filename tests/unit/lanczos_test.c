// Lanczos' filter in linear light: beside Pillow's numbers (lanczos_fixtures.py), beside the formula written plainly,
// and what it must keep exactly.
#include "image/lanczos.h"

#include <math.h>
#include <string.h>

#include "failing_memory.h"
#include "fixtures.h"
#include "test.h"

enum { ALPHA = 3 };

// Its samples are 16 bits each, whatever the picture has.
typedef struct Case {
    LanczosShape shape;
    FixtureBytes samples, expected;
} Case;

static Case *cases;
static int n_cases;

static void load_cases(void) {
    Fixtures set = fixtures_open("lanczos");
    cases = fixtures_table(&set, "cases", sizeof *cases, &n_cases);
    for (Case *at = cases; at < cases + n_cases; at++) {
        LanczosShape *shape = &at->shape;
        shape->in_width = fixtures_int(&set);
        shape->in_height = fixtures_int(&set);
        shape->channels = fixtures_int(&set);
        shape->bits = fixtures_int(&set);
        shape->out_width = fixtures_int(&set);
        shape->out_height = fixtures_int(&set);
        at->samples = fixtures_bytes(&set);
        at->expected = fixtures_bytes(&set);
    }
    fixtures_close(&set);
}

static int sample_at(FixtureBytes bytes, size_t i) { return bytes.data[2 * i] + 256 * bytes.data[2 * i + 1]; }

static void put(uint8_t *rows, int bits, size_t i, int value) {
    if (bits == 8)
        rows[i] = (uint8_t)value;
    else
        ((uint16_t *)(void *)rows)[i] = (uint16_t)value;
}

static int get(const uint8_t *rows, int bits, size_t i) {
    return bits == 8 ? rows[i] : ((const uint16_t *)(const void *)rows)[i];
}

static size_t in_samples(LanczosShape shape) { return (size_t)(shape.in_width * shape.in_height * shape.channels); }
static size_t out_samples(LanczosShape shape) { return (size_t)(shape.out_width * shape.out_height * shape.channels); }

// All rows that come out, which the caller frees. None may come before the picture's rows that it needs.
static uint8_t *resize(LanczosShape shape, const uint8_t *in) {
    const size_t bytes = (size_t)(shape.bits / 8), in_row = (size_t)(shape.in_width * shape.channels) * bytes;
    const size_t out_row = (size_t)(shape.out_width * shape.channels) * bytes;
    uint8_t *out = malloc(out_row * (size_t)shape.out_height);
    assert_non_null(out);
    Lanczos *lanczos;
    int n = 0;
    assert_int_equal(lanczos_begin(shape, &lanczos), STATUS_OK);
    for (int y = 0; y < shape.in_height; y++) {
        lanczos_add(lanczos, in + (size_t)y * in_row);
        for (const uint8_t *row; (row = lanczos_take(lanczos)); n++) {
            assert_true(n < shape.out_height);
            memcpy(out + (size_t)n * out_row, row, out_row);
        }
    }
    assert_int_equal(n, shape.out_height);
    lanczos_end(lanczos);
    return out;
}

static uint8_t *packed(const Case *at) {
    const size_t n = in_samples(at->shape);
    uint8_t *in = malloc(n * (size_t)(at->shape.bits / 8));
    assert_non_null(in);
    for (size_t i = 0; i < n; i++) put(in, at->shape.bits, i, sample_at(at->samples, i));
    return in;
}

// ---- beside Pillow

// Both work with floats, but add in another order: values in the middle between two levels may fall to either side, and
// at 16 bits a step of a dark level is 1e-6 of white, as large as the rounding of sums. Colours divided by little alpha
// have that many times the difference: below a quarter they are not compared, the next test does.
static void test_as_pillow(void **state) {
    (void)state;
    for (const Case *at = cases; at < cases + n_cases; at++) {
        uint8_t *in = packed(at), *out = resize(at->shape, in);
        const int channels = at->shape.channels, bits = at->shape.bits, tolerance = bits == 8 ? 1 : 4;
        for (size_t i = 0; i < out_samples(at->shape); i++) {
            const size_t alpha = i - i % (size_t)channels + ALPHA;
            const bool is_clear = channels == 4 && i != alpha && sample_at(at->expected, alpha) < (1 << bits) / 4;
            if (!is_clear && abs(get(out, bits, i) - sample_at(at->expected, i)) > tolerance)
                fail_msg("case %d, sample %zu: %d, expected %d", (int)(at - cases), i, get(out, bits, i),
                         sample_at(at->expected, i));
        }
        free(in);
        free(out);
    }
}

// ---- beside the formula

static double light(double v) { return v <= 0.04045 ? v / 12.92 : pow((v + 0.055) / 1.055, 2.4); }
static double level(double v) { return v <= 0.0031308 ? 12.92 * v : 1.055 * pow(v, 1 / 2.4) - 0.055; }

static double sinc(double x) { return x == 0 ? 1 : sin(acos(-1) * x) / (acos(-1) * x); }

// Of sample i of an output of `out` samples, the weight of sample x of the input, not yet divided by their sum.
static double weight(int x, int i, int in, int out) {
    const double stretch = in > out ? (double)in / out : 1, d = (x + 0.5 - (i + 0.5) * in / out) / stretch;
    return fabs(d) < 3 ? sinc(d) * sinc(d / 3) : 0;
}

// Light of channel c, weighed by alpha; channel ALPHA: alpha itself.
static double plain(const Case *at, int x, int y, int c) {
    const LanczosShape *s = &at->shape;
    const double most = (1 << s->bits) - 1;
    double sum = 0, weights = 0;
    for (int j = 0; j < s->in_height; j++) {
        for (int i = 0; i < s->in_width; i++) {
            const size_t pixel = (size_t)((j * s->in_width + i) * s->channels);
            const double alpha = s->channels == 4 ? sample_at(at->samples, pixel + ALPHA) / most : 1;
            const double value = c == ALPHA ? alpha : alpha * light(sample_at(at->samples, pixel + (size_t)c) / most);
            const double w = weight(i, x, s->in_width, s->out_width) * weight(j, y, s->in_height, s->out_height);
            sum += w * value;
            weights += w;
        }
    }
    return sum / weights;
}

static double within(double v) { return v < 0 ? 0 : v > 1 ? 1 : v; }

// Colours under little alpha may differ by as much as alpha's rounding allows, divided by it.
static void compare_pixel(const Case *at, const uint8_t *out, int x, int y) {
    const LanczosShape *s = &at->shape;
    const double most = (1 << s->bits) - 1, alpha = s->channels == 4 ? plain(at, x, y, ALPHA) : 1;
    const size_t pixel = (size_t)((y * s->out_width + x) * s->channels);
    if (s->channels == 4) assert_true(fabs(get(out, s->bits, pixel + ALPHA) - most * within(alpha)) < 0.51);
    for (int c = 0; c < ALPHA && alpha * most >= 1; c++) {
        const double expected = most * level(within(plain(at, x, y, c) / alpha));
        const double allowed = 0.51 + (s->bits == 8 ? 0.01 : 2.5) / alpha;
        assert_true(fabs(get(out, s->bits, pixel + (size_t)c) - expected) < allowed);
    }
}

static void test_as_the_formula_says(void **state) {
    (void)state;
    for (const Case *at = cases; at < cases + n_cases; at++) {
        uint8_t *in = packed(at), *out = resize(at->shape, in);
        for (int y = 0; y < at->shape.out_height; y++)
            for (int x = 0; x < at->shape.out_width; x++) compare_pixel(at, out, x, y);
        free(in);
        free(out);
    }
}

// ---- what is kept

static const LanczosShape shapes[] = {
    {20, 15, 7, 9, 3, 8}, {20, 15, 41, 33, 3, 16}, {20, 15, 1, 1, 4, 8}, {3, 2, 40, 30, 4, 16}, {20, 15, 20, 3, 4, 8},
};

// One colour and alpha everywhere stay, to the level, at 8 and 16 bits.
static void test_a_flat_picture_stays(void **state) {
    (void)state;
    for (size_t k = 0; k < sizeof shapes / sizeof shapes[0]; k++) {
        const LanczosShape s = shapes[k];
        const int most = (1 << s.bits) - 1, colours[] = {most / 7, most / 2, most, most / 3};
        uint8_t *in = malloc(in_samples(s) * (size_t)(s.bits / 8));
        assert_non_null(in);
        for (size_t i = 0; i < in_samples(s); i++) put(in, s.bits, i, colours[i % (size_t)s.channels]);
        uint8_t *out = resize(s, in);
        for (size_t i = 0; i < out_samples(s); i++)
            assert_in_range(get(out, s.bits, i), colours[i % (size_t)s.channels] - (s.bits == 16),
                            colours[i % (size_t)s.channels] + (s.bits == 16));
        free(in);
        free(out);
    }
}

static void test_grey_stays_grey(void **state) {
    (void)state;
    for (size_t k = 0; k < sizeof shapes / sizeof shapes[0]; k++) {
        const LanczosShape s = shapes[k];
        const size_t channels = (size_t)s.channels;
        uint8_t *in = malloc(in_samples(s) * (size_t)(s.bits / 8));
        assert_non_null(in);
        for (size_t i = 0; i < in_samples(s); i++) {
            const int grey = (int)(i / channels * 7919 % (1u << s.bits));
            put(in, s.bits, i, i % channels == ALPHA ? (int)(i * 31 % (1u << s.bits)) : grey);
        }
        uint8_t *out = resize(s, in);
        for (size_t i = 0; i < out_samples(s); i++)
            if (i % channels == 1 || i % channels == 2) assert_int_equal(get(out, s.bits, i), get(out, s.bits, i - 1));
        free(in);
        free(out);
    }
}

// The mean of black and white is the mean of their light, 188 of 255, not 128.
static void test_light_is_averaged(void **state) {
    (void)state;
    const LanczosShape shape = {32, 32, 2, 2, 3, 8};
    uint8_t in[32 * 32 * 3];
    for (int i = 0; i < 32 * 32; i++) memset(in + i * 3, (i % 32 + i / 32) % 2 ? 255 : 0, 3);
    uint8_t *out = resize(shape, in);
    for (int i = 0; i < 12; i++) assert_in_range(out[i], 187, 189);
    free(out);
}

// The colour under clear pixels does not show.
static void test_clear_pixels_have_no_colour(void **state) {
    (void)state;
    const LanczosShape shape = {16, 16, 5, 5, 4, 8};
    uint8_t in[16 * 16 * 4];
    for (int i = 0; i < 16 * 16; i++) {
        const uint8_t clear[] = {0, 255, 0, 0}, red[] = {200, 0, 0, 255};
        memcpy(in + i * 4, i % 16 < 8 ? clear : red, 4);
    }
    uint8_t *out = resize(shape, in);
    for (int i = 0; i < 25; i++) {
        assert_int_equal(out[i * 4 + 1], 0);
        if (out[i * 4 + 3] > 0) assert_in_range(out[i * 4], 198, 202);
    }
    free(out);
}

// ---- memory

static Status begin_one(void *shape) {
    Lanczos *lanczos;
    const Status status = lanczos_begin(*(const LanczosShape *)shape, &lanczos);
    if (!status) lanczos_end(lanczos);
    return status;
}

static void test_every_failing_allocation(void **state) {
    (void)state;
    need_counted_memory();
    LanczosShape shape = {20, 15, 7, 9, 3, 8};
    assert_int_equal(fail_each_allocation(begin_one, &shape), 13); // itself, six rows and tables, three for each side
}

// What is planned for is what is taken, but for what malloc adds to each of the 13 blocks.
static void test_bytes_are_those_taken(void **state) {
    (void)state;
    need_counted_memory();
    for (size_t k = 0; k < sizeof shapes / sizeof shapes[0]; k++) {
        const int64_t before = memory.live_bytes;
        Lanczos *lanczos;
        assert_int_equal(lanczos_begin(shapes[k], &lanczos), STATUS_OK);
        const int64_t taken = memory.live_bytes - before, planned = (int64_t)lanczos_bytes(shapes[k]);
        assert_in_range(taken, planned, planned + 13 * 32);
        lanczos_end(lanczos);
    }
}

int main(int argc, char **argv) {
    load_cases();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_as_pillow),
        cmocka_unit_test(test_as_the_formula_says),
        cmocka_unit_test(test_a_flat_picture_stays),
        cmocka_unit_test(test_grey_stays_grey),
        cmocka_unit_test(test_light_is_averaged),
        cmocka_unit_test(test_clear_pixels_have_no_colour),
        cmocka_unit_test(test_every_failing_allocation),
        cmocka_unit_test(test_bytes_are_those_taken),
    };
    return RUN_TESTS("lanczos", argc, argv, tests);
}
