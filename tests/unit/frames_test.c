// Animations in and out: every frame as another program shows it, delays, loops, profiles; cut and damaged files;
// memory that runs out.
#include "failing_memory.h"
#include "frames_fixtures.h"
#include "image/encode_apng.h"
#include "image/frames.h"
#include "test.h"

enum { N_FIXTURES = sizeof fixtures / sizeof *fixtures, N_BYTES = WIDTH * HEIGHT * 4 };

static void assert_frame(const struct Fixture *fixture, int n, const Image *canvas, FrameDelay delay) {
    assert_int_equal(canvas->width, WIDTH);
    assert_int_equal(canvas->height, HEIGHT);
    assert_int_equal(canvas->channels, 4);
    if (delay.numerator * fixture->frames[n].denominator != fixture->frames[n].numerator * delay.denominator) {
        fail_msg("%s, frame %d: another delay: %d/%d s", fixture->name, n, delay.numerator, delay.denominator);
    }
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

static void assert_info(const struct Fixture *fixture, const FramesInfo *info) {
    if (info->width != WIDTH || info->height != HEIGHT || info->n_frames != fixture->n_frames ||
        info->n_loops != fixture->n_loops) {
        fail_msg("%s: found %dx%d, %d frames, %d loops", fixture->name, info->width, info->height, info->n_frames,
                 info->n_loops);
    }
    if (info->icc.size != fixture->icc_size ||
        (info->icc.size && memcmp(info->icc.data, fixture->icc, fixture->icc_size))) {
        fail_msg("%s: another profile", fixture->name);
    }
}

static Status open_exactly(const uint8_t *bytes, size_t size, uint8_t **copy, Frames **out) {
    *copy = malloc(size ? size : 1); // of exactly that size, so that a sanitizer sees a byte read too far
    assert_non_null(*copy);
    memcpy(*copy, bytes, size);
    *out = NULL;
    return frames_open(*copy, size, out);
}

static void test_every_frame(void **state) {
    (void)state;
    for (int i = 0; i < N_FIXTURES; i++) {
        const struct Fixture *fixture = &fixtures[i];
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
        assert_int_equal(frames_count(fixture->file, fixture->size), fixture->n_frames);
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

static void test_every_truncation(void **state) {
    (void)state;
    for (int i = 0; i < N_FIXTURES; i++) {
        for (size_t size = 12; size < fixtures[i].size; size++) {
            const Status status = read_all(fixtures[i].file, size);
            if (status != STATUS_BAD_FORMAT || !strstr(status_message(), " file ends too early: ")) {
                fail_msg("%s of %zu bytes: %d \"%s\"", fixtures[i].name, size, status, status_message());
            }
        }
    }
}

// Any answer is right, as long as no sanitizer speaks.
static void test_damaged(void **state) {
    (void)state;
    uint32_t random = 1;
    int n_read = 0, n_refused = 0;
    for (int i = 0; i < 4000; i++) {
        const struct Fixture *fixture = &fixtures[i % N_FIXTURES];
        uint8_t *file = malloc(fixture->size);
        assert_non_null(file);
        memcpy(file, fixture->file, fixture->size);
        for (int n = 0; n < 1 + i % 3; n++) {
            random = random * 1664525u + 1013904223u;
            file[(size_t)(((uint64_t)random * fixture->size) >> 32)] ^= (uint8_t)(1u << (random >> 5 & 7));
        }
        if (read_all(file, fixture->size)) n_refused++;
        else n_read++;
        free(file);
    }
    assert_true(n_read > 100 && n_refused > 100); // both ways were taken
}

static void test_what_is_no_animation(void **state) {
    (void)state;
    static const uint8_t text[] = "Not a picture at all.";
    Frames *frames;
    assert_int_equal(frames_open(text, sizeof text, &frames), STATUS_BAD_ARGUMENT);
    assert_string_equal(status_message(), "Expected an animated GIF, PNG or WebP file but found another kind.");
    assert_int_equal(frames_count(text, sizeof text), 1);
    assert_int_equal(frames_count(text, 0), 1);
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
        assert_int_equal(frames_open(file.data, file.size, &frames), STATUS_BAD_ARGUMENT);
        snprintf(sentence, sizeof sentence, "Expected an animation but the %s file is a still picture.", names[i]);
        assert_string_equal(status_message(), sentence);
        assert_int_equal(frames_count(file.data, file.size), 1);
        bytes_free(&file);
    }
    for (int i = 0; i < N_FIXTURES; i++) {
        Image image;
        assert_int_equal(image_decode(fixtures[i].file, fixtures[i].size, &image), STATUS_UNSUPPORTED);
        assert_non_null(strstr(status_message(), " file is animated."));
    }
}

// ---- out

// The frames of a fixture as an animated PNG, in batches of 1, 2, 3 … rows.
static Status encode(const struct Fixture *fixture, Bytes *file) {
    const Bytes icc = {(uint8_t *)(uintptr_t)fixture->icc, fixture->icc_size, fixture->icc_size};
    const EncodePicture picture = {
        .format = ENCODE_PNG, .width = WIDTH, .height = HEIGHT, .channels = 4, .bits = 8, .level = 6, .icc = &icc};
    Bytes sink = {0};
    EncodeApng *apng = NULL;
    Status status = encode_apng_begin(&picture, fixture->n_frames, fixture->n_loops, &sink, &apng);
    for (int n = 0; !status && n < fixture->n_frames; n++) {
        status = encode_apng_frame(apng, (FrameDelay){fixture->frames[n].numerator, fixture->frames[n].denominator});
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

static void assert_read_again(const struct Fixture *fixture, const Bytes *file) {
    Frames *frames;
    const Image *canvas;
    FrameDelay delay;
    if (frames_open(file->data, file->size, &frames)) fail_msg("%s: %s", fixture->name, status_message());
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
    for (int i = 0; i < N_FIXTURES; i++) {
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
    assert_int_equal(encode_apng_frame(apng, (FrameDelay){100000, 200000}), STATUS_OK); // half a second
    assert_int_equal(encode_apng_rows(apng, pixels, WIDTH * 4, HEIGHT - 1), STATUS_OK);
    assert_int_equal(encode_apng_finish(apng), STATUS_INTERNAL);
    assert_string_equal(status_message(), "The PNG of 11 rows was given only 10.");
    assert_int_equal(encode_apng_frame(apng, (FrameDelay){1, 10}), STATUS_INTERNAL);
    assert_string_equal(status_message(), "The animation of 1 frames was given more than that.");
    assert_int_equal(encode_apng_rows(apng, pixels, WIDTH * 4, 1), STATUS_OK);
    assert_int_equal(encode_apng_finish(apng), STATUS_OK);
    encode_apng_free(apng);
    encode_apng_free(NULL);
    Frames *frames;
    const Image *canvas;
    FrameDelay delay;
    assert_int_equal(frames_open(sink.data, sink.size, &frames), STATUS_OK);
    assert_int_equal(frames_next(frames, &canvas, &delay), STATUS_OK);
    assert_int_equal(delay.numerator * 2, delay.denominator);
    frames_close(frames);
    bytes_free(&sink);
}

// ---- memory that runs out

static void test_every_allocation_failing(void **state) {
    (void)state;
    need_counted_memory();
    for (int i = 0; i < N_FIXTURES; i++) {
        for (long fail_at = 0;; fail_at++) {
            assert_in_range(fail_at, 0, 1000);
            Frames *frames = NULL;
            const Image *canvas;
            FrameDelay delay;
            const long n_live = memory.n_live;
            count_memory(fail_at);
            Status status = frames_open(fixtures[i].file, fixtures[i].size, &frames);
            for (int n = 0; !status && n < fixtures[i].n_frames; n++) status = frames_next(frames, &canvas, &delay);
            const bool has_failed = memory.n > fail_at;
            memory.fail_at = -1;
            frames_close(frames);
            if (status != (has_failed ? STATUS_NO_MEMORY : STATUS_OK)) {
                fail_msg("%s, allocation %ld: %d \"%s\"", fixtures[i].name, fail_at, status, status_message());
            }
            if (memory.n_live != n_live) fail_msg("%s, allocation %ld: leaks", fixtures[i].name, fail_at);
            if (!has_failed) break;
        }
    }
    for (long fail_at = 0;; fail_at++) {
        Bytes file = {0};
        const long n_live = memory.n_live;
        count_memory(fail_at);
        const Status status = encode(&fixtures[0], &file);
        const bool has_failed = memory.n > fail_at;
        memory.fail_at = -1;
        assert_int_equal(status, has_failed ? STATUS_NO_MEMORY : STATUS_OK);
        bytes_free(&file);
        assert_int_equal(memory.n_live, n_live);
        if (!has_failed) break;
    }
}

int main(int argc, char **argv) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_frame),
        cmocka_unit_test(test_every_truncation),
        cmocka_unit_test(test_damaged),
        cmocka_unit_test(test_what_is_no_animation),
        cmocka_unit_test(test_written_and_read_again),
        cmocka_unit_test(test_wrong_calls),
        cmocka_unit_test(test_every_allocation_failing),
    };
    return RUN_TESTS("frames", argc, argv, tests);
}
