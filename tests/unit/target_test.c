// The size of an output that was asked for in pixels.
#include "pipeline/target.h"

#include "test.h"

static UpscaleOptions asked(int width, int height, UpscaleFit fit) {
    return (UpscaleOptions){.width = width, .height = height, .fit = fit};
}

static void expect(UpscaleOptions options, TargetSize enlarged, int width, int height) {
    const TargetSize size = target_size(&options, enlarged);
    if (size.width != width || size.height != height)
        fail_msg("%d x %d, expected %d x %d", size.width, size.height, width, height);
}

static void test_sizes(void **state) {
    (void)state;
    const TargetSize wide = {1200, 800}, high = {100, 3333}, line = {60000, 1};
    expect(asked(0, 0, UPSCALE_INSIDE), wide, 1200, 800);
    expect(asked(600, 0, UPSCALE_INSIDE), wide, 600, 400);
    expect(asked(0, 600, UPSCALE_OUTSIDE), wide, 900, 600);
    expect(asked(0, 600, UPSCALE_FILL), wide, 900, 600);
    expect(asked(600, 600, UPSCALE_INSIDE), wide, 600, 400);
    expect(asked(600, 600, UPSCALE_OUTSIDE), wide, 900, 600);
    expect(asked(600, 600, UPSCALE_FILL), wide, 600, 600);
    expect(asked(600, 400, UPSCALE_INSIDE), wide, 600, 400);
    expect(asked(600, 400, UPSCALE_OUTSIDE), wide, 600, 400);
    expect(asked(0, 1000, UPSCALE_INSIDE), high, 30, 1000);
    expect(asked(50, 1000, UPSCALE_INSIDE), high, 30, 1000);
    expect(asked(50, 1000, UPSCALE_OUTSIDE), high, 50, 1667); // 1666.5
    expect(asked(600, 0, UPSCALE_INSIDE), line, 600, 1);      // never 0
}

static void test_what_is_resized(void **state) {
    (void)state;
    const TargetSize enlarged = {300, 200};
    const UpscaleOptions same = asked(300, 900, UPSCALE_INSIDE), other = asked(300, 199, UPSCALE_FILL);
    assert_false(target_is_resized(&same, enlarged));
    assert_true(target_is_resized(&other, enlarged));
}

static void test_what_is_refused(void **state) {
    (void)state;
    const TargetSize enlarged = {300, 200}, dot = {1, 1}, line = {1, 60000};
    const UpscaleOptions most = asked(1200, 800, UPSCALE_FILL), more = asked(1204, 800, UPSCALE_FILL);
    const UpscaleOptions negative = asked(-1, 0, UPSCALE_INSIDE), unknown = asked(1, 1, (UpscaleFit)3);
    const UpscaleOptions largest = asked(INT32_MAX, INT32_MAX, UPSCALE_OUTSIDE);
    assert_int_equal(target_check(&most, enlarged), STATUS_OK);
    assert_int_equal(target_check(&more, enlarged), STATUS_UNSUPPORTED);
    assert_int_equal(target_check(&negative, enlarged), STATUS_BAD_ARGUMENT);
    assert_int_equal(target_check(&unknown, enlarged), STATUS_BAD_ARGUMENT);
    assert_int_equal(target_check(&largest, dot), STATUS_UNSUPPORTED);
    assert_int_equal(target_check(&largest, line), STATUS_UNSUPPORTED);
}

static void test_a_warning_for_plain_enlargement(void **state) {
    (void)state;
    const TargetSize enlarged = {300, 200};
    const UpscaleOptions larger = asked(301, 0, UPSCALE_INSIDE), same = asked(300, 0, UPSCALE_INSIDE);
    Bytes warnings = {0};
    target_warn(&same, enlarged, &warnings);
    assert_int_equal(warnings.size, 0);
    target_warn(&larger, enlarged, &warnings);
    assert_true(warnings.size > 0);
    bytes_free(&warnings);
}

int main(int argc, char **argv) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sizes),
        cmocka_unit_test(test_what_is_resized),
        cmocka_unit_test(test_what_is_refused),
        cmocka_unit_test(test_a_warning_for_plain_enlargement),
    };
    return RUN_TESTS("target", argc, argv, tests);
}
