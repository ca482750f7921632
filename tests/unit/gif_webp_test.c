// Odd, cut and damaged GIF and WebP files: what is shown of them, with which warning, and what is refused.
#include <webp/decode.h>
#include <webp/demux.h>

#include "failing_memory.h"
#include "fixtures.h"
#include "image/exif.h"
#include "image/frames_survey.h"
#include "image/orient.h"
#include "test.h"

#define WEBP(name) webp_file(#name).data, webp_file(#name).size

typedef struct Gif {
    const char *name;
    const uint8_t *file;
    size_t size;
    bool keeps_damaged;
    int width, height;
    const char *sentence; // a warning or none; if there are no frames, why it is refused
    int n_frames;
    const char *frames[4]; // digits are colours, '#' is black, '.' is transparent
} Gif;

static Gif *gifs;
static int n_gifs;
static FixtureFiles files;

static FixtureBytes webp_file(const char *name) {
    char full[64];
    snprintf(full, sizeof full, "webp_%s", name);
    return fixtures_named(&files, full);
}

static Gif read_gif_fixture(Fixtures *set) {
    Gif gif = {.name = fixtures_text(set)};
    const FixtureBytes file = fixtures_bytes(set);
    gif.file = file.data;
    gif.size = file.size;
    gif.keeps_damaged = fixtures_int(set);
    gif.width = fixtures_int(set);
    gif.height = fixtures_int(set);
    gif.sentence = fixtures_text(set);
    gif.n_frames = fixtures_int(set);
    fixtures_expect(set, gif.n_frames <= 4, "at most 4 frames");
    for (int i = 0; i < gif.n_frames; i++) gif.frames[i] = fixtures_text(set);
    return gif;
}

static void load_fixtures(void) {
    Fixtures set = fixtures_open("gif_webp");
    gifs = fixtures_table(&set, "gifs", sizeof *gifs, &n_gifs);
    for (int i = 0; i < n_gifs; i++) gifs[i] = read_gif_fixture(&set);
    files = fixtures_files(&set, "files");
    fixtures_close(&set);
}

static const DecodeOptions keeping = {.keeps_damaged = true};

// In memory of exactly that size, so that a sanitizer sees a byte read too far.
static uint8_t *exactly(const uint8_t *bytes, size_t size) {
    uint8_t *copy = malloc(size);
    assert_non_null(copy);
    memcpy(copy, bytes, size);
    return copy;
}

// The warnings' sentences, without the facts behind them: `sentences`, with newlines between them.
static void assert_told(const char *name, const Bytes *warnings, const char *sentences) {
    char found[2000] = "";
    size_t n = 0;
    for (size_t at = 0; at < warnings->size;) {
        const char *line = (const char *)warnings->data + at, *end = memchr(line, '\n', warnings->size - at);
        const char *facts = memchr(line, '\t', (size_t)(end - line));
        n += (size_t)snprintf(found + n, sizeof found - n, "%s%.*s", n ? "\n" : "", (int)(facts - line), line);
        at += (size_t)(end - line) + 1;
    }
    if (strcmp(found, sentences)) fail_msg("%s: expected \"%s\" but found \"%s\"", name, sentences, found);
}

// ---- GIF

static const uint8_t *colour_of(char seen) {
    static const uint8_t black[3] = {0}, colours[8][3] = {{255, 0, 0},   {0, 255, 0},   {0, 0, 255},     {255, 255, 0},
                                                          {0, 255, 255}, {255, 0, 255}, {255, 255, 255}, {10, 20, 30}};
    return seen == '#' ? black : colours[seen - '0'];
}

static void assert_seen(const Gif *gif, int n, const Image *image) {
    if (image->width != gif->width || image->height != gif->height)
        fail_msg("%s: found %d x %d pixels", gif->name, image->width, image->height);
    for (int i = 0; i < gif->width * gif->height; i++) {
        const uint8_t *found = image->pixels + i * image->channels;
        const char seen = gif->frames[n][i];
        const int alpha = image->channels == 4 ? found[3] : 255;
        if (alpha != (seen == '.' ? 0 : 255) || (alpha && memcmp(found, colour_of(seen), 3)))
            fail_msg("%s, frame %d, pixel %d: expected %c but found %d %d %d %d", gif->name, n, i, seen, found[0],
                     found[1], found[2], alpha);
    }
}

static void assert_still(const Gif *gif, const uint8_t *file) {
    Image image;
    if (image_decode(file, gif->size, &(DecodeOptions){.keeps_damaged = gif->keeps_damaged}, &image))
        fail_msg("%s: %s", gif->name, status_message());
    assert_seen(gif, 0, &image);
    assert_told(gif->name, &image.warnings, gif->sentence);
    image_free(&image);
}

static void assert_animated(const Gif *gif, const uint8_t *file) {
    Frames *frames;
    const Image *canvas;
    FrameDelay delay;
    if (frames_open(file, gif->size, &(DecodeOptions){.keeps_damaged = gif->keeps_damaged}, &frames))
        fail_msg("%s: %s", gif->name, status_message());
    for (int n = 0; n < gif->n_frames; n++) {
        if (frames_next(frames, &canvas, &delay)) fail_msg("%s: %s", gif->name, status_message());
        assert_seen(gif, n, canvas);
    }
    assert_told(gif->name, &frames_info(frames)->warnings, gif->sentence);
    frames_close(frames);
}

// All of them, whether they are one frame or more.
static Status read_all(const uint8_t *file, size_t size, const DecodeOptions *options) {
    Frames *frames;
    const Image *canvas;
    FrameDelay delay;
    Status status = frames_open(file, size, options, &frames);
    if (status) return status;
    do status = frames_next(frames, &canvas, &delay);
    while (!status && canvas);
    frames_close(frames);
    return status;
}

static void assert_refused(const char *name, Status status, const char *sentence) {
    if (status != STATUS_BAD_FORMAT || strcmp(status_message(), sentence))
        fail_msg("%s: expected \"%s\" but found %d \"%s\"", name, sentence, status, status_message());
}

static void test_gifs(void **state) {
    (void)state;
    for (int i = 0; i < n_gifs; i++) {
        const Gif *gif = &gifs[i];
        const DecodeOptions options = {.keeps_damaged = gif->keeps_damaged};
        uint8_t *file = exactly(gif->file, gif->size);
        const int n_frames = frames_count(file, gif->size, &options);
        if (gif->n_frames && n_frames != gif->n_frames) fail_msg("%s: found %d frames", gif->name, n_frames);
        if (gif->n_frames == 0) assert_refused(gif->name, read_all(file, gif->size, &options), gif->sentence);
        if (gif->n_frames == 1) assert_still(gif, file);
        if (gif->n_frames > 0) assert_animated(gif, file);
        free(file);
    }
}

static Status read_gif(void *context) {
    const Gif *gif = context;
    return read_all(gif->file, gif->size, NULL);
}

static void test_every_allocation_failing(void **state) {
    (void)state;
    need_counted_memory();
    for (int i = 0; i < n_gifs; i++) {
        if (gifs[i].n_frames < 2 || *gifs[i].sentence) continue; // a warning that finds no memory is lost
        assert_true(fail_each_allocation(read_gif, (void *)(uintptr_t)&gifs[i]) > 0);
    }
}

// ---- animated WebP, against libwebp's own way to put frames together

static void assert_as_libwebp(const char *name, const uint8_t *bytes, size_t size) {
    uint8_t *file = exactly(bytes, size), *expected;
    Frames *frames;
    const Image *canvas;
    FrameDelay delay;
    int shown_until, n = 0;
    WebPAnimDecoderOptions options;
    assert_true(WebPAnimDecoderOptionsInit(&options));
    options.color_mode = MODE_RGBA;
    WebPAnimDecoder *decoder = WebPAnimDecoderNew(&(WebPData){file, size}, &options);
    assert_non_null(decoder);
    assert_int_equal(frames_open(file, size, NULL, &frames), STATUS_OK);
    for (int before = 0; WebPAnimDecoderHasMoreFrames(decoder); before = shown_until, n++) {
        assert_true(WebPAnimDecoderGetNext(decoder, &expected, &shown_until));
        assert_int_equal(frames_next(frames, &canvas, &delay), STATUS_OK);
        assert_int_equal(delay.numerator * 1000, (shown_until - before) * delay.denominator);
        for (size_t i = 0; i < image_row_bytes(canvas) * (size_t)canvas->height; i++) {
            if (canvas->pixels[i] != expected[i]) fail_msg("%s, frame %d: sample %zu differs", name, n, i);
        }
    }
    assert_int_equal(frames_info(frames)->n_frames, n);
    assert_int_equal(frames_info(frames)->n_loops, 3);
    frames_close(frames);
    WebPAnimDecoderDelete(decoder);
    free(file);
}

static void test_animated_webp(void **state) {
    (void)state;
    assert_as_libwebp("00", WEBP(animated_00));
    assert_as_libwebp("01", WEBP(animated_01));
    assert_as_libwebp("10", WEBP(animated_10));
    assert_as_libwebp("11", WEBP(animated_11));
    assert_as_libwebp("part 00", WEBP(animated_part_00));
    assert_as_libwebp("part 01", WEBP(animated_part_01));
    assert_as_libwebp("part 10", WEBP(animated_part_10));
    assert_as_libwebp("part 11", WEBP(animated_part_11));
}

// 140 frames of 4.6 hours each: their sum does not fit into 31 bits of milliseconds.
static void test_long_durations(void **state) {
    (void)state;
    enum { N = 140, LONGEST = 0xffffff };
    Bytes file = {0};
    FramesSurvey *survey;
    assert_int_equal(bytes_append(&file, WEBP(animated_head)), STATUS_OK);
    for (int n = 0; n < N; n++) assert_int_equal(bytes_append(&file, WEBP(animated_frame)), STATUS_OK);
    for (int i = 0; i < 4; i++) file.data[4 + i] = (uint8_t)((file.size - 8) >> (8 * i));
    assert_int_equal(frames_survey_begin(file.data, file.size, NULL, &survey), STATUS_OK);
    while (frames_survey_n_left(survey)) assert_int_equal(frames_survey_step(survey), STATUS_OK);
    assert_int_equal(frames_survey_n_shown(survey), 1); // they look the same
    assert_int_equal(frames_survey_shown(survey, 0).n_frames, N);
    assert_int_equal(frames_survey_shown(survey, 0).delay.numerator, INT32_MAX);
    frames_survey_free(survey);
    Frames *frames;
    const Image *canvas;
    FrameDelay delay;
    assert_int_equal(frames_open(file.data, file.size, NULL, &frames), STATUS_OK);
    for (int n = 0; n < N; n++) {
        assert_int_equal(frames_next(frames, &canvas, &delay), STATUS_OK);
        assert_int_equal(delay.numerator, LONGEST);
        assert_int_equal(delay.denominator, 1000);
    }
    frames_close(frames);
    bytes_free(&file);
}

// Of small frames on a large canvas, nothing but the canvas is large, and once more what was seen last.
static void test_memory_of_small_frames(void **state) {
    (void)state;
    enum { CANVAS = 1000 * 800 * 4 };
    FramesSurvey *survey;
    Frames *frames;
    const Image *canvas;
    FrameDelay delay;
    count_memory(-1);
    assert_int_equal(frames_open(WEBP(animated_small), NULL, &frames), STATUS_OK);
    need_counted_memory();
    assert_int_equal(memory.n_large, 1);
    for (int n = 0; n < 3; n++) {
        assert_int_equal(frames_next(frames, &canvas, &delay), STATUS_OK);
        const FramesRows changed = frames_changed(frames);
        static const FramesRows expected[] = {{0, 800}, {700, 4}, {20, 4}};
        assert_int_equal(changed.top, expected[n].top);
        assert_int_equal(changed.n, expected[n].n);
    }
    assert_int_equal(memory.n_large, 1);
    frames_close(frames);
    count_memory(-1);
    assert_int_equal(frames_survey_begin(WEBP(animated_small), NULL, &survey), STATUS_OK);
    while (frames_survey_n_left(survey)) assert_int_equal(frames_survey_step(survey), STATUS_OK);
    assert_int_equal(memory.n_large, 2);
    assert_in_range(memory.largest, CANVAS, CANVAS + 1000);
    assert_int_equal(frames_survey_n_shown(survey), 3);
    assert_false(frames_survey_is_opaque(survey));
    frames_survey_free(survey);
}

// ---- WebP that is cut or damaged

static Image decoded(const uint8_t *bytes, size_t size, const DecodeOptions *options) {
    uint8_t *file = exactly(bytes, size);
    Image image;
    if (image_decode(file, size, options, &image)) fail_msg("%s", status_message());
    free(file);
    return image;
}

static uint8_t *as_rgba(const uint8_t *bytes, size_t size, int *width, int *height) {
    uint8_t *pixels = WebPDecodeRGBA(bytes, size, width, height);
    assert_non_null(pixels);
    return pixels;
}

// The rows that are there are those of the whole file; the others are transparent.
static int assert_rows(const Image *image, const uint8_t *whole) {
    int n_rows = 0;
    for (; n_rows < image->height; n_rows++) {
        const uint8_t *found = image->pixels + (size_t)n_rows * image_row_bytes(image);
        if (memcmp(found, whole + (size_t)n_rows * image_row_bytes(image), image_row_bytes(image))) break;
    }
    for (size_t i = (size_t)n_rows * image_row_bytes(image); i < image_row_bytes(image) * (size_t)image->height; i++)
        assert_int_equal(image->pixels[i], 0);
    return n_rows;
}

static void assert_cut(const uint8_t *bytes, size_t size) {
    int width, height, n_rows_before = 0;
    uint8_t *whole = as_rgba(bytes, size, &width, &height);
    for (size_t cut = 20; cut < size; cut += size / 40) {
        uint8_t *file = exactly(bytes, cut);
        Image image = {0};
        assert_int_equal(image_decode(file, cut, NULL, &image), STATUS_BAD_FORMAT);
        assert_non_null(strstr(status_message(), " file ends too early: "));
        if (image_decode(file, cut, &keeping, &image)) {
            assert_int_equal(n_rows_before, 0); // nothing of it is there yet
        } else {
            char sentence[200];
            const int n_rows = assert_rows(&image, whole);
            snprintf(sentence, sizeof sentence,
                     "The WebP file is damaged or cut: %d of its %d rows are missing.\nThe WebP file ends too early: "
                     "it was cut short.",
                     height - n_rows, height);
            assert_told("cut", &image.warnings, sentence);
            assert_true(n_rows >= n_rows_before);
            n_rows_before = n_rows;
        }
        image_free(&image);
        free(file);
    }
    assert_in_range(n_rows_before, height / 2, height - 1);
    WebPFree(whole);
}

static void test_cut_webp(void **state) {
    (void)state;
    assert_cut(WEBP(long_lossless));
    assert_cut(WEBP(long_lossy));
}

// It says that there is no memory for an alpha that it cannot begin with.
static void assert_damaged_alpha(const uint8_t *bytes, size_t size) {
    Image image = {0}, colours = decoded(WEBP(alpha_without_flag), NULL);
    assert_refused("alpha", image_decode(bytes, size, NULL, &image),
                   "The WebP file is damaged (its transparency makes no sense).");
    image = decoded(bytes, size, &keeping);
    assert_int_equal(image.channels, 3);
    assert_told("alpha", &image.warnings, "The transparency of the WebP file is damaged: it is left out.");
    assert_int_equal(colours.channels, 3);
    assert_memory_equal(image.pixels, colours.pixels, image_row_bytes(&image) * (size_t)image.height);
    image_free(&image);
    image_free(&colours);
}

static void test_damaged_alpha(void **state) {
    (void)state;
    assert_damaged_alpha(WEBP(alpha_header));
    assert_damaged_alpha(WEBP(alpha_data));
    assert_damaged_alpha(WEBP(alpha_short));
    assert_damaged_alpha(WEBP(alpha_none));
}

static void assert_shown_as(const uint8_t *bytes, size_t size, const DecodeOptions *options, const char *sentence) {
    Image image = decoded(bytes, size, options), expected = decoded(WEBP(plain), NULL);
    assert_told("shown", &image.warnings, sentence);
    assert_int_equal(image.width, expected.width);
    assert_memory_equal(image.pixels, expected.pixels, image_row_bytes(&expected) * (size_t)expected.height);
    image_free(&image);
    image_free(&expected);
}

static void test_odd_chunks(void **state) {
    (void)state;
    Image image = decoded(WEBP(alpha), NULL);
    assert_int_equal(image.channels, 4);
    image_free(&image);
    assert_shown_as(WEBP(after_the_end), NULL, "");
    assert_shown_as(WEBP(unknown_chunks), NULL, "");
    const char *damaged = "The WebP file is damaged (its chunks make no sense).";
    assert_refused("canvas", image_decode(WEBP(canvas_larger), NULL, &image), damaged);
    assert_refused("canvas", image_decode(WEBP(canvas_larger), &keeping, &image), damaged);
    assert_refused("two", image_decode(WEBP(two_pictures), NULL, &image), damaged);
    assert_shown_as(WEBP(two_pictures), &keeping,
                    "The chunks of the WebP file make no sense: only its picture is taken.");
}

// The last frame is left out if it is cut, and if a frame is damaged the one before it stays.
static void test_damaged_animated_webp(void **state) {
    (void)state;
    const FixtureBytes file = webp_file("animated_00");
    const size_t size = file.size - 300;
    assert_int_equal(read_all(file.data, size, NULL), STATUS_BAD_FORMAT);
    assert_non_null(strstr(status_message(), " file ends too early: "));
    Frames *cut, *whole;
    const Image *a, *b;
    FrameDelay delay;
    assert_int_equal(frames_open(file.data, size, &keeping, &cut), STATUS_OK);
    assert_int_equal(frames_open(WEBP(animated_00), NULL, &whole), STATUS_OK);
    const int n_frames = frames_info(cut)->n_frames;
    assert_in_range(n_frames, 2, frames_info(whole)->n_frames - 1);
    for (int n = 0; n < n_frames; n++) {
        assert_int_equal(frames_next(cut, &a, &delay), STATUS_OK);
        assert_int_equal(frames_next(whole, &b, &delay), STATUS_OK);
        assert_memory_equal(a->pixels, b->pixels, image_row_bytes(a) * (size_t)a->height);
    }
    assert_memory_equal(frames_info(cut)->warnings.data, "The WebP file ends too early: what comes after its frame ",
                        57);
    frames_close(cut);
    frames_close(whole);

    assert_refused("damaged", read_all(WEBP(animated_damaged), NULL),
                   "The WebP file is damaged (its data makes no sense).");
    assert_int_equal(frames_open(WEBP(animated_damaged), &keeping, &cut), STATUS_OK);
    assert_int_equal(frames_info(cut)->n_frames, 3);
    assert_int_equal(frames_next(cut, &a, &delay), STATUS_OK);
    uint8_t *first = exactly(a->pixels, image_row_bytes(a) * (size_t)a->height);
    assert_int_equal(frames_next(cut, &a, &delay), STATUS_OK);
    assert_memory_equal(a->pixels, first, image_row_bytes(a) * (size_t)a->height);
    assert_int_equal(frames_next(cut, &a, &delay), STATUS_OK);
    assert_memory_not_equal(a->pixels, first, image_row_bytes(a) * (size_t)a->height);
    assert_told("damaged", &frames_info(cut)->warnings,
                "Frame 2 of the WebP file is damaged or cut: 20 of its 20 rows are missing.");
    free(first);
    frames_close(cut);
}

// ---- which way up

// Each frame of `turned` is that of `plain`, turned.
static void assert_turned(const uint8_t *turned, const uint8_t *plain, size_t size, int orientation) {
    Frames *a, *b;
    const Image *found, *canvas;
    FrameDelay delay;
    int n = 0;
    assert_int_equal(frames_open(turned, size, NULL, &a), STATUS_OK);
    assert_int_equal(frames_open(plain, size, NULL, &b), STATUS_OK);
    for (; n < frames_info(b)->n_frames; n++) {
        Image expected;
        assert_int_equal(frames_next(a, &found, &delay), STATUS_OK);
        assert_int_equal(frames_next(b, &canvas, &delay), STATUS_OK);
        assert_int_equal(frames_copy(canvas, 4, &expected), STATUS_OK);
        assert_int_equal(orient_image(&expected, orientation), STATUS_OK);
        assert_int_equal(found->width, expected.width);
        assert_int_equal(found->height, expected.height);
        assert_int_equal(frames_info(a)->width, expected.width);
        assert_int_equal(frames_info(a)->height, expected.height);
        assert_memory_equal(found->pixels, expected.pixels, image_row_bytes(found) * (size_t)found->height);
        image_free(&expected);
    }
    assert_true(n > 1);
    // The file's own orientation was applied, so none is left.
    const Bytes *exif = &frames_info(a)->meta.exif;
    assert_int_equal(exif->size, frames_info(b)->meta.exif.size);
    assert_memory_equal(exif->data, frames_info(b)->meta.exif.data, exif->size);
    frames_close(a);
    frames_close(b);
}

static void test_animations_are_turned(void **state) {
    (void)state;
    for (int orientation = 1; orientation <= 8; orientation++) {
        uint8_t *file = exactly(WEBP(turned));
        file[webp_file("turned").size - 8] = (uint8_t)orientation; // the last entry but the link to the next directory
        assert_turned(file, WEBP(turned), orientation);
        free(file);
        char name[] = "png_turned_0";
        name[sizeof name - 2] = (char)('0' + orientation);
        const FixtureBytes upright = fixtures_named(&files, "png_turned_1");
        assert_turned(fixtures_named(&files, name).data, upright.data, upright.size, orientation);
    }
}

// Once, also if it is the only frame of an animation; and behind the six bytes that only a JPEG has.
static void test_stills_are_turned(void **state) {
    (void)state;
    Image plain = decoded(WEBP(plain), NULL), turned = decoded(WEBP(exif), NULL),
          prefixed = decoded(WEBP(exif_prefixed), NULL);
    assert_int_equal(orient_image(&plain, 6), STATUS_OK);
    assert_int_equal(prefixed.width, plain.width);
    assert_int_equal(prefixed.height, plain.height);
    const size_t size = image_row_bytes(&plain) * (size_t)plain.height;
    assert_memory_equal(turned.pixels, plain.pixels, size);
    assert_memory_equal(prefixed.pixels, plain.pixels, size);
    assert_int_equal(prefixed.meta.exif.size, turned.meta.exif.size);
    assert_memory_equal(prefixed.meta.exif.data, turned.meta.exif.data, turned.meta.exif.size);
    image_free(&plain);
    image_free(&turned);
    image_free(&prefixed);
    Image one = decoded(WEBP(turned_one), NULL);
    assert_int_equal(one.width, 20);
    assert_int_equal(one.height, 24);
    assert_int_equal(exif_take_orientation(&one.meta.exif), 1);
    image_free(&one);
}

static void test_exif_prefix(void **state) {
    (void)state;
    static const char *const cases[][2] = {
        {"Exif\0\0II", "II"}, {"Exif\0\0", ""}, {"Exif", "Exif"}, {"", ""}, {"EXIF\0\0", "EXIF\0\0"}};
    static const size_t sizes[][2] = {{8, 2}, {6, 0}, {4, 4}, {0, 0}, {6, 6}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Bytes exif = {0};
        assert_int_equal(bytes_append(&exif, cases[i][0], sizes[i][0]), STATUS_OK);
        exif_strip_prefix(&exif);
        assert_int_equal(exif.size, sizes[i][1]);
        if (exif.size) assert_memory_equal(exif.data, cases[i][1], exif.size);
        bytes_free(&exif);
    }
}

int main(int argc, char **argv) {
    load_fixtures();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_gifs),
        cmocka_unit_test(test_every_allocation_failing),
        cmocka_unit_test(test_animated_webp),
        cmocka_unit_test(test_long_durations),
        cmocka_unit_test(test_memory_of_small_frames),
        cmocka_unit_test(test_cut_webp),
        cmocka_unit_test(test_damaged_alpha),
        cmocka_unit_test(test_odd_chunks),
        cmocka_unit_test(test_damaged_animated_webp),
        cmocka_unit_test(test_animations_are_turned),
        cmocka_unit_test(test_stills_are_turned),
        cmocka_unit_test(test_exif_prefix),
    };
    return RUN_TESTS("gif_webp", argc, argv, tests);
}
