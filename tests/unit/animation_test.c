// Animations through the network: every frame is what the still picture of it becomes, at its time.
#include "failing_memory.h"
#include "frames_fixtures.h"
#include "image/bleed.h"
#include "image/encode_frames.h"
#include "pipeline/animation.h"
#include "upscale_support.h"

enum { SCALE = 2 };

static FramesSurvey *survey_of(const uint8_t *file, size_t size) {
    FramesSurvey *survey;
    assert_int_equal(frames_survey_begin(file, size, NULL, &survey), STATUS_OK);
    while (frames_survey_n_left(survey)) assert_int_equal(frames_survey_step(survey), STATUS_OK);
    return survey;
}

static UpscaleOptions options_for(UpscaleFormat format) {
    return (UpscaleOptions){.strength = 1, .format = format, .quality = 100, .sync = UPSCALE_EXACT};
}

// All steps of an animation; checks that progress and tiles add up.
static Bytes enlarge(Upscaler *cugan, const uint8_t *file, size_t size, UpscaleFormat format) {
    FramesSurvey *survey = survey_of(file, size);
    const FramesInfo *info = frames_survey_info(survey);
    const long frame_pixels = (long)info->width * info->height * SCALE * SCALE;
    Animation *animation;
    Bytes all = {0};
    long covered = 0, done = 0;
    assert_int_equal(animation_begin(cugan, file, size, survey, options_for(format), &animation), STATUS_OK);
    assert_int_equal(animation_done(animation), 0);
    assert_in_range(animation_memory(animation), upscale_memory(animation_upscale(animation)), 1 << 30);
    while (animation_done(animation) < animation_total(animation)) {
        assert_int_equal(animation_step(animation), STATUS_OK);
        assert_true(animation_done(animation) >= done);
        done = animation_done(animation);
        const UpscaleTile tile = animation_tile(animation);
        if (tile.width) assert_int_equal(animation_frame(animation), covered / frame_pixels);
        covered += (long)tile.width * tile.height;
        for (const Bytes *output; (output = animation_output(animation))->size;)
            assert_int_equal(bytes_append(&all, output->data, output->size), STATUS_OK);
    }
    assert_int_equal(animation_step(animation), STATUS_BAD_ARGUMENT);
    assert_int_equal(covered, frame_pixels * frames_survey_n_shown(survey));
    animation_end(animation);
    frames_survey_free(survey);
    return all;
}

// What the still picture of these RGBA pixels becomes.
static Bytes enlarge_still(Upscaler *cugan, const uint8_t *pixels, int channels) {
    Image canvas = {.pixels = (uint8_t *)(uintptr_t)pixels, .width = WIDTH, .height = HEIGHT, .channels = 4, .bits = 8};
    Image image;
    Upscale *task;
    Bytes out = {0};
    assert_int_equal(frames_copy(&canvas, channels, &image), STATUS_OK);
    assert_int_equal(bleed_colours(&image), STATUS_OK);
    assert_int_equal(upscale_begin(cugan, &image, options_for(UPSCALE_PIXELS), &task), STATUS_OK);
    while (upscale_done(task) < upscale_total(task)) {
        const Bytes *rows;
        assert_int_equal(upscale_step(task), STATUS_OK);
        do {
            assert_int_equal(upscale_output(task, &rows), STATUS_OK);
            assert_int_equal(bytes_append(&out, rows->data, rows->size), STATUS_OK);
        } while (rows->size);
    }
    upscale_end(task);
    image_free(&image);
    return out;
}

// `slack`: the readers of the fixtures round half transparent pixels in another way than Pillow by one level.
static void assert_is_still(const Image *canvas, const Bytes *still, int channels, int slack, const char *name, int n) {
    const int n_pixels = canvas->width * canvas->height;
    assert_int_equal(still->size, n_pixels * channels);
    for (int i = 0; i < n_pixels; i++) {
        const uint8_t *found = canvas->pixels + 4 * i, *expected = still->data + channels * i;
        const int alpha = channels == 4 ? expected[3] : 255;
        int differs = abs(found[3] - alpha) > slack;
        for (int c = 0; c < 3 && alpha; c++) differs |= abs(found[c] - expected[c]) > slack;
        if (differs) fail_msg("%s, frame %d, pixel %d is not that of the still picture", name, n, i);
    }
}

static void test_each_frame_is_the_still_picture_of_it(void **state) {
    (void)state;
    Upscaler *cugan = load();
    for (int i = 0; i < n_fixtures; i++) {
        const FramesFixture *fixture = &fixtures[i];
        FramesSurvey *survey = survey_of(fixture->file, fixture->size);
        const int channels = frames_survey_is_opaque(survey) ? 3 : 4;
        assert_int_equal(frames_survey_n_shown(survey), fixture->n_frames);
        frames_survey_free(survey);
        const int is_webp = i % 2;
        Bytes file = enlarge(cugan, fixture->file, fixture->size, is_webp ? UPSCALE_WEBP : UPSCALE_PNG);
        Frames *frames;
        if (frames_open(file.data, file.size, NULL, &frames)) fail_msg("%s: %s", fixture->name, status_message());
        const FramesInfo *info = frames_info(frames);
        assert_int_equal(info->n_frames, fixture->n_frames);
        assert_int_equal(info->n_loops, fixture->n_loops);
        assert_int_equal(info->meta.icc.size, fixture->icc.size);
        double seconds = 0, expected_seconds = 0;
        for (int n = 0; n < fixture->n_frames; n++) {
            const Image *canvas;
            FrameDelay delay;
            assert_int_equal(frames_next(frames, &canvas, &delay), STATUS_OK);
            Bytes still = enlarge_still(cugan, fixture->frames[n].pixels, channels);
            assert_is_still(canvas, &still, channels, strstr(fixture->name, "half") ? 8 : 0, fixture->name, n);
            bytes_free(&still);
            seconds += (double)delay.numerator / delay.denominator;
            expected_seconds += (double)fixture->frames[n].numerator / fixture->frames[n].denominator;
            assert_float_equal(seconds, expected_seconds, 0.000501); // WebP has whole milliseconds
        }
        frames_close(frames);
        bytes_free(&file);
    }
    network_free(cugan);
}

// 10 000 frames of three looks; most take no time at all.
static void test_many_frames(void **state) {
    (void)state;
    enum { N = 10000, SIDE = 4 };
    Upscaler *cugan = load();
    const EncodePicture picture = {
        .format = ENCODE_PNG, .width = SIDE, .height = SIDE, .channels = 3, .bits = 8, .level = 1};
    EncodeFrames *encode;
    Bytes file = {0};
    assert_int_equal(encode_frames_begin(&picture, N, 0, &file, &encode), STATUS_OK);
    for (int n = 0; n < N; n++) {
        uint8_t pixels[SIDE * SIDE * 3];
        memset(pixels, n < N / 2 ? 10 : n < N - 1 ? 200 : 90, sizeof pixels);
        assert_int_equal(encode_frames_add(encode, pixels, (FrameDelay){0, 100}), STATUS_OK);
    }
    assert_int_equal(encode_frames_finish(encode), STATUS_OK);
    encode_frames_free(encode);
    Bytes out = enlarge(cugan, file.data, file.size, UPSCALE_PNG);
    Frames *frames;
    const Image *canvas;
    FrameDelay delay;
    assert_int_equal(frames_open(out.data, out.size, NULL, &frames), STATUS_OK);
    assert_int_equal(frames_info(frames)->n_frames, 3);
    assert_int_equal(frames_next(frames, &canvas, &delay), STATUS_OK);
    assert_int_equal(delay.numerator, N / 2 * delay.denominator / 10); // each counts as 100 ms
    frames_close(frames);
    bytes_free(&out);
    bytes_free(&file);
    network_free(cugan);
}

static void test_an_aborted_animation_leaves_the_network_usable(void **state) {
    (void)state;
    Upscaler *cugan = load();
    const FramesFixture *fixture = &fixtures[0];
    FramesSurvey *survey = survey_of(fixture->file, fixture->size);
    for (int n_steps = 0; n_steps < 12; n_steps++) {
        Animation *animation;
        const UpscaleFormat format = n_steps % 2 ? UPSCALE_WEBP : UPSCALE_PNG;
        assert_int_equal(animation_begin(cugan, fixture->file, fixture->size, survey, options_for(format), &animation),
                         STATUS_OK);
        for (int i = 0; i < n_steps; i++) assert_int_equal(animation_step(animation), STATUS_OK);
        animation_end(animation);
    }
    animation_end(NULL);
    frames_survey_free(survey);
    Bytes file = enlarge(cugan, fixture->file, fixture->size, UPSCALE_PNG);
    assert_true(file.size > 100);
    bytes_free(&file);
    network_free(cugan);
}

// Two frames of one row.
static Bytes wide_animation(int width) {
    const EncodePicture picture = {
        .format = ENCODE_PNG, .width = width, .height = 1, .channels = 3, .bits = 8, .level = 1};
    EncodeFrames *encode;
    Bytes file = {0};
    uint8_t *pixels = calloc(3, (size_t)width);
    assert_non_null(pixels);
    assert_int_equal(encode_frames_begin(&picture, 2, 0, &file, &encode), STATUS_OK);
    for (int n = 0; n < 2; n++) {
        memset(pixels, n ? 200 : 10, (size_t)width * 3);
        assert_int_equal(encode_frames_add(encode, pixels, (FrameDelay){1, 10}), STATUS_OK);
    }
    assert_int_equal(encode_frames_finish(encode), STATUS_OK);
    encode_frames_free(encode);
    free(pixels);
    return file;
}

static void test_a_plan_knows_the_limits_of_the_format(void **state) {
    (void)state;
    Upscaler *cugan = load();
    for (int width = 8191; width <= 8192; width++) {
        Bytes file = wide_animation(width);
        FramesSurvey *survey = survey_of(file.data, file.size);
        for (int is_webp = 0; is_webp < 2; is_webp++) {
            const bool is_refused = is_webp && width == 8192;
            UpscaleOptions options = options_for(is_webp ? UPSCALE_WEBP : UPSCALE_PNG);
            Animation *animation = NULL;
            options.is_plan = true;
            assert_int_equal(animation_begin(cugan, file.data, file.size, survey, options, &animation),
                             is_refused ? STATUS_UNSUPPORTED : STATUS_OK);
            if (is_refused)
                assert_string_equal(status_message(),
                                    "A WebP file has at most 16383 pixels a side, but the picture has 16384 x 2; PNG "
                                    "has no such limit.");
            animation_end(animation);
        }
        frames_survey_free(survey);
        bytes_free(&file);
    }
    network_free(cugan);
}

// 10 frames of two looks.
static Bytes small_animation(void) {
    enum { N = 10, SIDE = 3 };
    const EncodePicture picture = {
        .format = ENCODE_PNG, .width = SIDE, .height = SIDE, .channels = 4, .bits = 8, .level = 1};
    EncodeFrames *encode;
    Bytes file = {0};
    assert_int_equal(encode_frames_begin(&picture, N, 0, &file, &encode), STATUS_OK);
    for (int n = 0; n < N; n++) {
        uint8_t pixels[SIDE * SIDE * 4];
        memset(pixels, n < 5 ? 10 : 200, sizeof pixels);
        assert_int_equal(encode_frames_add(encode, pixels, (FrameDelay){1, 10}), STATUS_OK);
    }
    assert_int_equal(encode_frames_finish(encode), STATUS_OK);
    encode_frames_free(encode);
    return file;
}

static void test_allocations_failing(void **state) {
    (void)state;
    need_counted_memory();
    Upscaler *cugan = load();
    Bytes file = small_animation();
    for (int is_webp = 0; is_webp < 2; is_webp++) {
        for (long fail_at = is_webp;; fail_at += 4) { // those of the encoders are each tried in frames_test
            assert_in_range(fail_at, 0, 2000);
            FramesSurvey *survey = NULL;
            Animation *animation = NULL;
            count_memory(fail_at);
            Status status = frames_survey_begin(file.data, file.size, NULL, &survey);
            while (!status && frames_survey_n_left(survey)) status = frames_survey_step(survey);
            if (!status) {
                status = animation_begin(cugan, file.data, file.size, survey,
                                         options_for(is_webp ? UPSCALE_WEBP : UPSCALE_PNG), &animation);
            }
            while (!status && animation_done(animation) < animation_total(animation))
                status = animation_step(animation);
            const bool has_failed = memory.n > fail_at;
            memory.fail_at = -1;
            if (status != (has_failed ? STATUS_NO_MEMORY : STATUS_OK))
                fail_msg("webp %d, allocation %ld: %d \"%s\"", is_webp, fail_at, status, status_message());
            animation_end(animation);
            frames_survey_free(survey);
            if (!has_failed) break; // leaks are for the sanitizer to find: not all allocations are counted
        }
    }
    bytes_free(&file);
    network_free(cugan);
}

static void test_formats_without_frames_are_refused(void **state) {
    (void)state;
    Upscaler *cugan = load();
    const FramesFixture *fixture = &fixtures[0];
    FramesSurvey *survey = survey_of(fixture->file, fixture->size);
    Animation *animation = NULL;
    assert_int_equal(
        animation_begin(cugan, fixture->file, fixture->size, survey, options_for(UPSCALE_JPEG), &animation),
        STATUS_UNSUPPORTED);
    assert_string_equal(status_message(),
                        "Expected the format png or webp for an animation of 5 frames but received "
                        "jpg, which has no frames.");
    assert_int_equal(
        animation_begin(cugan, fixture->file, fixture->size, survey, options_for(UPSCALE_PIXELS), &animation),
        STATUS_UNSUPPORTED);
    UpscaleOptions options = options_for(UPSCALE_PNG);
    options.strength = 7;
    assert_int_equal(animation_begin(cugan, fixture->file, fixture->size, survey, options, &animation),
                     STATUS_BAD_ARGUMENT);
    assert_null(animation);
    frames_survey_free(survey);
    network_free(cugan);
}

int main(int argc, char **argv) {
    frames_load();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each_frame_is_the_still_picture_of_it),
        cmocka_unit_test(test_many_frames),
        cmocka_unit_test(test_an_aborted_animation_leaves_the_network_usable),
        cmocka_unit_test(test_allocations_failing),
        cmocka_unit_test(test_a_plan_knows_the_limits_of_the_format),
        cmocka_unit_test(test_formats_without_frames_are_refused),
    };
    return RUN_TESTS("animation", argc, argv, tests);
}
