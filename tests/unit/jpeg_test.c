// JPEG files: colours, densities, what is odd and shown, what is refused or kept, and how much work one may make.
#include "encode_whole.h"
#include "image/guard_jpeg.h"
#include "picture_checks.h"

static const DecodeOptions usual = {.grey = GREY_OFF}, keeping = {.grey = GREY_OFF, .keeps_damaged = true};

static void test_every_kind(void **state) {
    (void)state;
    picture_check_all(&usual);
    picture_check_all(&keeping);
}

static void test_refused(void **state) {
    (void)state;
    picture_check_refused(&usual);
}

// jerror.h gives other numbers if it is read before jpeglib.h: then one warning is taken for another.
static void test_the_numbers_of_messages(void **state) {
    (void)state;
    GuardJpeg guard;
    guard_jpeg_manager(&guard, NULL, NULL);
    assert_int_equal(guard.manager.last_jpeg_message, JMSG_LASTMSGCODE - 1);
    assert_string_equal(guard.manager.jpeg_message_table[JWRN_BOGUS_ICC], "Corrupt JPEG data: bad ICC marker");
    assert_string_equal(guard.manager.jpeg_message_table[JERR_EMPTY_IMAGE], "Empty JPEG image (DNL not supported)");
}

// ---- cut and damaged

static void test_every_truncation(void **state) {
    (void)state;
    for (int i = 0; i < n_fixtures; i++) {
        const size_t may_miss = strstr(fixtures[i].name, "filled_before_the_end") ? 4 : 2;
        if (!*fixtures[i].warning) picture_check_cut(&fixtures[i], &usual, may_miss, 3);
    }
}

static const uint8_t *refused_file(const char *name, size_t *size) {
    for (int i = 0; i < n_refused_fixtures; i++) {
        *size = refused_fixtures[i].size;
        if (!strcmp(refused_fixtures[i].name, name)) return refused_fixtures[i].file;
    }
    fail_msg("no file %s", name);
    return NULL;
}

static void check_kept(const char *name, const char *warning) {
    size_t size;
    const uint8_t *file = refused_file(name, &size);
    Image image;
    if (picture_decode(file, size, &keeping, &image)) fail_msg("%s: %s", name, status_message());
    if (!picture_warns(&image, warning))
        fail_msg("%s: \"%.*s\"", name, (int)image.warnings.size, (const char *)image.warnings.data);
    image_free(&image);
}

static void test_what_is_kept(void **state) {
    (void)state;
    check_kept("jpeg_end_in_the_middle",
               "The JPEG file is damaged from row 0 of 12 on (Corrupt JPEG data: premature end");
    check_kept("jpeg_bad_codes", "The JPEG file is damaged from row ");
    check_kept("jpeg_restart_is_end", "The JPEG file is damaged from row 8 of 24 on ");
    check_kept("jpeg_scans_4_of_10_no_end", "The JPEG file ends too early: it lacks details, or whole rows.");
    check_kept("jpeg_scans_apart_2_of_3_no_end", "The JPEG file ends too early: it lacks details, or whole rows.");
    // Three rows of blocks, of which the last is cut off: the first two are there.
    const PictureFixture *whole = fixture_named("jpeg_restart_off_by_3");
    Image image;
    assert_int_equal(picture_decode(whole->file, whole->size - 8, &keeping, &image), STATUS_OK);
    picture_check_rows(whole, &image, 0, 16);
    assert_true(picture_warns(&image, "The JPEG file ends too early: 8 of its 24 rows are missing, and filled up."));
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

// ---- work

// A progressive grey picture of side x side pixels: a scan of DC, and `n` of AC that change nothing, each of them one
// run of blocks without coefficients. `run_bits` bits say how long that is beyond 2^run_bits: all zero.
static void write_scans(Bytes *file, int side, int run_bits, int n) {
    const uint8_t one_code[] = {1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0};
    uint8_t head[200] = {0xff, 0xd8, 0xff, 0xdb, 0, 67, 0};
    size_t at = 7;
    memset(head + at, 1, 64);
    at += 64;
    const uint8_t sof[] = {0xff,          0xc2, 0, 11,   8, (uint8_t)(side >> 8), (uint8_t)side, (uint8_t)(side >> 8),
                           (uint8_t)side, 1,    1, 0x11, 0};
    memcpy(head + at, sof, sizeof sof);
    at += sizeof sof;
    const uint8_t dht[] = {0xff, 0xc4, 0, 38, 0};
    memcpy(head + at, dht, sizeof dht);
    memcpy(head + at + 5, one_code, 16); // and the symbol 0: nothing changes
    head[at + 22] = 0x10;
    memcpy(head + at + 23, one_code, 16);
    head[at + 39] = (uint8_t)(run_bits << 4);
    at += 40;
    const uint8_t dc[] = {0xff, 0xda, 0, 8, 1, 1, 0, 0, 0, 0};
    memcpy(head + at, dc, sizeof dc);
    at += sizeof dc;
    assert_int_equal(bytes_append(file, head, at), STATUS_OK);
    const uint8_t zero = 0, ac[] = {0xff, 0xda, 0, 8, 1, 1, 0, 1, 63, 0, 0, 0}, end[] = {0xff, 0xd9};
    for (int i = 0; i < (side / 8 * side / 8 + 7) / 8; i++) assert_int_equal(bytes_append(file, &zero, 1), STATUS_OK);
    for (int i = 0; i < n; i++) assert_int_equal(bytes_append(file, ac, sizeof ac), STATUS_OK);
    assert_int_equal(bytes_append(file, end, 2), STATUS_OK);
}

static Status decode_scans(int side, int run_bits, int n) {
    Bytes file = {0};
    write_scans(&file, side, run_bits, n);
    Image image = {0};
    const Status status = image_decode(file.data, file.size, &usual, &image);
    if (!status) {
        assert_int_equal(image.width, side);
        assert_int_equal(image.warnings.size, 0);
        for (int i = 0; i < side * side * 3; i++) assert_int_equal(image.pixels[i], 128);
    }
    image_free(&image);
    bytes_free(&file);
    return status;
}

// Of 1024 x 1024 pixels more than 100 scans are too many, and somewhat more than those of small pictures; of 8 x 8
// pixels they cost nothing.
static void test_scans(void **state) {
    (void)state;
    assert_int_equal(decode_scans(1024, 14, 1), STATUS_OK);
    assert_int_equal(decode_scans(1024, 14, 99), STATUS_OK);
    assert_int_equal(decode_scans(8, 0, 880), STATUS_OK);
    assert_int_equal(decode_scans(1024, 14, 880), STATUS_UNSUPPORTED);
    assert_string_equal(status_message(),
                        "The JPEG file is not supported: its scans go over the picture more than 100 times.");
}

// ---- densities

static void write_density(Density density, Bytes *file) {
    const uint8_t pixels[8 * 8 * 3] = {0};
    const EncodePicture picture = {
        .format = ENCODE_JPEG, .width = 8, .height = 8, .channels = 3, .bits = 8, .quality = 90, .density = density};
    assert_int_equal(encode_whole(&picture, pixels, file), STATUS_OK);
}

static void test_densities_out(void **state) {
    (void)state;
    static const struct {
        Density density;
        uint8_t unit; // JFIF 1.02: 0 none, 1 an inch, 2 a centimetre
        int x, y;
    } cases[] = {
        {{0}, 0, 1, 1},
        {{11811, 11811, true}, 1, 300, 300},
        {{2835, 3780, true}, 1, 72, 96},
        {{23622, 23622, true}, 1, 600, 600},
        {{3937, 3937, true}, 1, 100, 100},
        {{11800, 5900, true}, 2, 118, 59},
        {{10000, 10000, true}, 2, 100, 100},
        {{2, 1, false}, 0, 2, 1},
        {{140000, 70000, false}, 0, 35000, 17500},
        {{1, 1, true}, 0, 1, 1},                     // fewer than one a centimetre: left out
        {{4000000000u, 4000000000u, true}, 0, 1, 1}, // more than fit
        {{0, 11811, true}, 0, 1, 1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Bytes file = {0};
        write_density(cases[i].density, &file);
        const uint8_t *jfif = file.data + 6, expected[] = {'J', 'F', 'I', 'F', 0, 1, 1};
        assert_memory_equal(jfif, expected, sizeof expected);
        if (jfif[7] != cases[i].unit || jfif[8] << 8 != (cases[i].x & 0xff00) || jfif[9] != (cases[i].x & 0xff) ||
            jfif[10] << 8 != (cases[i].y & 0xff00) || jfif[11] != (cases[i].y & 0xff)) {
            fail_msg("case %zu: %d %d x %d", i, jfif[7], jfif[8] << 8 | jfif[9], jfif[10] << 8 | jfif[11]);
        }
        Image image;
        assert_int_equal(image_decode(file.data, file.size, &usual, &image), STATUS_OK);
        if (cases[i].unit) assert_int_equal(image.meta.density.x, cases[i].density.x);
        if (cases[i].unit) assert_int_equal(image.meta.density.y, cases[i].density.y);
        image_free(&image);
        bytes_free(&file);
    }
}

int main(int argc, char **argv) {
    pictures_load("jpeg");
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_kind),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_the_numbers_of_messages),
        cmocka_unit_test(test_every_truncation),
        cmocka_unit_test(test_what_is_kept),
        cmocka_unit_test(test_damage),
        cmocka_unit_test(test_every_allocation_failing),
        cmocka_unit_test(test_scans),
        cmocka_unit_test(test_densities_out),
    };
    return RUN_TESTS("jpeg", argc, argv, tests);
}
