// Maps written in parts and read in others, as floats and as shorts.
#include "pipeline/map_store.h"

#include <math.h>

#include "test.h"

enum { H = 21, W = 17, C = 5, BAND_ROWS = 8, N_BANDS = 3 };

static float sample(int y, int x, int c) { return (float)((y * 131 + x * 37 + c * 11) % 97 - 48) * (c == 2 ? 0.001f : 1); }

static Tensor part(int y, int x, int h, int w) {
    Tensor t = {malloc((size_t)(h * w * C) * sizeof(float)), h, w, C};
    assert_non_null(t.data);
    for (int i = 0; i < h; i++) {
        for (int j = 0; j < w; j++) {
            for (int c = 0; c < C; c++) tensor_at(t, i, j)[c] = sample(y + i, x + j, c);
        }
    }
    return t;
}

// Tiles of 8 x 7 own parts that overhang their own by 3 samples, as the network's do.
static MapStore filled(MapFormat format) {
    MapStore store;
    assert_int_equal(map_store_create(H, W, C, BAND_ROWS, N_BANDS, format, &store), STATUS_OK);
    for (int band = 0; band < N_BANDS; band++) {
        for (int x = 0; x < W; x += 7) {
            const int y = band * BAND_ROWS, h = band == N_BANDS - 1 ? H - y : BAND_ROWS, w = x + 7 > W ? W - x : 7;
            Tensor t = part(y, x, h + 3, w + 3);
            assert_int_equal(map_store_write(&store, t, h, w, y, x), STATUS_OK);
            free(t.data);
        }
    }
    return store;
}

static void check(const MapStore *store, int y, int x, int h, int w, float tolerance) {
    Tensor expected = part(y, x, h, w), found = {malloc((size_t)(h * w * C) * sizeof(float)), h, w, C};
    assert_non_null(found.data);
    map_store_read(store, y, x, found);
    for (size_t i = 0; i < tensor_count(found); i++) assert_true(fabsf(found.data[i] - expected.data[i]) <= tolerance);
    free(expected.data);
    free(found.data);
}

static void test_floats_come_back_as_they_are(void **state) {
    (void)state;
    MapStore store = filled(MAP_FLOAT);
    check(&store, 0, 0, H, W, 0);
    check(&store, 5, 3, 9, 10, 0);
    check(&store, 16, 16, 5, 1, 0);
    map_store_free(&store);
}

// The largest sample of a pixel is at most 48: half a step of 48 / 32767, and a little for the multiplication.
static void test_shorts_come_back_nearly(void **state) {
    (void)state;
    MapStore store = filled(MAP_SHORT);
    check(&store, 0, 0, H, W, 48.0f / 65534 * 1.01f);
    check(&store, 7, 1, 3, 16, 48.0f / 65534 * 1.01f);
    map_store_free(&store);
}

static void test_a_pixel_of_zeros_stays_so(void **state) {
    (void)state;
    MapStore store;
    float zeros[C] = {0}, back[C] = {1, 1, 1, 1, 1};
    assert_int_equal(map_store_create(1, 1, C, 1, 1, MAP_SHORT, &store), STATUS_OK);
    assert_int_equal(map_store_write(&store, (Tensor){zeros, 1, 1, C}, 1, 1, 0, 0), STATUS_OK);
    map_store_read(&store, 0, 0, (Tensor){back, 1, 1, C});
    for (int c = 0; c < C; c++) assert_true(back[c] == 0);
    map_store_free(&store);
}

static void test_a_forgotten_band_leaves_the_others(void **state) {
    (void)state;
    MapStore store = filled(MAP_FLOAT);
    map_store_forget(&store, 0);
    map_store_forget(&store, 0);
    check(&store, BAND_ROWS, 0, H - BAND_ROWS, W, 0);
    map_store_free(&store);
}

static void test_sizes_do_not_wrap_around(void **state) {
    (void)state;
    assert_int_equal(map_store_bytes(10, 10, 3, MAP_FLOAT), 1200);
    assert_int_equal(map_store_bytes(10, 10, 3, MAP_SHORT), 1200);
    assert_int_equal(map_store_bytes(10, 10, 128, MAP_SHORT), 26000);
    assert_int_equal(map_store_bytes(SIZE_MAX / 8, 4, 128, MAP_FLOAT), SIZE_MAX);
}

int main(int argc, char **argv) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_floats_come_back_as_they_are), cmocka_unit_test(test_shorts_come_back_nearly),
        cmocka_unit_test(test_a_pixel_of_zeros_stays_so),    cmocka_unit_test(test_a_forgotten_band_leaves_the_others),
        cmocka_unit_test(test_sizes_do_not_wrap_around),
    };
    return RUN_TESTS("map_store", argc, argv, tests);
}
