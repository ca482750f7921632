// Means estimated from patches: where the patches lie, and how near the result is to the whole picture's.
#include "core/parallel.h"
#include "pipeline/patches.h"
#include "upscale_support.h"

static uint8_t scene(int y, int x, int c) {
    return (uint8_t)(y > 20 && x > 25 ? (x * x + y * 7 + c * 60) % 200 : 235 - 20 * c);
}

static void test_patches_lie_in_the_picture_in_phase(void **state) {
    (void)state;
    const int sizes[][2] = {{300, 200}, {1024, 1024}, {4000, 90}, {37, 2000}, {9000, 6000}};
    Upscaler *cugan = load_model("up3x-conservative");
    const int multiple = cugan->geometry.multiple;
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        const TileGrid grid = tile_grid(sizes[i][0], sizes[i][1], 128, multiple);
        const Patches patches = patches_plan(cugan, &grid);
        assert_in_range(patches_n(&patches), 40, 128);
        for (int k = 0; k < patches_n(&patches); k++) {
            const TileRect rect = patches_rect(&patches, &grid, k);
            assert_true(rect.x % multiple == 0 && rect.y % multiple == 0 && rect.padded_width % multiple == 0);
            assert_true(rect.x >= 0 && rect.x + rect.padded_width <= tile_round_up(grid.width, multiple));
            assert_true(rect.y >= 0 && rect.y + rect.padded_height <= tile_round_up(grid.height, multiple));
        }
    }
    network_free(cugan);
}

static double mean_square(Bytes a, Bytes b) {
    double sum = 0;
    assert_int_equal(a.size, b.size);
    for (size_t i = 0; i < a.size; i++) sum += (double)(a.data[i] - b.data[i]) * (a.data[i] - b.data[i]);
    return sum / (double)a.size;
}

// With little memory; with enough of it, so small a picture is done exactly.
static void test_fast_is_nearer_to_the_whole_than_off(void **state) {
    (void)state;
    Upscaler *cugan = load();
    Image image = make_image(61, 47, 3, scene);
    UpscaleOptions options = {.tile = 64, .strength = 1};
    Bytes whole = run_options(cugan, &image, options, "whole");
    options.tile = 16;
    Bytes off = run_options(cugan, &image, options, "off");
    options.sync = UPSCALE_FAST;
    Bytes exact = run_options(cugan, &image, options, "exact");
    options.memory = 1;
    Bytes fast = run_options(cugan, &image, options, "fast");
    assert_true(mean_square(exact, whole) < 0.001);
    assert_true(mean_square(fast, whole) < mean_square(off, whole) / 4);
    assert_true(mean_square(fast, whole) > 0.001); // an estimate
    assert_int_equal(parallel_start(1), STATUS_OK);
    Bytes again = run_options(cugan, &image, options, "fast");
    assert_int_equal(parallel_start(2), STATUS_OK);
    assert_memory_equal(again.data, fast.data, fast.size);
    bytes_free(&whole);
    bytes_free(&off);
    bytes_free(&exact);
    bytes_free(&fast);
    bytes_free(&again);
    image_free(&image);
    network_free(cugan);
}

// ---- tiles that repeat

static uint8_t page(int y, int x, int c) { return (uint8_t)(y < 9 && x < 11 ? y * x * 3 + c : 250); }

static long long total_of(Upscaler *cugan, const Image *image, UpscaleOptions options) {
    Upscale *task;
    options.is_plan = true;
    assert_int_equal(upscale_begin(cugan, image, options, &task), STATUS_OK);
    const long long total = upscale_total(task);
    upscale_end(task);
    return total;
}

// A drawing in one corner of a white page of 6 x 3 tiles, of which five see nothing but white: the last column and row
// are of their own size, and near the last corner is a transparent pixel. The result is that of running every tile, to
// the last bit.
static void test_repeated_tiles_change_nothing(void **state) {
    (void)state;
    // what is saved of a tile, of a network's thousand parts, less one for each pass that goes by it
    const struct {
        UpscaleOptions options;
        int saved;
    } cases[] = {
        {{.sync = UPSCALE_OFF}, 999},
        {{.sync = UPSCALE_FAST}, 999},
        {{.sync = UPSCALE_EXACT, .spill = (uint64_t)1 << 30}, 995},
        {{.sync = UPSCALE_EXACT}, 78 + 401 + 613 + 778 + 995},
        {{.sync = UPSCALE_EXACT, .tta = true}, 7999}, // in the last pass alone
    };
    Upscaler *cugan = load();
    Image image = make_image(91, 40, 4, page);
    for (int i = 0; i < 91 * 40; i++) image.pixels[4 * i + 3] = i == 91 * 38 + 88 ? 0 : 255;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        UpscaleOptions options = cases[i].options;
        options.tile = 16, options.strength = 1, options.memory = 1;
        Bytes some = run_options(cugan, &image, options, NULL);
        const long long total = total_of(cugan, &image, options);
        options.all_tiles = true;
        Bytes all = run_options(cugan, &image, options, NULL);
        assert_int_equal(total_of(cugan, &image, options) - total, 4 * cases[i].saved);
        assert_int_equal(some.size, all.size);
        assert_memory_equal(some.data, all.data, all.size);
        bytes_free(&some);
        bytes_free(&all);
    }
    image_free(&image);
    network_free(cugan);
}

int main(int argc, char **argv) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_patches_lie_in_the_picture_in_phase),
        cmocka_unit_test(test_fast_is_nearer_to_the_whole_than_off),
        cmocka_unit_test(test_repeated_tiles_change_nothing),
    };
    if (parallel_start(2)) return 1;
    return RUN_TESTS("upscale_fast", argc, argv, tests);
}
