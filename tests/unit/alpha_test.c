// Enlarged alpha: what cubic interpolation keeps exactly, in 8 and 16 bits.
#include "image/alpha.h"
#include "test.h"

enum { WIDTH = 13, HEIGHT = 9 };

// The whole picture's alpha enlarged, sample by sample; the caller frees it.
static int *enlarged(const Image *image, int scale) {
    const int width = image->width * scale, height = image->height * scale;
    const size_t n = (size_t)(width * height), stride = (size_t)width * image_pixel_bytes(image);
    uint8_t *out = malloc(stride * (size_t)height);
    int *alpha = malloc(n * sizeof *alpha);
    assert_non_null(out);
    assert_non_null(alpha);
    alpha_enlarge(image, scale, 0, 0, width, height, out, stride);
    for (size_t i = 0; i < n; i++) alpha[i] = image->bits == 16 ? ((uint16_t *)(void *)out)[i * 4 + 3] : out[i * 4 + 3];
    free(out);
    return alpha;
}

static Image ramp(int bits, int step_x, int step_y) {
    Image image;
    assert_int_equal(image_create_deep(WIDTH, HEIGHT, 4, bits, &image), STATUS_OK);
    for (int y = 0; y < HEIGHT; y++) {
        for (int x = 0; x < WIDTH; x++) {
            const int i = (y * WIDTH + x) * 4 + 3, value = step_x * x + step_y * y;
            if (bits == 16)
                ((uint16_t *)(void *)image.pixels)[i] = (uint16_t)value;
            else
                image.pixels[i] = (uint8_t)value;
        }
    }
    return image;
}

// A cubic interpolation goes through a plane exactly, two samples away from the edges.
static void test_a_plane_stays_a_plane(void **state) {
    (void)state;
    for (int bits = 8; bits <= 16; bits += 8) {
        const int step_x = bits == 16 ? 3000 : 12, step_y = bits == 16 ? 2500 : 9;
        for (int scale = 2; scale <= 4; scale++) {
            Image image = ramp(bits, step_x, step_y);
            int *alpha = enlarged(&image, scale);
            for (int y = 2 * scale; y < (HEIGHT - 2) * scale; y++) {
                for (int x = 2 * scale; x < (WIDTH - 2) * scale; x++) {
                    const double expected = step_x * ((x + 0.5) / scale - 0.5) + step_y * ((y + 0.5) / scale - 0.5);
                    const double off = alpha[y * WIDTH * scale + x] - expected;
                    if (off < -0.51 || off > 0.51) fail_msg("%d bits, %dx, %d %d: off by %g", bits, scale, x, y, off);
                }
            }
            free(alpha);
            image_free(&image);
        }
    }
}

static void test_all_0_and_all_full_stay(void **state) {
    (void)state;
    for (int bits = 8; bits <= 16; bits += 8) {
        for (int scale = 2; scale <= 4; scale++) {
            Image image = ramp(bits, 0, 0);
            int *alpha = enlarged(&image, scale);
            for (int i = 0; i < WIDTH * HEIGHT * scale * scale; i++) assert_int_equal(alpha[i], 0);
            free(alpha);
            memset(image.pixels, 0xff, image_row_bytes(&image) * HEIGHT);
            alpha = enlarged(&image, scale);
            for (int i = 0; i < WIDTH * HEIGHT * scale * scale; i++) assert_int_equal(alpha[i], (1 << bits) - 1);
            free(alpha);
            image_free(&image);
        }
    }
}

int main(int argc, char **argv) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_plane_stays_a_plane),
        cmocka_unit_test(test_all_0_and_all_full_stay),
    };
    return RUN_TESTS("alpha", argc, argv, tests);
}
