// Test-time augmentation against its definition in plain loops: each of the eight views of the whole padded picture,
// halo and all, through the network with its own means, laid back and averaged.
#include "core/parallel.h"
#include "pipeline/pixels.h"
#include "pipeline/tile.h"
#include "upscale_support.h"

static uint8_t noise(int y, int x, int c) { return (uint8_t)(90 + ((y * 31 + x * 17 + c * 70) ^ (x * y)) % 97); }

// A picture of 16 bits, whose output shows more of an error. No sample is near black or white, where outputs are
// clamped.
static Image make_deep(int width, int height) {
    Image image, shallow = make_image(width, height, 3, noise);
    assert_int_equal(image_create_deep(width, height, 3, 16, &image), STATUS_OK);
    uint16_t *samples = (uint16_t *)(void *)image.pixels;
    for (int i = 0; i < width * height * 3; i++) samples[i] = (uint16_t)(shallow.pixels[i] * 257);
    image_free(&shallow);
    return image;
}

// Where sample (y, x) of the view of an h x w picture comes from.
static void source_of(int view, int h, int w, int y, int x, int *from_y, int *from_x) {
    const int across = view & 4 ? y : x, down = view & 4 ? x : y;
    *from_x = view & 1 ? w - 1 - across : across;
    *from_y = view & 2 ? h - 1 - down : down;
}

static Tensor make_tensor(int h, int w) {
    Tensor t = {calloc((size_t)(h * w * 3), sizeof(float)), h, w, 3};
    assert_non_null(t.data);
    return t;
}

// One view of `upright`, a whole picture with its halo, through the network; adds an eighth of the output to `sum`.
static void add_view(Upscaler *cugan, int view, Tensor upright, Tensor sum) {
    const int halo = cugan->geometry.halo, h = view & 4 ? upright.w : upright.h, w = view & 4 ? upright.h : upright.w;
    size_t scratch;
    Arena arena;
    assert_int_equal(upscaler_plan(cugan, h - 2 * halo, w - 2 * halo, &scratch), STATUS_OK);
    assert_int_equal(arena_create(scratch, &arena), STATUS_OK);
    NetworkTile tile = upscaler_begin(cugan, &arena, 0);
    float factors[UPSCALER_MAX_CHANNELS], means[UPSCALER_MAX_CHANNELS];
    double sums[UPSCALER_MAX_CHANNELS];
    int from_y, from_x;
    for (int y = 0; y < h; y++) {
        for (int x = 0; x < w; x++) {
            source_of(view, upright.h, upright.w, y, x, &from_y, &from_x);
            memcpy(tensor_at(tile.input, y, x), tensor_at(upright, from_y, from_x), 3 * sizeof(float));
        }
    }
    for (int stage = 0; stage < UPSCALER_MAX_STAGES; stage++) {
        upscaler_stage(cugan, &tile, stage, factors);
        if (stage == UPSCALER_MAX_BARRIERS) break;
        upscaler_sums(&tile, tile.body.h, tile.body.w, sums);
        for (int c = 0; c < tile.body.c; c++) means[c] = (float)(sums[c] / ((double)tile.body.h * tile.body.w));
        upscaler_gates(cugan, stage, means, 1, factors);
    }
    for (int y = 0; y < tile.output.h; y++) {
        for (int x = 0; x < tile.output.w; x++) {
            source_of(view, sum.h, sum.w, y, x, &from_y, &from_x);
            for (int c = 0; c < 3; c++) tensor_at(sum, from_y, from_x)[c] += tensor_at(tile.output, y, x)[c] / 8;
        }
    }
    arena_free(&arena);
}

static Tensor whole_in_eight_views(Upscaler *cugan, const Image *image) {
    const UpscalerGeometry geometry = cugan->geometry;
    const int halo = geometry.halo, h = tile_round_up(image->height, geometry.multiple),
              w = tile_round_up(image->width, geometry.multiple);
    Tensor upright = make_tensor(h + 2 * halo, w + 2 * halo), sum = make_tensor(h * geometry.scale, w * geometry.scale);
    pixels_to_tensor(&(PixelInput){image, {0, 1}, UPSCALER_REFLECTED, {0, w, h}}, -halo, -halo, upright);
    for (int view = 0; view < 8; view++) add_view(cugan, view, upright, sum);
    free(upright.data);
    return sum;
}

// The largest difference, in levels of 16 bits.
static double largest_difference(Bytes found, Tensor expected, int width, int height) {
    const uint16_t *samples = (const uint16_t *)(void *)found.data;
    double largest = 0;
    assert_int_equal(found.size, width * height * 3 * 2);
    for (int y = 0; y < height; y++) {
        for (int x = 0; x < width; x++, samples += 3) {
            for (int c = 0; c < 3; c++) {
                const double difference = samples[c] - (double)tensor_at(expected, y, x)[c] * 65535;
                largest = difference > largest ? difference : -difference > largest ? -difference : largest;
            }
        }
    }
    return largest;
}

typedef struct Case {
    UpscaleOptions options;
    const char *plan;
    double most; // levels of 65535
} Case;

static void check_cases(const char *model, int width, int height, const Case *cases, size_t n_cases) {
    Upscaler *cugan = load_model(model);
    const int scale = cugan->geometry.scale;
    Image image = make_deep(width, height);
    Tensor expected = whole_in_eight_views(cugan, &image);
    for (size_t i = 0; i < n_cases; i++) {
        UpscaleOptions options = cases[i].options;
        options.strength = 1;
        options.tta = true;
        Bytes found = run_options(cugan, &image, options, cases[i].plan);
        const double largest = largest_difference(found, expected, width * scale, height * scale);
        if (!(largest <= cases[i].most)) print_error("%s, tile %d: off by %g\n", cases[i].plan, options.tile, largest);
        assert_true(largest <= cases[i].most);
        bytes_free(&found);
    }
    free(expected.data);
    image_free(&image);
    network_free(cugan);
}

// 19 x 17: ragged tiles on both axes, and a padded row and column, which four of the views begin with.
static void test_tiles_and_whole_are_the_average_of_eight_views(void **state) {
    (void)state;
    const Case cases[] = {
        {{.tile = 64, .sync = UPSCALE_EXACT}, "whole", 4},
        {{.tile = 16, .sync = UPSCALE_EXACT}, "twice", 6},
        {{.tile = 16, .sync = UPSCALE_EXACT, .memory = 1}, "again", 6},
        {{.tile = 16, .sync = UPSCALE_EXACT, .memory = 1, .spill = (uint64_t)1 << 30}, "twice-file", 6},
    };
    check_cases("up2x-conservative", 19, 17, cases, sizeof cases / sizeof cases[0]);
}

static void test_the_same_at_3x_and_4x(void **state) {
    (void)state;
    const Case cases[] = {{{.tile = 16, .sync = UPSCALE_EXACT}, "twice", 6}};
    check_cases("up3x-conservative", 17, 5, cases, 1);
    check_cases("up4x-conservative", 17, 5, cases, 1);
}

// Turned pictures have turned views: the average cannot tell them apart.
static void test_a_turned_picture_gives_the_turned_result(void **state) {
    (void)state;
    Upscaler *cugan = load();
    Image image = make_image(24, 16, 3, noise), turned = make_image(16, 24, 3, noise);
    for (int y = 0; y < 24; y++) {
        for (int x = 0; x < 16; x++)
            memcpy(turned.pixels + (y * 16 + x) * 3, image.pixels + ((15 - x) * 24 + y) * 3, 3);
    }
    const UpscaleOptions options = {.tile = 16, .strength = 1, .sync = UPSCALE_EXACT, .tta = true};
    Bytes a = run_options(cugan, &image, options, NULL), b = run_options(cugan, &turned, options, NULL);
    for (int y = 0; y < 48; y++) {
        for (int x = 0; x < 32; x++) {
            for (int c = 0; c < 3; c++)
                assert_in_range(b.data[(y * 32 + x) * 3 + c] - a.data[((31 - x) * 48 + y) * 3 + c] + 1, 0, 2);
        }
    }
    bytes_free(&a);
    bytes_free(&b);
    image_free(&image);
    image_free(&turned);
    network_free(cugan);
}

int main(int argc, char **argv) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_tiles_and_whole_are_the_average_of_eight_views),
        cmocka_unit_test(test_the_same_at_3x_and_4x),
        cmocka_unit_test(test_a_turned_picture_gives_the_turned_result),
    };
    if (parallel_start(2)) return 1;
    return RUN_TESTS("upscale_tta", argc, argv, tests);
}
