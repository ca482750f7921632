// BMP files: every form of the header, depth, masks, run lengths; cut, damaged, and memory that runs out.
#include "picture_checks.h"

static const DecodeOptions usual = {.grey = GREY_OFF}, keeping = {.grey = GREY_OFF, .keeps_damaged = true};

static void test_every_form(void **state) {
    (void)state;
    picture_check_all(&usual);
    picture_check_all(&keeping);
}

static void test_refused(void **state) {
    (void)state;
    picture_check_refused(&usual);
}

// Only what fills up a BMP's last row may be missing, or of run lengths the ends of the last row and of the picture.
static void test_every_truncation(void **state) {
    (void)state;
    for (int i = 0; i < n_fixtures; i++) {
        const bool has_more_behind = strstr(fixtures[i].name, "profile") || strstr(fixtures[i].name, "rows_too_many");
        const bool is_packed = strstr(fixtures[i].name, "rle");
        if (!has_more_behind) picture_check_cut(&fixtures[i], &usual, is_packed ? 4 : 3, 18);
    }
}

static void check_kept(const char *name, size_t size, int n_missing, bool at_the_top) {
    const PictureFixture *fixture = fixture_named(name);
    Image image;
    assert_int_equal(picture_decode(fixture->file, size, &keeping, &image), STATUS_OK);
    const int height = fixture->height, first = at_the_top ? n_missing : 0;
    picture_check_rows(fixture, &image, first, height - n_missing + first);
    const size_t row = image_row_bytes(&image);
    for (size_t i = 0; i < row * (size_t)n_missing; i++)
        assert_int_equal(image.pixels[(at_the_top ? 0 : (size_t)first + (size_t)(height - n_missing)) * row + i], 0);
    char sentence[100];
    snprintf(sentence, sizeof sentence, "The BMP file ends too early: %d of its %d rows are missing, and black.\t",
             n_missing, height);
    assert_true(picture_warns(&image, sentence));
    image_free(&image);
}

static void test_rows_that_are_kept(void **state) {
    (void)state;
    enum { ROW = 28, PIXELS = 54, PALETTE = 64, INDEX_ROW = 8 }; // of 9 pixels of 24 bits, or of four
    check_kept("bmp_header40_24", PIXELS + 4 * ROW, 2, true);
    check_kept("bmp_header40_24", PIXELS + 4 * ROW + 26, 2, true);
    check_kept("bmp_24_top_down", PIXELS + 1 * ROW + 1, 5, false);
    check_kept("bmp_palette4", PIXELS + PALETTE + 3 * INDEX_ROW, 3, true);
    check_kept("bmp_no_alpha_24", 14 + 124 + 5 * ROW, 1, true);
    const PictureFixture *runs = fixture_named("bmp_rle8_header40");
    Image image;
    assert_int_equal(picture_decode(runs->file, runs->size - 3, &keeping, &image), STATUS_OK);
    picture_check_rows(runs, &image, 1, runs->height);
    assert_true(picture_warns(&image, "The BMP file ends too early: 1 of its 6 rows are missing"));
    image_free(&image);
}

static void test_damage(void **state) {
    (void)state;
    picture_damage(&usual, 6000);
}

static void test_every_allocation_failing(void **state) {
    (void)state;
    need_counted_memory();
    for (int i = 0; i < n_fixtures; i++) picture_check_allocations(&fixtures[i], &usual);
}

int main(int argc, char **argv) {
    pictures_load("bmp");
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_form),       cmocka_unit_test(test_refused),
        cmocka_unit_test(test_every_truncation), cmocka_unit_test(test_rows_that_are_kept),
        cmocka_unit_test(test_damage),           cmocka_unit_test(test_every_allocation_failing),
    };
    return RUN_TESTS("bmp", argc, argv, tests);
}
