// Tile geometry: each pixel of the picture belongs to exactly one tile, for many sizes.
#include "pipeline/tile.h"
#include "test.h"

static void test_tiles_cover_exactly(void **state) {
    (void)state;
    const int sizes[][2] = {{1, 1}, {1, 50}, {17, 19}, {64, 64}, {65, 64}, {97, 131}};
    const int sides[] = {16, 30, 64, 100};
    static unsigned char seen[97 * 131];
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        for (size_t j = 0; j < sizeof sides / sizeof sides[0]; j++) {
            for (int multiple = 2; multiple <= 4; multiple += 2) {
                const int width = sizes[i][0], height = sizes[i][1];
                const TileGrid grid = tile_grid(width, height, sides[j], multiple);
                memset(seen, 0, sizeof seen);
                for (int row = 0; row < grid.rows; row++) {
                    for (int column = 0; column < grid.columns; column++) {
                        const TileRect r = tile_rect(&grid, column, row);
                        assert_true(r.width > 0 && r.height > 0 && r.x + r.width <= width && r.y + r.height <= height);
                        assert_int_equal(r.padded_width % multiple, 0);
                        assert_int_equal(r.padded_height % multiple, 0);
                        assert_true(r.padded_width >= r.width && r.padded_width < r.width + multiple);
                        assert_true(r.padded_height >= r.height && r.padded_height < r.height + multiple);
                        // the step between tiles keeps the network's phase
                        assert_int_equal(r.x % multiple, 0);
                        assert_int_equal(r.y % multiple, 0);
                        for (int y = r.y; y < r.y + r.height; y++) {
                            for (int x = r.x; x < r.x + r.width; x++) seen[y * width + x]++;
                        }
                    }
                }
                for (int k = 0; k < width * height; k++) assert_int_equal(seen[k], 1);
            }
        }
    }
}

static void test_even_sides(void **state) {
    (void)state;
    assert_int_equal(tile_even_side(256, 256, 256, 4), 256);
    assert_int_equal(tile_even_side(257, 100, 256, 2), 130);
    assert_int_equal(tile_even_side(1, 1, 256, 4), 4);
    for (int n = 1; n < 1500; n++) {
        const int side = tile_even_side(n, 1, 256, 4);
        assert_true(side % 4 == 0 && side <= 256);
        const int tiles = (n + side - 1) / side;
        assert_int_equal(tiles, (n + 255) / 256);               // no more tiles than the largest side needs
        assert_true(n - (tiles - 1) * side > side - 4 * tiles); // and the last is no sliver
    }
}

// numpy.pad(range(n), mode='reflect') of [0, 1, 2] by 5 on both sides: 1 2 1 0 1 | … written out by hand.
static void test_reflection(void **state) {
    (void)state;
    const int expected[] = {1, 0, 1, 2, 1, 0, 1, 2, 1, 0, 1, 2, 1};
    for (int i = -5; i <= 7; i++) assert_int_equal(tile_reflect(i, 3), expected[i + 5]);
    for (int i = -9; i < 9; i++) assert_int_equal(tile_reflect(i, 1), 0);
    assert_int_equal(tile_reflect(-18, 256), 18);
    assert_int_equal(tile_reflect(256, 256), 254);
    assert_int_equal(tile_reflect(-3, 2), 1);
}

int main(int argc, char **argv) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_tiles_cover_exactly),
        cmocka_unit_test(test_even_sides),
        cmocka_unit_test(test_reflection),
    };
    return RUN_TESTS("tile", argc, argv, tests);
}
