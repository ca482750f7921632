// Resizing as TensorFlow and DeepDanbooru do, on pictures made by the formula of resize_picture.h.
#include <math.h>

#include "failing_memory.h"
#include "fixtures.h"
#include "image/resize_tf.h"
#include "resize_picture.h"
#include "test.h"

enum { N_SAMPLES = 96 };

typedef struct Case {
    int width, height, to_width, to_height;
    const float *stretch, *fit; // samples at i * (the number of values - 1) / (N_SAMPLES - 1)
} Case;

static Case *cases;
static int n_cases;

static const double tolerance = 2e-6; // of 1: float32 sums of up to 255 * 300 in another order

static const float *read_samples(Fixtures *set) {
    const FixtureBytes samples = fixtures_bytes(set);
    fixtures_expect(set, samples.size == N_SAMPLES * sizeof(float), "as many samples");
    return (const float *)(const void *)samples.data;
}

static void load_cases(void) {
    Fixtures set = fixtures_open("resize_tf");
    cases = fixtures_table(&set, "cases", sizeof *cases, &n_cases);
    for (Case *at = cases; at < cases + n_cases; at++) {
        at->width = fixtures_int(&set);
        at->height = fixtures_int(&set);
        at->to_width = fixtures_int(&set);
        at->to_height = fixtures_int(&set);
        at->stretch = read_samples(&set);
        at->fit = read_samples(&set);
    }
    fixtures_close(&set);
}

static void check(const char *what, int number, const float *found, size_t n, const float *expected) {
    for (size_t i = 0; i < N_SAMPLES; i++) {
        const size_t at = i * (n - 1) / (N_SAMPLES - 1);
        if (fabs((double)found[at] - (double)expected[i]) <= tolerance) continue;
        fail_msg("%s, case %d, sample %zu: expected %.8g but found %.8g", what, number, at, (double)expected[i],
                 (double)found[at]);
    }
}

static void test_as_the_originals(void **state) {
    (void)state;
    for (int i = 0; i < n_cases; i++) {
        const int width = cases[i].to_width, height = cases[i].to_height;
        const size_t n = (size_t)width * (size_t)height * 3;
        Image image = picture(cases[i].width, cases[i].height, (uint32_t)i);
        float *out = calloc(n + 1, sizeof *out);
        assert_non_null(out);
        out[n] = 7;
        resize_tf_stretch(&image, width, height, out);
        check("stretch", i, out, n, cases[i].stretch);
        if (resize_tf_fit(&image, width, height, out)) fail_msg("%s", status_message());
        check("fit", i, out, n, cases[i].fit);
        assert_true(out[n] == 7);
        free(out);
        image_free(&image);
    }
}

static void test_a_side_that_rounds_to_nothing(void **state) {
    (void)state;
    Image image = picture(3000, 1, 1);
    float out[8 * 8 * 3];
    if (resize_tf_fit(&image, 8, 8, out)) fail_msg("%s", status_message());
    // one row, repeated
    for (int i = 0; i < 8 * 8 * 3; i++) assert_true(out[i] == out[i % (8 * 3)]);
    image_free(&image);
}

static void test_failing_allocation(void **state) {
    (void)state;
    need_counted_memory();
    Image image = picture(9, 5, 1);
    float out[8 * 8 * 3];
    count_memory(0);
    const Status status = resize_tf_fit(&image, 8, 8, out);
    memory.fail_at = -1;
    assert_int_equal(status, STATUS_NO_MEMORY);
    image_free(&image);
}

int main(int argc, char **argv) {
    load_cases();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_as_the_originals),
        cmocka_unit_test(test_a_side_that_rounds_to_nothing),
        cmocka_unit_test(test_failing_allocation),
    };
    return RUN_TESTS("resize_tf", argc, argv, tests);
}
