// Maps packed and unpacked, as floats and as shorts.
#include "pipeline/packed_map.h"

#include <math.h>
#include <stdbool.h>

#include "test.h"

enum { H = 21, W = 17, C = 5 };

static float sample(int y, int x, int c) {
    return (float)((y * 131 + x * 37 + c * 11) % 97 - 48) * (c == 2 ? 0.001f : 1);
}

static void check_round_trip(MapFormat format, float tolerance) {
    const size_t size = packed_map_bytes(H, W, C, format);
    float from[H * W * C], to[H * W * C];
    uint8_t *packed = malloc(size + 1);
    assert_non_null(packed);
    packed[size] = 77; // behind the end
    for (int i = 0; i < H * W * C; i++) from[i] = sample(i / C / W, i / C % W, i % C);
    packed_map_write((Tensor){from, H, W, C}, H, W, format, packed);
    packed_map_read(packed, W, format, (Tensor){to, H, W, C}, (MapPart){0, 0, H, W});
    for (int i = 0; i < H * W * C; i++) assert_true(fabsf(to[i] - from[i]) <= tolerance);
    assert_int_equal(packed[size], 77);
    free(packed);
}

static void test_floats_come_back_as_they_are(void **state) {
    (void)state;
    check_round_trip(MAP_FLOAT, 0);
}

// The largest sample of a pixel is at most 48: half a step of 48 / 32767, and a little for the multiplication.
static void test_shorts_come_back_nearly(void **state) {
    (void)state;
    check_round_trip(MAP_SHORT, 48.0f / 65534 * 1.01f);
}

static void test_a_pixel_of_zeros_stays_so(void **state) {
    (void)state;
    float zeros[C] = {0}, back[C] = {1, 1, 1, 1, 1};
    uint32_t packed[4];
    assert_int_equal(packed_map_bytes(1, 1, C, MAP_SHORT), sizeof packed);
    packed_map_write((Tensor){zeros, 1, 1, C}, 1, 1, MAP_SHORT, packed);
    packed_map_read(packed, 1, MAP_SHORT, (Tensor){back, 1, 1, C}, (MapPart){0, 0, 1, 1});
    for (int c = 0; c < C; c++) assert_true(back[c] == 0);
}

// The top left 3 x 2 of what was kept of 6 x 5, put at (4, 7) of a larger map.
static void test_parts_go_where_they_belong(void **state) {
    (void)state;
    float from[H * W * C], to[H * W * C] = {0}, packed[6 * 5 * C];
    for (int i = 0; i < H * W * C; i++) from[i] = sample(i / C / W, i / C % W, i % C);
    packed_map_write((Tensor){from, H, W, C}, 6, 5, MAP_FLOAT, packed);
    packed_map_read(packed, 5, MAP_FLOAT, (Tensor){to, H, W, C}, (MapPart){4, 7, 3, 2});
    for (int y = 0; y < H; y++) {
        for (int x = 0; x < W; x++) {
            const bool is_inside = y >= 4 && y < 7 && x >= 7 && x < 9;
            for (int c = 0; c < C; c++)
                assert_true(to[(y * W + x) * C + c] == (is_inside ? sample(y - 4, x - 7, c) : 0));
        }
    }
}

static void test_sizes_do_not_wrap_around(void **state) {
    (void)state;
    assert_int_equal(packed_map_bytes(10, 10, 3, MAP_FLOAT), 1200);
    assert_int_equal(packed_map_bytes(10, 10, 3, MAP_SHORT), 1200);
    assert_int_equal(packed_map_bytes(10, 10, 128, MAP_SHORT), 26000);
    assert_int_equal(packed_map_bytes(SIZE_MAX / 8, 4, 128, MAP_FLOAT), SIZE_MAX);
}

int main(int argc, char **argv) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_floats_come_back_as_they_are), cmocka_unit_test(test_shorts_come_back_nearly),
        cmocka_unit_test(test_a_pixel_of_zeros_stays_so),    cmocka_unit_test(test_parts_go_where_they_belong),
        cmocka_unit_test(test_sizes_do_not_wrap_around),
    };
    return RUN_TESTS("packed_map", argc, argv, tests);
}
