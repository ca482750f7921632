// The exported functions with arguments that make no sense, and called when they should not be: a sentence, never a
// crash.
#include <math.h>

#include "api/acg.h"
#include "api/acg_embed.h"
#include "core/status.h"
#include "encode_whole.h"
#include "made_cugan.h"
#include "nets/golden_files.h"
#include "open_cugan.h"
#include "unit/failing_memory.h"

static AcgModel *open_made(const MadeCugan *made) {
    return open_cugan_files(made->param, made->param_size, made->bin, made->bin_size);
}

static AcgModel *open_cugan(void) {
    MadeCugan made = made_cugan(2, true, -1, 0);
    AcgModel *cugan = open_made(&made);
    if (!cugan) fail_msg("%s", acg_message());
    made_cugan_free(&made);
    return cugan;
}

static AcgImage *picture(void) {
    static const uint8_t pixels[20 * 18 * 3];
    AcgImage *image = acg_image_from_pixels(pixels, 20, 18, 3, 0);
    assert_non_null(image);
    return image;
}

static AcgUpscale *begin(AcgModel *cugan, AcgImage *image, double most, double spill) {
    const AcgUpscaleOptions options = {.memory = most, .spill = spill, .strength = 1, .sync = ACG_SYNC_EXACT};
    return acg_upscale_begin(cugan, image, &options);
}

static void assert_failed(const char *sentence) {
    assert_int_equal(acg_status(), STATUS_BAD_ARGUMENT);
    if (!strstr(acg_message(), sentence)) fail_msg("expected \"%s\" but found \"%s\"", sentence, acg_message());
}

static void test_memory_and_spill(void **state) {
    (void)state;
    AcgModel *cugan = open_cugan();
    AcgImage *image = picture();
    const double senseless[] = {-1, -0.5, -1e300, -INFINITY, NAN};
    for (size_t i = 0; i < sizeof senseless / sizeof *senseless; i++) {
        assert_null(begin(cugan, image, senseless[i], 0));
        assert_failed("number of bytes from 0 for memory");
        assert_null(begin(cugan, image, 0, senseless[i]));
        assert_failed("number of bytes from 0 for spill");
    }
    const double large[] = {0, -0.0, 0x1p31, 0x1p32, 0x1p63, 0x1p64, 1e300, INFINITY};
    for (size_t i = 0; i < sizeof large / sizeof *large; i++) {
        AcgUpscale *task = begin(cugan, image, large[i], large[i]);
        assert_non_null(task);
        acg_upscale_end(task);
    }
    assert_null(begin(cugan, image, 1.5, 0)); // less than anything takes
    assert_int_equal(acg_status(), STATUS_NO_MEMORY);
    acg_image_free(image);
    acg_model_close(cugan);
}

// A profile of RGB by its header, of version 4. From that version on a size that is no multiple of 4 is wrong, and
// libpng refuses to write it; Chromium and libwebp take it.
static AcgImage *picture_with_an_odd_profile(void) {
    enum { SIZE = 201 };
    static uint8_t profile[SIZE] = {[3] = SIZE, [8] = 4};
    static const uint8_t pixels[20 * 18 * 3];
    memcpy(profile + 16, "RGB ", 4);
    memcpy(profile + 36, "acsp", 4);
    const Bytes icc = {profile, SIZE, SIZE};
    const EncodePicture webp = {
        .format = ENCODE_WEBP_LOSSLESS, .width = 20, .height = 18, .channels = 3, .bits = 8, .level = 1, .icc = &icc};
    Bytes file = {0};
    assert_int_equal(encode_whole(&webp, pixels, &file), STATUS_OK);
    AcgImage *image = acg_image_decode(file.data, file.size, 0, 0);
    bytes_free(&file);
    assert_non_null(image);
    assert_string_equal(acg_image_warnings(image), "");
    return image;
}

static void test_a_profile_that_is_left_out(void **state) {
    (void)state;
    static const struct {
        int format;
        const char *sentence;
    } cases[] = {
        {ACG_FORMAT_PNG, "The colour profile is broken, and left out of the file."},
        {ACG_FORMAT_WEBP, ""},
        {ACG_FORMAT_PIXELS, ""},
    };
    AcgModel *cugan = open_cugan();
    AcgImage *image = picture_with_an_odd_profile();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const AcgUpscaleOptions options = {.strength = 1, .format = cases[i].format, .quality = 90};
        AcgUpscale *task = acg_upscale_begin(cugan, image, &options);
        if (!task) fail_msg("%s", acg_message());
        char lines[100] = "";
        if (*cases[i].sentence) snprintf(lines, sizeof lines, "%s\t%d\n", cases[i].sentence, REASON_PROFILE_LEFT_OUT);
        assert_string_equal(acg_upscale_warnings(task), lines);
        acg_upscale_end(task);
    }
    acg_image_free(image);
    acg_model_close(cugan);
}

// Its profile is given as it is, whether or not any program can use it.
static void test_what_the_caller_converts(void **state) {
    (void)state;
    AcgModel *cugan = open_cugan();
    AcgImage *image = picture_with_an_odd_profile();
    const AcgColours *colours = acg_image_colours(image);
    assert_non_null(colours);
    assert_int_equal(colours->kind, ACG_COLOURS_PROFILE);
    assert_int_equal(colours->profile_bytes, 201);
    assert_memory_equal(colours->profile + 16, "RGB ", 4);
    assert_int_equal(colours->channels, 3);
    assert_int_equal(colours->bits, 8);
    for (int srgb = 0; srgb < 2; srgb++) {
        const AcgUpscaleOptions options = {.strength = 1, .format = ACG_FORMAT_PNG, .srgb = srgb};
        AcgUpscale *task = acg_upscale_begin(cugan, image, &options);
        assert_non_null(task);
        assert_int_equal(acg_upscale_to_convert(task)->n, srgb * 20 * 18);
        assert_null(acg_upscale_to_convert(task)->pixels);               // once
        assert_int_equal(strlen(acg_upscale_warnings(task)) == 0, srgb); // the profile is left out by wish
        acg_upscale_end(task);
    }
    acg_image_free(image);
    AcgImage *plain = picture();
    assert_int_equal(acg_image_colours(plain)->kind, ACG_COLOURS_SRGB);
    acg_image_free(plain);
    acg_model_close(cugan);
}

static void test_levels(void **state) {
    (void)state;
    AcgModel *cugan = open_cugan();
    const float levels[][2] = {{NAN, 1}, {0, NAN}, {0, INFINITY}, {-INFINITY, 1}, {1, 1}, {1, 0}, {0, 1e30f}};
    for (size_t i = 0; i < sizeof levels / sizeof *levels; i++) {
        assert_int_equal(acg_model_set_levels(cugan, levels[i][0], levels[i][1]), STATUS_BAD_ARGUMENT);
        assert_failed("black and white");
    }
    assert_int_equal(acg_model_set_levels(cugan, 0.15f, 0.85f), STATUS_OK);
    acg_model_close(cugan);
}

static void test_output_before_it_is_asked_for(void **state) {
    (void)state;
    AcgModel *cugan = open_cugan();
    AcgImage *image = picture();
    AcgUpscale *task = begin(cugan, image, 0, 0);
    assert_non_null(task);
    assert_null(acg_upscale_output(task));
    assert_int_equal(acg_upscale_output_size(task), 0);
    assert_int_equal(acg_upscale_next_output(task), STATUS_OK);
    assert_int_equal(acg_upscale_output_size(task), 0);
    size_t n = 0;
    while (acg_upscale_done(task) < acg_upscale_total(task)) {
        assert_int_equal(acg_upscale_step(task), STATUS_OK);
        do {
            assert_int_equal(acg_upscale_next_output(task), STATUS_OK);
            n += acg_upscale_output_size(task);
        } while (acg_upscale_output_size(task));
    }
    assert_int_equal(n, 40 * 36 * 3);
    acg_upscale_end(task);
    acg_image_free(image);
    acg_model_close(cugan);
}

// Weights that are numbers, but so large that what is computed with them is none: any picture, and no undefined
// conversion.
static void test_weights_that_overflow(void **state) {
    (void)state;
    static const CuganLayerId layers[] = {U1_CONV1_0, U1_BOTTOM, U1_SE_REDUCE, U2_CONV3_2, U2_BOTTOM};
    for (size_t i = 0; i < sizeof layers / sizeof *layers; i++) {
        MadeCugan made = made_cugan(2, true, layers[i], i % 2 ? 1e18f : -1e18f);
        AcgModel *cugan = open_made(&made);
        AcgImage *image = picture();
        AcgUpscale *task = begin(cugan, image, 0, 0);
        assert_non_null(task);
        while (acg_upscale_done(task) < acg_upscale_total(task)) assert_int_equal(acg_upscale_step(task), STATUS_OK);
        acg_upscale_end(task);
        acg_image_free(image);
        acg_model_close(cugan);
        made_cugan_free(&made);
    }
}

// A task that was only planned has no output and no steps.
static void test_a_plan_is_no_task(void **state) {
    (void)state;
    AcgModel *cugan = open_cugan();
    AcgImage *image = picture();
    const AcgUpscaleOptions options = {.strength = 1, .format = ACG_FORMAT_PNG, .sync = ACG_SYNC_EXACT};
    AcgUpscale *plan = acg_upscale_prepare(cugan, image, &options);
    assert_non_null(plan);
    assert_int_equal(acg_upscale_next_output(plan), STATUS_BAD_ARGUMENT);
    assert_failed("only planned");
    assert_null(acg_upscale_output(plan));
    assert_int_equal(acg_upscale_step(plan), STATUS_BAD_ARGUMENT);
    assert_int_equal(acg_upscale_tile(plan)->width, 0);
    acg_upscale_end(plan);
    acg_image_free(image);
    acg_model_close(cugan);
}

static void test_pictures_of_the_wrong_kind(void **state) {
    (void)state;
    static const uint8_t pixels[4 * 4 * 3];
    AcgModel *cugan = open_cugan();
    AcgImage *still = picture(), *rgb = acg_image_rgb_from_pixels(pixels, 4, 4, 3);
    assert_int_equal(acg_image_step(still), STATUS_BAD_ARGUMENT);
    assert_failed("one that is ready");
    assert_non_null(rgb);
    assert_null(begin(cugan, rgb, 0, 0));
    assert_failed("one to look at");
    acg_image_free(still);
    acg_image_free(rgb);
    acg_model_close(cugan);
}

// Of no network that is not loaded anything may be asked, and nothing run.
static void test_networks_that_are_not_loaded(void **state) {
    (void)state;
    static const uint8_t pixels[4 * 4 * 3];
    const int32_t sizes[] = {1};
    AcgImage *rgb = acg_image_rgb_from_pixels(pixels, 4, 4, 3), *still = picture();
    static const char *const names[] = {"clip_vision", "clip_text", "resnet_v2", "deepdanbooru", "distilbert", "cugan"};
    static const AcgTextOptions text_options = {ACG_CLEAN_OPENAI, 1, 0};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        AcgModel *model = acg_model_open(names[i]);
        assert_non_null(model);
        for (int ended = 0; ended < 2; ended++) {
            assert_int_equal(acg_model_n_outputs(model), 0);
            for (int output = -1; output < 5; output++) {
                assert_null(acg_model_output_name(model, output));
                assert_int_equal(acg_model_output_dim(model, output), 0);
            }
            assert_true(acg_model_logit_factor(model) == 0);
            assert_null(acg_embed_image(model, rgb, 1, 0, 0));
            assert_int_equal(acg_status(), STATUS_BAD_ARGUMENT);
            assert_null(acg_embed_texts(model, "a", sizes, 1, &text_options));
            assert_int_equal(acg_status(), STATUS_BAD_ARGUMENT);
            assert_null(begin(model, still, 0, 0));
            assert_failed("network that enlarges");
            assert_int_equal(acg_model_set_levels(model, 0, 1), STATUS_BAD_ARGUMENT);
            if (!ended) assert_int_equal(acg_model_finish(model), STATUS_BAD_FORMAT);
        }
        assert_int_equal(acg_model_finish(model), STATUS_BAD_ARGUMENT);
        assert_failed("has ended already");
        assert_int_equal(acg_model_took(model, 1), STATUS_BAD_ARGUMENT);
        assert_null(acg_model_want(model));
        assert_int_equal(acg_model_want_size(model), 0);
        acg_model_close(model);
    }
    assert_null(acg_model_open(""));
    assert_null(acg_model_open("clip"));
    assert_failed("name of a network but received 'clip'");
    acg_image_free(rgb);
    acg_image_free(still);
}

static AcgModel *load_golden(const char *network, const char *name) {
    File file = read_golden(name);
    AcgModel *model = acg_model_open(network);
    assert_non_null(model);
    for (size_t at = 0, n; (n = acg_model_want_size(model)) > 0; at += n) {
        memcpy(acg_model_want(model), file.data + at, n);
        assert_int_equal(acg_model_took(model, n), STATUS_OK);
    }
    assert_int_equal(acg_model_finish(model), STATUS_OK);
    free(file.data);
    return model;
}

// An output is there when all steps are done, and only one that was asked for.
static void test_outputs(void **state) {
    (void)state;
    static const uint8_t pixels[4 * 4 * 3];
    const char *const networks[] = {"deepdanbooru", "clip_vision"};
    const char *const files[] = {"deepdanbooru/model.safetensors", "clip/image.safetensors"};
    AcgImage *rgb = acg_image_rgb_from_pixels(pixels, 4, 4, 3);
    for (int i = 0; i < 2; i++) {
        AcgModel *model = load_golden(networks[i], files[i]);
        AcgEmbed *task = acg_embed_image(model, rgb, 1, 0, 0);
        assert_non_null(task);
        while (acg_embed_done(task) < acg_embed_total(task)) {
            for (int output = -1; output < 5; output++) assert_null(acg_embed_output(task, output));
            assert_int_equal(acg_embed_step(task), STATUS_OK);
        }
        assert_non_null(acg_embed_output(task, 0));
        for (int output = -3; output < 9; output++) assert_true(output == 0 || !acg_embed_output(task, output));
        assert_int_equal(acg_embed_step(task), STATUS_BAD_ARGUMENT);
        acg_embed_end(task);
        acg_model_close(model);
    }
    acg_image_free(rgb);
}

// What comes too late or too early is refused, and what was begun goes on.
static void test_calls_out_of_order(void **state) {
    (void)state;
    MadeCugan made = made_cugan(2, true, -1, 0);
    AcgModel *cugan = acg_model_open("cugan"), *vision = acg_model_open("clip_vision");
    assert_int_equal(acg_model_beside(vision, made.param, strlen(made.param)), STATUS_BAD_ARGUMENT);
    assert_int_equal(acg_model_took(cugan, 1 << 30), STATUS_BAD_ARGUMENT);
    assert_failed("bytes at once");
    assert_int_equal(acg_model_beside(cugan, made.param, strlen(made.param)), STATUS_BAD_ARGUMENT);
    assert_failed("has begun already");
    assert_int_equal(acg_model_hash(cugan), STATUS_BAD_ARGUMENT);
    assert_int_equal(feed_cugan(cugan, made.bin, made.bin_size), STATUS_BAD_FORMAT); // there is no .param
    acg_model_close(cugan);
    acg_model_close(vision);
    cugan = open_made(&made);
    made_cugan_free(&made);
    AcgImage *image = picture();
    AcgUpscale *task = begin(cugan, image, 0, 0);
    assert_non_null(task);
    assert_null(begin(cugan, image, 0, 0));
    assert_failed("busy");
    while (acg_upscale_done(task) < acg_upscale_total(task)) assert_int_equal(acg_upscale_step(task), STATUS_OK);
    for (int i = 0; i < 2; i++) assert_int_equal(acg_upscale_step(task), STATUS_BAD_ARGUMENT);
    assert_failed("one that failed");
    acg_upscale_end(task);
    task = begin(cugan, image, 0, 0);
    assert_non_null(task);
    acg_upscale_end(task);
    acg_image_free(image);
    acg_model_close(cugan);
}

// The SHA-256 of what has come, as often as it is asked for.
static void test_hash(void **state) {
    (void)state;
    static const uint8_t expected[] = {0xba, 0x78, 0x16, 0xbf, 0x8f, 0x01, 0xcf, 0xea}; // of "abc", its beginning
    AcgModel *model = acg_model_open("cugan");
    assert_null(acg_model_sha256(model));
    assert_int_equal(acg_model_hash(model), STATUS_OK);
    memcpy(acg_model_want(model), "abc", 3);
    assert_int_equal(acg_model_took(model, 3), STATUS_OK);
    for (int i = 0; i < 2; i++) assert_memory_equal(acg_model_sha256(model), expected, sizeof expected);
    acg_model_close(model);
}

// ---- each allocation fails in turn: the status says so, and nothing leaks (for the sanitizer to find)

static void fail_each(int (*attempt)(void *context), void *context, long least) {
    need_counted_memory();
    int status;
    long i = 0;
    do {
        count_memory(i++);
        status = attempt(context);
        count_memory(-1);
        if (status) assert_int_equal(status, STATUS_NO_MEMORY);
    } while (status);
    print_message("# %ld allocations\n", i - 1);
    assert_true(i > least);
}

static int try_to_open(void *made) {
    AcgModel *cugan = open_made(made);
    if (!cugan) return acg_status();
    acg_model_close(cugan);
    return STATUS_OK;
}

// As far as its first step.
static int try_to_enlarge(void *cugan) {
    AcgImage *image = acg_image_from_pixels((const uint8_t[16 * 16 * 4]){0}, 16, 16, 4, 0);
    AcgUpscale *task = image ? begin(cugan, image, 0, 0) : NULL;
    int status = task ? acg_upscale_step(task) : acg_status();
    if (!status) status = acg_upscale_next_output(task);
    acg_upscale_end(task);
    acg_image_free(image);
    return status;
}

static void test_opening_without_memory(void **state) {
    (void)state;
    MadeCugan made = made_cugan(2, true, -1, 0);
    fail_each(try_to_open, &made, 50);
    made_cugan_free(&made);
}

static void test_enlarging_without_memory(void **state) {
    (void)state;
    AcgModel *cugan = open_cugan();
    fail_each(try_to_enlarge, cugan, 5);
    acg_model_close(cugan);
}

static void test_threads(void **state) {
    (void)state;
    const int senseless[] = {0, -1, -2147483647 - 1, 2147483647, 1 << 20};
    for (size_t i = 0; i < sizeof senseless / sizeof *senseless; i++) {
        assert_int_equal(acg_init(senseless[i]), STATUS_BAD_ARGUMENT);
        assert_failed("threads");
    }
    assert_int_equal(acg_init(1), STATUS_OK);
}

int main(int argc, char **argv) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_memory_and_spill),
        cmocka_unit_test(test_a_profile_that_is_left_out),
        cmocka_unit_test(test_what_the_caller_converts),
        cmocka_unit_test(test_levels),
        cmocka_unit_test(test_output_before_it_is_asked_for),
        cmocka_unit_test(test_weights_that_overflow),
        cmocka_unit_test(test_a_plan_is_no_task),
        cmocka_unit_test(test_pictures_of_the_wrong_kind),
        cmocka_unit_test(test_networks_that_are_not_loaded),
        cmocka_unit_test(test_outputs),
        cmocka_unit_test(test_calls_out_of_order),
        cmocka_unit_test(test_hash),
        cmocka_unit_test(test_opening_without_memory),
        cmocka_unit_test(test_enlarging_without_memory),
        cmocka_unit_test(test_threads),
    };
    return RUN_TESTS("api", argc, argv, tests);
}
