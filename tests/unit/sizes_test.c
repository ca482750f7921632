// Sizes that no 32-bit program can have, from options and from files: each is refused in a sentence, or told as it is,
// and none wraps around to a small one. To be run as 32-bit code too, where most of them did.
#include <limits.h>

#include "load_cugan.h"
#include "ops/gram.h"
#include "pipeline/upscale.h"
#include "pipeline/upscale_plan.h"

// What the plainest of bounds says that a tile takes: the outer skip connection, [r N + …]² x 64 floats, r being 3 at
// 3x, else 2.
static uint64_t least_bytes(int scale, int tile) {
    const uint64_t side = (uint64_t)tile * (scale == 3 ? 3 : 2);
    return side * side * 64 * sizeof(float);
}

// Every tile that may be asked for is planned with at least that, and more than a smaller one, or refused.
static void test_every_tile(void **state) {
    (void)state;
    for (int scale = 2; scale <= 4; scale++) {
        Upscaler *cugan = load_made_cugan_of(scale);
        size_t last = 0;
        int n_refused = 0;
        for (int tile = UPSCALE_MIN_TILE; tile <= UPSCALE_MAX_TILE; tile += 12) {
            size_t scratch = 0;
            const Status status = upscaler_plan(cugan, tile, tile, &scratch);
            if (!status) {
                assert_int_equal(n_refused, 0);
                assert_true(scratch > last && scratch >= least_bytes(scale, tile) && scratch <= ARENA_MAX_BYTES);
                last = scratch;
                continue;
            }
            assert_int_equal(status, STATUS_NO_MEMORY);
            char expected[160];
            snprintf(
                expected, sizeof expected,
                "A tile of %d x %d pixels needs more memory than a 32-bit program can have. Choose a smaller tile.",
                tile, tile);
            assert_string_equal(status_message(), expected);
            n_refused++;
        }
        print_message("# %dx: the largest tile takes %zu MiB\n", scale, last >> 20);
        assert_true(n_refused > 0);
        assert_true(last > (size_t)3 << 30); // and not much earlier than it must
        network_free(cugan);
    }
}

// A network that has refused a tile plans the next one.
static void test_after_a_refusal(void **state) {
    (void)state;
    Upscaler *cugan = load_made_cugan_of(2);
    size_t before, scratch;
    assert_int_equal(upscaler_plan(cugan, 64, 64, &before), STATUS_OK);
    assert_int_equal(upscaler_plan(cugan, 4096, 4096, &scratch), STATUS_NO_MEMORY);
    assert_int_equal(upscaler_plan(cugan, 64, 64, &scratch), STATUS_OK);
    assert_int_equal(scratch, before);
    network_free(cugan);
}

static Image blank(int width, int height) {
    Image image;
    assert_int_equal(image_create(width, height, 3, &image), STATUS_OK);
    memset(image.pixels, 0, image_row_bytes(&image) * (size_t)height);
    return image;
}

// What was asked for on the command line when the engine stopped: 1500 x 1500 pixels, tiles of 1350 and their like.
static void test_a_large_tile_of_a_picture(void **state) {
    (void)state;
    Upscaler *cugan = load_made_cugan_of(2);
    Image image = blank(1500, 1500);
    for (int tile = 1250; tile <= 1500; tile += 10) {
        for (UpscaleSync sync = UPSCALE_OFF; sync <= UPSCALE_FAST; sync++) {
            Upscale *task;
            const UpscaleOptions options = {
                .tile = tile, .strength = 1, .sync = sync, .memory = (size_t)3500 << 20, .is_plan = true};
            const Status status = upscale_begin(cugan, &image, options, &task);
            if (status) {
                assert_int_equal(status, STATUS_NO_MEMORY);
                assert_non_null(strstr(status_message(), "Choose a smaller tile."));
                continue;
            }
            assert_true(upscale_memory(task) >= least_bytes(2, tile));
            upscale_end(task);
        }
    }
    image_free(&image);
    network_free(cugan);
}

// The parts of a plan may be more together than a size can tell.
static void test_memory_is_told_as_it_is(void **state) {
    (void)state;
    Upscaler *cugan = load_made_cugan_of(2);
    Image image = blank(1500, 1500);
    Upscale *task;
    size_t scratch;
    int tile = 1600;
    while (upscaler_plan(cugan, tile, tile, &scratch)) tile -= 2;
    image_free(&image);
    image = blank(tile, tile);
    const UpscaleOptions options = {.tile = tile, .strength = 1, .is_plan = true};
    assert_int_equal(upscale_begin(cugan, &image, options, &task), STATUS_OK);
    const uint64_t band = (uint64_t)tile * 2 * (uint64_t)tile * 2 * 3;
    assert_true(upscale_memory(task) >= scratch + band);
    assert_true(upscale_memory(task) > UINT32_MAX - ((uint32_t)16 << 20));
    upscale_end(task);
    image_free(&image);
    network_free(cugan);
}

// Nothing fits into more memory than there can be just because both are the largest size: maps of 65535 x 65 pixels and
// more.
static void test_what_cannot_be_counted_does_not_fit(void **state) {
    (void)state;
    Upscaler *cugan = load_made_cugan_of(2);
    Image image = {.width = 65535, .height = 4096, .channels = 3, .bits = 8}; // a plan does not look at its pixels
    const UpscaleOptions options = {.strength = 1, .sync = UPSCALE_EXACT, .memory = UINT32_MAX, .spill = UINT64_MAX};
    UpscalePlan plan;
    assert_int_equal(upscale_plan_make(cugan, &image, &options, &plan), STATUS_OK);
    assert_string_equal(plan.name, "exact-file");
    assert_true(plan.kept_bytes < (size_t)1 << 30);
    assert_true(plan.spilled_bytes > (uint64_t)100 << 30);
    network_free(cugan);
}

static void test_pictures_without_pixels(void **state) {
    (void)state;
    Upscaler *cugan = load_made_cugan_of(2);
    const int sizes[][2] = {{0, 0}, {0, 5}, {5, 0}, {-1, 5}};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        const Image image = {.width = sizes[i][0], .height = sizes[i][1], .channels = 3, .bits = 8};
        Upscale *task;
        assert_int_equal(upscale_begin(cugan, &image, (UpscaleOptions){.strength = 1}, &task), STATUS_BAD_ARGUMENT);
        assert_non_null(strstr(status_message(), "at least 1 x 1 pixels"));
    }
    network_free(cugan);
}

// c * c and its like, of channels that a file tells.
static void test_gram_sizes(void **state) {
    (void)state;
    const int channels[] = {1, 48, 4096, 8192, 32768, 65536, 1 << 20, INT_MAX};
    uint64_t last = 0;
    for (size_t i = 0; i < sizeof channels / sizeof channels[0]; i++) {
        const double exact = (double)channels[i] * channels[i] * sizeof(float);
        const double found = (double)gram_bytes(channels[i]), scratch = (double)gram_scratch_bytes(channels[i]);
        assert_true(found == exact || (exact >= (double)SIZE_MAX && gram_bytes(channels[i]) == SIZE_MAX));
        assert_true(scratch >= found && gram_scratch_bytes(channels[i]) >= last);
        last = gram_scratch_bytes(channels[i]);
    }
}

int main(int argc, char **argv) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_tile),
        cmocka_unit_test(test_after_a_refusal),
        cmocka_unit_test(test_a_large_tile_of_a_picture),
        cmocka_unit_test(test_memory_is_told_as_it_is),
        cmocka_unit_test(test_what_cannot_be_counted_does_not_fit),
        cmocka_unit_test(test_pictures_without_pixels),
        cmocka_unit_test(test_gram_sizes),
    };
    return RUN_TESTS("sizes", argc, argv, tests);
}
