// Animations in and out: every frame as another program shows it, delays, loops, profiles; cut and damaged files;
// memory that runs out.
#include "failing_memory.h"
#include "frames_fixtures.h"
#include "image/alike.h"
#include "image/encode_apng.h"
#include "image/encode_frames.h"
#include "image/frames.h"
#include "image/frames_survey.h"
#include "image/rgb.h"
#include "test.h"

enum { N_BYTES = WIDTH * HEIGHT * 4 };

static FrameDelay delay_of(const FramesFixture *fixture, int n) {
    return (FrameDelay){fixture->frames[n].numerator, fixture->frames[n].denominator};
}

static void assert_delay(const FramesFixture *fixture, int n, FrameDelay delay, double tolerance) {
    const FrameDelay expected = delay_of(fixture, n);
    const double a = (double)delay.numerator / delay.denominator, b = (double)expected.numerator / expected.denominator;
    if (a - b > tolerance || b - a > tolerance)
        fail_msg("%s, frame %d: another delay: %d/%d s", fixture->name, n, delay.numerator, delay.denominator);
}

static void assert_seen(const FramesFixture *fixture, int n, const Image *canvas) {
    assert_int_equal(canvas->width, WIDTH);
    assert_int_equal(canvas->height, HEIGHT);
    assert_int_equal(canvas->channels, 4);
    const uint8_t *expected = fixture->frames[n].pixels, *found = canvas->pixels;
    for (int i = 0; i < N_BYTES; i += 4) {
        if (expected[i + 3] == 0 && found[i + 3] == 0) continue;
        for (int c = 0; c < 4; c++) { // programs round what they lay over each other in different ways
            if (abs(found[i + c] - expected[i + c]) > 1) {
                fail_msg("%s, frame %d, pixel %d %d: expected %d %d %d %d but found %d %d %d %d", fixture->name, n,
                         i / 4 % WIDTH, i / 4 / WIDTH, expected[i], expected[i + 1], expected[i + 2], expected[i + 3],
                         found[i], found[i + 1], found[i + 2], found[i + 3]);
            }
        }
    }
}

static void assert_frame(const FramesFixture *fixture, int n, const Image *canvas, FrameDelay delay) {
    assert_seen(fixture, n, canvas);
    assert_delay(fixture, n, delay, 0);
}

static void assert_info(const FramesFixture *fixture, const FramesInfo *info) {
    if (info->width != WIDTH || info->height != HEIGHT || info->n_frames != fixture->n_frames ||
        info->n_loops != fixture->n_loops) {
        fail_msg("%s: found %dx%d, %d frames, %d loops", fixture->name, info->width, info->height, info->n_frames,
                 info->n_loops);
    }
    if (info->meta.icc.size != fixture->icc.size ||
        (info->meta.icc.size && memcmp(info->meta.icc.data, fixture->icc.data, fixture->icc.size))) {
        fail_msg("%s: another profile", fixture->name);
    }
}

static Status open_exactly(const uint8_t *bytes, size_t size, uint8_t **copy, Frames **out) {
    *copy = malloc(size ? size : 1); // of exactly that size, so that a sanitizer sees a byte read too far
    assert_non_null(*copy);
    memcpy(*copy, bytes, size);
    *out = NULL;
    return frames_open(*copy, size, NULL, out);
}

static void test_every_frame(void **state) {
    (void)state;
    for (int i = 0; i < n_fixtures; i++) {
        const FramesFixture *fixture = &fixtures[i];
        uint8_t *copy;
        Frames *frames;
        if (open_exactly(fixture->file, fixture->size, &copy, &frames))
            fail_msg("%s: %s", fixture->name, status_message());
        assert_info(fixture, frames_info(frames));
        const Image *canvas;
        FrameDelay delay;
        for (int n = 0; n < fixture->n_frames; n++) {
            if (frames_next(frames, &canvas, &delay)) fail_msg("%s, frame %d: %s", fixture->name, n, status_message());
            assert_non_null(canvas);
            assert_frame(fixture, n, canvas, delay);
        }
        for (int again = 0; again < 2; again++) {
            assert_int_equal(frames_next(frames, &canvas, &delay), STATUS_OK);
            assert_null(canvas);
        }
        frames_close(frames);
        free(copy);
        assert_int_equal(frames_count(fixture->file, fixture->size, NULL), fixture->n_frames);
    }
    frames_close(NULL);
}

// All frames up to the first error.
static Status read_all(const uint8_t *bytes, size_t size) {
    uint8_t *copy;
    Frames *frames;
    const Image *canvas;
    FrameDelay delay;
    Status status = open_exactly(bytes, size, &copy, &frames);
    do {
        if (!status) status = frames_next(frames, &canvas, &delay);
    } while (!status && canvas);
    frames_close(frames);
    free(copy);
    return status;
}

// A GIF that ends between two frames cannot be told from one whose end is missing: those before are shown, as in
// Chromium, and a warning tells of it. Of a PNG only what has no pixels may be missing.
static void assert_shorter(const FramesFixture *fixture, size_t size) {
    uint8_t *copy;
    Frames *frames;
    const Image *canvas;
    FrameDelay delay;
    const bool is_gif = !memcmp(fixture->file, "GIF", 3);
    const char *sentence = is_gif ? "The GIF file has no end (its trailer is missing)" : "The PNG file has no end";
    assert_int_equal(open_exactly(fixture->file, size, &copy, &frames), STATUS_OK);
    const Bytes *warnings = &frames_info(frames)->warnings;
    assert_true(warnings->size > 0 && frames_info(frames)->n_frames <= fixture->n_frames);
    assert_memory_equal(warnings->data, sentence, strlen(sentence));
    if (!is_gif) assert_int_equal(frames_info(frames)->n_frames, fixture->n_frames);
    for (int n = 0; n < frames_info(frames)->n_frames; n++) {
        assert_int_equal(frames_next(frames, &canvas, &delay), STATUS_OK);
        assert_frame(fixture, n, canvas, delay);
    }
    frames_close(frames);
    free(copy);
}

static void test_every_truncation(void **state) {
    (void)state;
    for (int i = 0; i < n_fixtures; i++) {
        int n_shown = 0;
        for (size_t size = 12; size < fixtures[i].size; size++) {
            const Status status = read_all(fixtures[i].file, size);
            if (!status) {
                assert_shorter(&fixtures[i], size);
                n_shown++;
            } else if (status != STATUS_BAD_FORMAT || !strstr(status_message(), " file ends too early: ")) {
                fail_msg("%s of %zu bytes: %d \"%s\"", fixtures[i].name, size, status, status_message());
            }
        }
        assert_true(n_shown < (int)fixtures[i].size / 10);
    }
}

// Any answer is right, as long as no sanitizer speaks.
static void test_damaged(void **state) {
    (void)state;
    uint32_t random = 1;
    int n_read = 0, n_refused = 0;
    for (int i = 0; i < 4000; i++) {
        const FramesFixture *fixture = &fixtures[i % n_fixtures];
        uint8_t *file = malloc(fixture->size);
        assert_non_null(file);
        memcpy(file, fixture->file, fixture->size);
        for (int n = 0; n < 1 + i % 3; n++) {
            random = random * 1664525u + 1013904223u;
            file[(size_t)(((uint64_t)random * fixture->size) >> 32)] ^= (uint8_t)(1u << (random >> 5 & 7));
        }
        if (read_all(file, fixture->size))
            n_refused++;
        else
            n_read++;
        free(file);
    }
    assert_true(n_read > 100 && n_refused > 100); // both ways were taken
}

static void test_what_is_no_animation(void **state) {
    (void)state;
    static const uint8_t text[] = "Not a picture at all.";
    Frames *frames;
    assert_int_equal(frames_open(text, sizeof text, NULL, &frames), STATUS_BAD_ARGUMENT);
    assert_string_equal(status_message(), "Expected an animated GIF, PNG or WebP file but found another kind.");
    assert_int_equal(frames_count(text, sizeof text, NULL), 1);
    assert_int_equal(frames_count(text, 0, NULL), 1);
    // A still picture, and the same as an animation is refused by image_decode.
    EncodePicture picture = {
        .format = ENCODE_PNG, .width = WIDTH, .height = HEIGHT, .channels = 4, .bits = 8, .level = 6, .quality = 90};
    static const EncodeFormat formats[] = {ENCODE_PNG, ENCODE_WEBP};
    static const char *const names[] = {"PNG", "WebP"};
    for (int i = 0; i < 2; i++) {
        Bytes file = {0};
        Encode *encoder;
        char sentence[100];
        picture.format = formats[i];
        assert_int_equal(encode_begin(&picture, &file, &encoder), STATUS_OK);
        assert_int_equal(encode_rows(encoder, fixtures[0].frames[0].pixels, WIDTH * 4, HEIGHT), STATUS_OK);
        assert_int_equal(encode_finish(encoder), STATUS_OK);
        encode_free(encoder);
        assert_int_equal(frames_open(file.data, file.size, NULL, &frames), STATUS_BAD_ARGUMENT);
        snprintf(sentence, sizeof sentence, "Expected an animation but the %s file is a still picture.", names[i]);
        assert_string_equal(status_message(), sentence);
        assert_int_equal(frames_count(file.data, file.size, NULL), 1);
        bytes_free(&file);
    }
    for (int i = 0; i < n_fixtures; i++) {
        Image image;
        assert_int_equal(image_decode(fixtures[i].file, fixtures[i].size, NULL, &image), STATUS_UNSUPPORTED);
        assert_non_null(strstr(status_message(), " file is animated."));
    }
}

// To networks that look at pictures, an animation is its first frame, without its alpha.
static void test_first_frame_as_rgb(void **state) {
    (void)state;
    for (int i = 0; i < n_fixtures; i++) {
        Image image;
        assert_int_equal(rgb_decode(fixtures[i].file, fixtures[i].size, NULL, &image), STATUS_OK);
        assert_int_equal(image.width, WIDTH);
        assert_int_equal(image.height, HEIGHT);
        rgb_convert(&image);
        assert_int_equal(image.channels, 3);
        const uint8_t *expected = fixtures[i].frames[0].pixels;
        for (int at = 0; at < WIDTH * HEIGHT; at++) {
            for (int c = 0; c < 3 && expected[at * 4 + 3]; c++) { // what is transparent has no colour to speak of
                if (abs(image.pixels[at * 3 + c] - expected[at * 4 + c]) > 1)
                    fail_msg("%s, pixel %d", fixtures[i].name, at);
            }
        }
        image_free(&image);
    }
}

// ---- out

static const AlikeRect whole = {0, 0, WIDTH, HEIGHT};

// The frames of a fixture as an animated PNG, in batches of 1, 2, 3 … rows.
static Status encode(const FramesFixture *fixture, Bytes *file) {
    const Bytes icc = {fixture->icc.data, fixture->icc.size, fixture->icc.size};
    const EncodePicture picture = {
        .format = ENCODE_PNG, .width = WIDTH, .height = HEIGHT, .channels = 4, .bits = 8, .level = 6, .icc = &icc};
    Bytes sink = {0};
    EncodeApng *apng = NULL;
    Status status = encode_apng_begin(&picture, fixture->n_frames, fixture->n_loops, &sink, &apng);
    for (int n = 0; !status && n < fixture->n_frames; n++) {
        status = encode_apng_frame(apng, whole, delay_of(fixture, n));
        for (int y = 0, n_rows = 1; !status && y < HEIGHT; y += n_rows++) {
            if (n_rows > HEIGHT - y) n_rows = HEIGHT - y;
            status = encode_apng_rows(apng, fixture->frames[n].pixels + y * WIDTH * 4, WIDTH * 4, n_rows);
            if (!status) status = bytes_append(file, sink.data, sink.size);
            bytes_clear(&sink);
        }
    }
    if (!status) status = encode_apng_finish(apng);
    if (!status) status = bytes_append(file, sink.data, sink.size);
    encode_apng_free(apng);
    bytes_free(&sink);
    return status;
}

static void assert_read_again(const FramesFixture *fixture, const Bytes *file) {
    Frames *frames;
    const Image *canvas;
    FrameDelay delay;
    if (frames_open(file->data, file->size, NULL, &frames)) fail_msg("%s: %s", fixture->name, status_message());
    assert_info(fixture, frames_info(frames));
    for (int n = 0; n < fixture->n_frames; n++) {
        if (frames_next(frames, &canvas, &delay)) fail_msg("%s: %s", fixture->name, status_message());
        assert_frame(fixture, n, canvas, delay);
        assert_memory_equal(canvas->pixels, fixture->frames[n].pixels, N_BYTES);
    }
    frames_close(frames);
}

static void test_written_and_read_again(void **state) {
    (void)state;
    for (int i = 0; i < n_fixtures; i++) {
        Bytes file = {0};
        assert_int_equal(encode(&fixtures[i], &file), STATUS_OK);
        assert_read_again(&fixtures[i], &file);
        bytes_free(&file);
    }
}

static void test_wrong_calls(void **state) {
    (void)state;
    EncodePicture picture = {
        .format = ENCODE_PNG, .width = WIDTH, .height = HEIGHT, .channels = 4, .bits = 8, .level = 6};
    const uint8_t *pixels = fixtures[0].frames[0].pixels;
    Bytes sink = {0};
    EncodeApng *apng = NULL;
    assert_int_equal(encode_apng_begin(&picture, 0, 0, &sink, &apng), STATUS_BAD_ARGUMENT);
    assert_string_equal(status_message(), "Expected at least 1 frame and 0 loops but received 0 and 0.");
    picture.format = ENCODE_JPEG;
    assert_int_equal(encode_apng_begin(&picture, 2, 0, &sink, &apng), STATUS_BAD_ARGUMENT);
    assert_null(apng);
    picture.format = ENCODE_PNG;
    assert_int_equal(encode_apng_begin(&picture, 1, 0, &sink, &apng), STATUS_OK);
    assert_int_equal(encode_apng_rows(apng, pixels, WIDTH * 4, 1), STATUS_INTERNAL);
    assert_int_equal(encode_apng_finish(apng), STATUS_INTERNAL);
    assert_string_equal(status_message(), "The animation of 1 frames was given only 0.");
    assert_int_equal(encode_apng_frame(apng, whole, (FrameDelay){100000, 200000}), STATUS_OK); // half a second
    assert_int_equal(encode_apng_rows(apng, pixels, WIDTH * 4, HEIGHT - 1), STATUS_OK);
    assert_int_equal(encode_apng_finish(apng), STATUS_INTERNAL);
    assert_string_equal(status_message(), "The PNG of 11 rows was given only 10.");
    assert_int_equal(encode_apng_frame(apng, whole, (FrameDelay){1, 10}), STATUS_INTERNAL);
    assert_string_equal(status_message(), "The animation of 1 frames was given more than that.");
    assert_int_equal(encode_apng_rows(apng, pixels, WIDTH * 4, 1), STATUS_OK);
    assert_int_equal(encode_apng_finish(apng), STATUS_OK);
    encode_apng_free(apng);
    encode_apng_free(NULL);
    Frames *frames;
    const Image *canvas;
    FrameDelay delay;
    assert_int_equal(frames_open(sink.data, sink.size, NULL, &frames), STATUS_OK);
    assert_int_equal(frames_next(frames, &canvas, &delay), STATUS_OK);
    assert_int_equal(delay.numerator * 2, delay.denominator);
    frames_close(frames);
    bytes_free(&sink);
}

// The frames of a fixture as they leave the engine.
static Status encode_as(const FramesFixture *fixture, EncodeFormat format, Bytes *file) {
    const Bytes icc = {fixture->icc.data, fixture->icc.size, fixture->icc.size};
    const EncodePicture picture = {.format = format,
                                   .width = WIDTH,
                                   .height = HEIGHT,
                                   .channels = 4,
                                   .bits = 8,
                                   .quality = 90,
                                   .level = 6,
                                   .icc = &icc};
    EncodeFrames *encode = NULL;
    Status status = encode_frames_begin(&picture, fixture->n_frames, fixture->n_loops, file, &encode);
    for (int n = 0; !status && n < fixture->n_frames; n++)
        status = encode_frames_add(encode, fixture->frames[n].pixels, delay_of(fixture, n));
    if (!status) status = encode_frames_finish(encode);
    encode_frames_free(encode);
    return status;
}

// Only what changed is in the file, and yet all is seen.
static void test_changes_written_and_read_again(void **state) {
    (void)state;
    static const EncodeFormat formats[] = {ENCODE_PNG, ENCODE_WEBP_LOSSLESS};
    for (int f = 0; f < 2; f++) {
        for (int i = 0; i < n_fixtures; i++) {
            const FramesFixture *fixture = &fixtures[i];
            Bytes file = {0};
            Frames *frames;
            const Image *canvas;
            FrameDelay delay;
            assert_int_equal(encode_as(fixture, formats[f], &file), STATUS_OK);
            if (frames_open(file.data, file.size, NULL, &frames)) fail_msg("%s: %s", fixture->name, status_message());
            assert_info(fixture, frames_info(frames));
            for (int n = 0; n < fixture->n_frames; n++) {
                assert_int_equal(frames_next(frames, &canvas, &delay), STATUS_OK);
                assert_seen(fixture, n, canvas);
                assert_delay(fixture, n, delay, f ? 0.00101 : 0); // WebP has whole milliseconds
            }
            frames_close(frames);
            bytes_free(&file);
        }
    }
}

static void test_lossy_webp_looks_the_same(void **state) {
    (void)state;
    Bytes file = {0};
    Frames *frames;
    const Image *canvas;
    FrameDelay delay;
    const FramesFixture *fixture = &fixtures[5]; // opaque
    assert_string_equal(fixture->name, "gif_opaque");
    assert_int_equal(encode_as(fixture, ENCODE_WEBP, &file), STATUS_OK);
    assert_int_equal(frames_open(file.data, file.size, NULL, &frames), STATUS_OK);
    for (int n = 0; n < fixture->n_frames; n++) {
        long differences = 0;
        assert_int_equal(frames_next(frames, &canvas, &delay), STATUS_OK);
        for (int i = 0; i < N_BYTES; i++) differences += abs(canvas->pixels[i] - fixture->frames[n].pixels[i]);
        assert_in_range(differences / N_BYTES, 0, 10);
    }
    frames_close(frames);
    bytes_free(&file);
}

static void test_what_differs(void **state) {
    (void)state;
    enum { W = 9, H = 7 };
    for (int channels = 3; channels <= 4; channels++) {
        uint8_t a[W * H * 4], b[W * H * 4];
        for (size_t i = 0; i < sizeof a; i++) a[i] = (uint8_t)(1 + i * 7 % 250);
        memcpy(b, a, sizeof a);
        assert_int_equal(alike_difference(a, b, W, H, channels).width, 0);
        static const struct {
            int x0, y0, x1, y1; // two pixels that differ
        } cases[] = {{0, 0, 0, 0}, {8, 6, 8, 6}, {2, 1, 5, 4}, {5, 1, 2, 4}, {0, 3, 8, 3}, {8, 0, 0, 6}};
        for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
            memcpy(b, a, sizeof a);
            b[(cases[i].y0 * W + cases[i].x0) * channels]++;
            b[(cases[i].y1 * W + cases[i].x1) * channels + 2] ^= 1;
            const int left = cases[i].x0 < cases[i].x1 ? cases[i].x0 : cases[i].x1;
            const AlikeRect found = alike_difference(a, b, W, H, channels);
            assert_int_equal(found.x, left);
            assert_int_equal(found.y, cases[i].y0);
            assert_int_equal(found.width, abs(cases[i].x1 - cases[i].x0) + 1);
            assert_int_equal(found.height, cases[i].y1 - cases[i].y0 + 1);
        }
        if (channels == 3) continue;
        memcpy(b, a, sizeof a);
        a[3] = b[3] = 0; // other colours of what is not seen
        b[0]++;
        assert_int_equal(alike_difference(a, b, W, H, channels).width, 0);
        b[3] = 1;
        assert_int_equal(alike_difference(a, b, W, H, channels).width, 1);
    }
}

// ---- the survey

// A picture of one grey for each letter, for as many 1/1000 s as `ms` says.
static Bytes animation_of(const char *letters, const int *ms) {
    const EncodePicture picture = {.format = ENCODE_PNG, .width = 4, .height = 3, .channels = 4, .bits = 8, .level = 6};
    EncodeFrames *encode;
    Bytes file = {0};
    const int n_frames = (int)strlen(letters);
    assert_int_equal(encode_frames_begin(&picture, n_frames, 2, &file, &encode), STATUS_OK);
    for (int n = 0; n < n_frames; n++) {
        uint8_t pixels[4 * 3 * 4];
        memset(pixels, letters[n], sizeof pixels);
        for (int i = 3; i < (int)sizeof pixels; i += 4) pixels[i] = letters[n] == '.' ? 0 : 255;
        assert_int_equal(encode_frames_add(encode, pixels, (FrameDelay){ms[n], 1000}), STATUS_OK);
    }
    assert_int_equal(encode_frames_finish(encode), STATUS_OK);
    encode_frames_free(encode);
    return file;
}

static void test_frames_that_look_the_same_are_one(void **state) {
    (void)state;
    // 10 ms and less are shown as 100, but a frame that stands alone keeps its time.
    static const int ms[] = {0, 50, 50, 30, 0, 10, 20, 40};
    static const struct {
        int ms, n_frames;
    } expected[] = {{0, 1}, {130, 3}, {200, 2}, {60, 2}};
    for (int is_opaque = 0; is_opaque < 2; is_opaque++) {
        Bytes file = animation_of(is_opaque ? "abbbccdd" : "abbbcc..", ms);
        FramesSurvey *survey;
        assert_int_equal(frames_survey_begin(file.data, file.size, NULL, &survey), STATUS_OK);
        assert_int_equal(frames_survey_n_left(survey), 8);
        while (frames_survey_n_left(survey)) assert_int_equal(frames_survey_step(survey), STATUS_OK);
        assert_int_equal(frames_survey_step(survey), STATUS_BAD_ARGUMENT);
        assert_int_equal(frames_survey_is_opaque(survey), is_opaque);
        assert_int_equal(frames_survey_info(survey)->n_loops, 2);
        assert_int_equal(frames_survey_n_shown(survey), 4);
        for (int i = 0; i < 4; i++) {
            const FramesShown shown = frames_survey_shown(survey, i);
            assert_int_equal(shown.n_frames, expected[i].n_frames);
            assert_int_equal(shown.delay.numerator * 1000, expected[i].ms * shown.delay.denominator);
        }
        frames_survey_free(survey);
        bytes_free(&file);
    }
    frames_survey_free(NULL);
}

// The longest delays that the formats hold, and many short ones whose times are no whole milliseconds.
static void test_odd_delays(void **state) {
    (void)state;
    static const struct {
        FrameDelay in;
        double png, webp; // in s
    } cases[] = {
        {{0, 100}, 0, 0},         {{1, 3}, 1.0 / 3, 0.333},           {{70000, 1000}, 70, 70},
        {{70000, 100}, 700, 700}, {{2000000, 100}, 20000, 16777.215}, {{2147483647, 1}, 65535, 16777.215},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        for (int is_webp = 0; is_webp < 2; is_webp++) {
            const EncodePicture picture = {.format = is_webp ? ENCODE_WEBP_LOSSLESS : ENCODE_PNG,
                                           .width = 2,
                                           .height = 2,
                                           .channels = 3,
                                           .bits = 8,
                                           .level = 6};
            EncodeFrames *encode;
            Frames *frames;
            const Image *canvas;
            FrameDelay delay;
            Bytes file = {0};
            assert_int_equal(encode_frames_begin(&picture, 2, 0, &file, &encode), STATUS_OK);
            for (int n = 0; n < 2; n++) {
                uint8_t pixels[12] = {0};
                pixels[0] = (uint8_t)(n * 200);
                assert_int_equal(encode_frames_add(encode, pixels, n ? (FrameDelay){1, 10} : cases[i].in), STATUS_OK);
            }
            assert_int_equal(encode_frames_finish(encode), STATUS_OK);
            encode_frames_free(encode);
            assert_int_equal(frames_open(file.data, file.size, NULL, &frames), STATUS_OK);
            assert_int_equal(frames_next(frames, &canvas, &delay), STATUS_OK);
            assert_float_equal((double)delay.numerator / delay.denominator, is_webp ? cases[i].webp : cases[i].png,
                               1e-6);
            frames_close(frames);
            bytes_free(&file);
        }
    }
}

// ---- memory that runs out

static Status read_frames(void *fixture) {
    const FramesFixture *from = fixture;
    Frames *frames = NULL;
    const Image *canvas;
    FrameDelay delay;
    Status status = frames_open(from->file, from->size, NULL, &frames);
    for (int n = 0; !status && n < from->n_frames; n++) status = frames_next(frames, &canvas, &delay);
    frames_close(frames);
    return status;
}

static void test_every_allocation_failing(void **state) {
    (void)state;
    need_counted_memory();
    for (int i = 0; i < n_fixtures; i++) {
        FramesFixture fixture = fixtures[i];
        if (fail_each_allocation(read_frames, &fixture) < 1) fail_msg("%s: allocates nothing", fixture.name);
    }
}

static Status survey_all(const FramesFixture *fixture) {
    FramesSurvey *survey = NULL;
    Status status = frames_survey_begin(fixture->file, fixture->size, NULL, &survey);
    while (!status && frames_survey_n_left(survey)) status = frames_survey_step(survey);
    frames_survey_free(survey);
    return status;
}

typedef Status Writer(const FramesFixture *fixture, Bytes *file);

static Status write_png(const FramesFixture *fixture, Bytes *file) { return encode_as(fixture, ENCODE_PNG, file); }
static Status write_webp(const FramesFixture *fixture, Bytes *file) { return encode_as(fixture, ENCODE_WEBP, file); }
static Status write_lossless(const FramesFixture *fixture, Bytes *file) {
    return encode_as(fixture, ENCODE_WEBP_LOSSLESS, file);
}
static Status write_nothing(const FramesFixture *fixture, Bytes *file) {
    (void)file;
    return survey_all(fixture);
}

static Status write_first(void *writer) {
    Bytes file = {0};
    const Status status = (*(Writer **)writer)(&fixtures[0], &file);
    bytes_free(&file);
    return status;
}

static void test_every_allocation_failing_in_writing(void **state) {
    (void)state;
    need_counted_memory();
    Writer *writers[] = {encode, write_png, write_webp, write_lossless, write_nothing};
    for (size_t i = 0; i < sizeof writers / sizeof *writers; i++)
        assert_true(fail_each_allocation(write_first, &writers[i]) > 0);
}

int main(int argc, char **argv) {
    frames_load();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_frame),
        cmocka_unit_test(test_every_truncation),
        cmocka_unit_test(test_damaged),
        cmocka_unit_test(test_what_is_no_animation),
        cmocka_unit_test(test_first_frame_as_rgb),
        cmocka_unit_test(test_written_and_read_again),
        cmocka_unit_test(test_wrong_calls),
        cmocka_unit_test(test_changes_written_and_read_again),
        cmocka_unit_test(test_lossy_webp_looks_the_same),
        cmocka_unit_test(test_what_differs),
        cmocka_unit_test(test_frames_that_look_the_same_are_one),
        cmocka_unit_test(test_odd_delays),
        cmocka_unit_test(test_every_allocation_failing),
        cmocka_unit_test(test_every_allocation_failing_in_writing),
    };
    return RUN_TESTS("frames", argc, argv, tests);
}
