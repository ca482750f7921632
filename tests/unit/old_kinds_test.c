// TGA, PSD, PPM, PGM and PBM files: every kind of each; what is none of them; cut, damaged, and memory that runs out.
#include "picture_checks.h"

static const DecodeOptions deep = {.grey = GREY_OFF, .deep = true}, usual = {.grey = GREY_OFF},
                           keeping = {.grey = GREY_OFF, .deep = true, .keeps_damaged = true};

static void test_every_kind(void **state) {
    (void)state;
    picture_check_all(&deep);
    picture_check_all(&keeping);
}

static void test_the_same_in_8_bits(void **state) {
    (void)state;
    for (int i = 0; i < n_fixtures; i++) {
        if (fixtures[i].bits == 8) continue;
        Image image;
        assert_int_equal(picture_decode(fixtures[i].file, fixtures[i].size, &usual, &image), STATUS_OK);
        assert_int_equal(image.bits, 8);
        for (int k = 0; k < image.width * image.height * image.channels; k++) {
            const int expected = (fixtures[i].pixels[k] * 510 + 65535) / 131070;
            if (abs(image.pixels[k] - expected) > (fixtures[i].tolerance || strstr(fixtures[i].name, "pnm"))) {
                fail_msg("%s: sample %d: expected %d but found %d", fixtures[i].name, k, expected, image.pixels[k]);
            }
        }
        image_free(&image);
    }
}

static void test_refused(void **state) {
    (void)state;
    picture_check_refused(&usual);
}

// Before the last number of a text: cut off within it, nobody can tell that it was longer.
static size_t end_of_text(const PictureFixture *fixture) {
    size_t size = fixture->size - 1;
    if (fixture->file[1] == '1') return size - 1; // every digit is a number
    while (fixture->file[size - 1] >= '0') size--;
    return size;
}

static void test_every_truncation(void **state) {
    (void)state;
    for (int i = 0; i < n_fixtures; i++) {
        PictureFixture fixture = fixtures[i];
        const bool is_psd = !strncmp(fixture.name, "psd", 3), is_tga = !strncmp(fixture.name, "tga", 3);
        const bool is_text = fixture.file[0] == 'P' && fixture.file[1] < '4';
        const bool has_footer = strstr(fixture.name, "footer") || strstr(fixture.name, "fields");
        if (!strcmp(fixture.name, "pnm_two") || !strcmp(fixture.name, "tga_odd_palette_fields")) continue;
        if (is_text) fixture.size = end_of_text(&fixture);
        const size_t palette = fixture.file[1] * fixture.file[5] * ((fixture.file[7] + 7u) / 8);
        // Of shorter ones nobody can tell what they are.
        const size_t from = is_psd ? 4 : is_tga ? 19 + fixture.file[0] + palette : strstr(fixture.name, "p3") ? 24 : 8;
        const bool has_more = !strcmp(fixture.name, "psd_selection"); // than is taken: a channel of 7 x 5
        picture_check_cut(&fixture, &deep, has_footer ? 26 : has_more ? 35 : 0, from);
    }
}

// `n_cut` bytes short.
static void check_kept(const char *name, size_t n_cut, int n_missing, bool at_the_top) {
    const PictureFixture *fixture = fixture_named(name);
    Image image;
    assert_int_equal(picture_decode(fixture->file, fixture->size - n_cut, &keeping, &image), STATUS_OK);
    const int height = fixture->height, n_there = height - n_missing;
    picture_check_rows(fixture, &image, at_the_top ? n_missing : 0, at_the_top ? height : n_there);
    const size_t row = (size_t)image.width * (size_t)image.channels;
    for (size_t i = 0; i < row * (size_t)n_missing; i++)
        assert_int_equal(image_sample(image.pixels, image.bits, (at_the_top ? 0 : row * (size_t)n_there) + i), 0);
    char part[100];
    snprintf(part, sizeof part, " file ends too early: %d of its %d rows are missing, and black.\t", n_missing, height);
    assert_non_null(strstr((const char *)image.warnings.data, part));
    image_free(&image);
}

static void test_rows_that_are_kept(void **state) {
    (void)state;
    check_kept("tga_24_0", 21, 1, true);
    check_kept("tga_24_0", 22, 2, true);
    check_kept("tga_24_32", 1, 1, false);
    check_kept("tga_24_48", 1, 1, false);
    check_kept("tga_24_runs_32", 1, 1, false);
    check_kept("tga_palette", 15, 3, true);
    check_kept("psd_rgb8", 8, 2, false);
    check_kept("psd_rgb8_packed", 1, 1, false);
    check_kept("psd_rgba16", 1, 1, false);
    check_kept("pnm_p6_255", 22, 2, false);
    check_kept("pnm_p5_1000", 1, 1, false);
    check_kept("pnm_p4", 2, 2, false);
    check_kept("pnm_p3_15", 40, 1, false);
}

static void test_damage(void **state) {
    (void)state;
    picture_damage(&deep, 8000);
}

static void test_every_allocation_failing(void **state) {
    (void)state;
    need_counted_memory();
    for (int i = 0; i < n_fixtures; i++) picture_check_allocations(&fixtures[i], &deep);
}

int main(int argc, char **argv) {
    pictures_load("old_kinds");
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_kind),
        cmocka_unit_test(test_the_same_in_8_bits),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_every_truncation),
        cmocka_unit_test(test_rows_that_are_kept),
        cmocka_unit_test(test_damage),
        cmocka_unit_test(test_every_allocation_failing),
    };
    return RUN_TESTS("old kinds", argc, argv, tests);
}
