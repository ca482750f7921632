// A result beside its input: what is told to be far off, and that streaming rows are replaced as the whole picture
// would be.
#include "pipeline/consistency.h"

#include <math.h>

#include "core/warnings.h"
#include "failing_memory.h"
#include "image/cubic.h"
#include "test.h"

enum { BLOCK = CONSISTENCY_BLOCK };

static uint32_t seed;

static int next_random(int n) {
    seed = seed * 1664525u + 1013904223u;
    return (int)((seed >> 8) % (uint32_t)n);
}

static int get(const Image *image, int x, int y, int c) {
    const size_t at = ((size_t)y * (size_t)image->width + (size_t)x) * (size_t)image->channels + (size_t)c;
    return image->bits == 8 ? image->pixels[at] : ((const uint16_t *)(const void *)image->pixels)[at];
}

static void put(Image *image, int x, int y, int c, int value) {
    const size_t at = ((size_t)y * (size_t)image->width + (size_t)x) * (size_t)image->channels + (size_t)c;
    if (image->bits == 8)
        image->pixels[at] = (uint8_t)value;
    else
        ((uint16_t *)(void *)image->pixels)[at] = (uint16_t)value;
}

static Image create(int width, int height, int channels, int bits) {
    Image image;
    assert_int_equal(image_create_deep(width, height, channels, bits, &image), STATUS_OK);
    memset(image.pixels, 0, image_row_bytes(&image) * (size_t)height);
    return image;
}

// Patches of one colour each, opaque but for a corner.
static Image patches(int width, int height, int channels, int bits) {
    Image image = create(width, height, channels, bits);
    for (int y = 0; y < height; y++) {
        for (int x = 0; x < width; x++) {
            seed = (uint32_t)(x / 13 * 7919 + y / 11 * 104729);
            for (int c = 0; c < channels; c++) put(&image, x, y, c, next_random(1 << bits));
            if (channels == 4) put(&image, x, y, 3, x < BLOCK && y < BLOCK ? 0 : (1 << bits) - 1);
        }
    }
    return image;
}

// Every pixel as a square, and to each block an error of its own, up to `most` levels of 255.
static Image enlarged(const Image *image, int scale, int most) {
    Image out = create(image->width * scale, image->height * scale, image->channels, image->bits);
    for (int y = 0; y < out.height; y++) {
        for (int x = 0; x < out.width; x++) {
            seed = (uint32_t)(x / (BLOCK * scale) * 31 + y / (BLOCK * scale) * 17);
            const int error = most ? next_random(most) * (image->bits == 8 ? 1 : 257) : 0;
            for (int c = 0; c < image->channels; c++) {
                const int was = get(image, x / scale, y / scale, c), top = (1 << image->bits) - 1;
                put(&out, x, y, c, c == 3 ? was : was > top / 2 ? was - error : was + error);
            }
        }
    }
    return out;
}

// Gives all rows, up to `piece` at a time, and gathers what comes.
static ConsistencyCount run(const Image *image, const Image *result, int scale, bool corrects, int piece, Image *out) {
    Consistency *consistency = NULL;
    int n_out = 0;
    assert_int_equal(consistency_begin(image, scale, corrects, &consistency), STATUS_OK);
    const size_t stride = image_row_bytes(result);
    for (int y = 0; y < result->height;) {
        const int left = result->height - y;
        const ConsistencyRows ready =
            consistency_add(consistency, result->pixels + (size_t)y * stride, stride, piece < left ? piece : left);
        assert_in_range(ready.n_taken, 1, left);
        assert_in_range(n_out + ready.n_rows, 0, result->height);
        memcpy(out->pixels + (size_t)n_out * stride, ready.rows, (size_t)ready.n_rows * stride);
        y += ready.n_taken;
        n_out += ready.n_rows;
    }
    assert_int_equal(n_out, result->height);
    const ConsistencyCount count = consistency_count(consistency);
    consistency_end(consistency);
    return count;
}

// ---- the plain reference: all of the picture at once

static int blocks_of(int pixels) { return pixels < BLOCK ? 1 : pixels / BLOCK; }
static int block_end(int i, int pixels) { return i == blocks_of(pixels) - 1 ? pixels : (i + 1) * BLOCK; }

static double mean(const Image *image, int left, int top, int right, int bottom, int c) {
    double sum = 0;
    for (int y = top; y < bottom; y++) {
        for (int x = left; x < right; x++) sum += get(image, x, y, c);
    }
    return sum / ((right - left) * (bottom - top)) / (image->bits == 8 ? 1 : 257);
}

static double apart(const Image *image, const Image *result, int scale, int column, int row) {
    const int left = column * BLOCK, top = row * BLOCK;
    const int right = block_end(column, image->width), bottom = block_end(row, image->height);
    double most = 0;
    if ((right - left) * (bottom - top) < BLOCK * BLOCK / 2) return 0;
    if (image->channels == 4 && mean(image, left, top, right, bottom, 3) == 0) return 0;
    for (int c = 0; c < 3; c++) {
        most = fmax(most, fabs(mean(image, left, top, right, bottom, c) -
                               mean(result, left * scale, top * scale, right * scale, bottom * scale, c)));
    }
    return most;
}

// What a block alone asks for; nothing where no block is.
static double own_share(const Image *image, const Image *result, int scale, int column, int row) {
    if (column < 0 || column >= blocks_of(image->width)) return 0;
    const double t =
        (apart(image, result, scale, column, row) - CONSISTENCY_NEAR) / (CONSISTENCY_FAR - CONSISTENCY_NEAR);
    return t <= 0 ? 0 : t >= 1 ? 1 : t * t * (3 - 2 * t);
}

// Between blocks of its row that are replaced, at most CONSISTENCY_REACH away, a block is replaced too.
static double share(const Image *image, const Image *result, int scale, int column, int row) {
    const int last_column = blocks_of(image->width) - 1, last_row = blocks_of(image->height) - 1;
    column = column < 0 ? 0 : column > last_column ? last_column : column;
    row = row < 0 ? 0 : row > last_row ? last_row : row;
    double left = 0, right = 0;
    for (int i = 1; i <= CONSISTENCY_REACH; i++) {
        left = fmax(left, own_share(image, result, scale, column - i, row));
        right = fmax(right, own_share(image, result, scale, column + i, row));
    }
    return fmax(own_share(image, result, scale, column, row), fmin(left, right));
}

typedef struct Shares {
    double at[11][11]; // [row + 1][column + 1] of all blocks, and of more at each side
} Shares;

static Shares shares_of(const Image *image, const Image *result, int scale) {
    Shares shares;
    for (int row = -1; row < 10; row++) {
        for (int column = -1; column < 10; column++)
            shares.at[row + 1][column + 1] = share(image, result, scale, column, row);
    }
    return shares;
}

static double expected_at(const Image *image, const Image *result, const Shares *shares, int scale, int x, int y,
                          int c) {
    const double column = (x + 0.5) / (scale * BLOCK) - 0.5, row = (y + 0.5) / (scale * BLOCK) - 0.5;
    const int i = (int)floor(column), j = (int)floor(row);
    const double across = column - i, down = row - j;
    const double *above = &shares->at[j + 1][i + 1], *below = &shares->at[j + 2][i + 1];
    const double all = (above[0] * (1 - across) + above[1] * across) * (1 - down) +
                       (below[0] * (1 - across) + below[1] * across) * down;
    const Cubic cubic = cubic_of(image, scale);
    return get(result, x, y, c) * (1 - all) + cubic_sample(&cubic, x, y, c) * all;
}

static void assert_replaced(const Image *image, const Image *result, const Image *out, int scale) {
    const int top = (1 << image->bits) - 1;
    const Shares shares = shares_of(image, result, scale);
    for (int y = 0; y < out->height; y++) {
        for (int x = 0; x < out->width; x++) {
            for (int c = 0; c < 3; c++) {
                const double value = expected_at(image, result, &shares, scale, x, y, c);
                const double expected = value < 0 ? 0 : value > top ? top : value;
                if (fabs(get(out, x, y, c) - expected) > 0.51 + (image->bits == 8 ? 0 : 0.1))
                    fail_msg("%d x %d at %dx, pixel %d %d: expected %g but found %d", image->width, image->height,
                             scale, x, y, expected, get(out, x, y, c));
            }
            if (out->channels == 4) assert_int_equal(get(out, x, y, 3), get(result, x, y, 3));
        }
    }
}

// ---- the tests

static void test_replaced_as_a_whole(void **state) {
    (void)state;
    static const int shapes[][2] = {{1, 1}, {3, 9}, {8, 8}, {17, 5}, {16, 23}, {41, 37}, {69, 11}, {15, 14}};
    static const int pieces[] = {1, 7, 64, 1000};
    for (size_t s = 0; s < sizeof shapes / sizeof *shapes; s++) {
        for (int scale = 2; scale <= 4; scale++) {
            for (int kind = 0; kind < 4; kind++) {
                Image image = patches(shapes[s][0], shapes[s][1], 3 + kind % 2, kind < 2 ? 8 : 16);
                Image result = enlarged(&image, scale, 60),
                      out = create(result.width, result.height, image.channels, image.bits);
                run(&image, &result, scale, true, pieces[(s + (size_t)kind) % 4], &out);
                assert_replaced(&image, &result, &out, scale);
                image_free(&image);
                image_free(&result);
                image_free(&out);
            }
        }
    }
}

// What is near stays bit for bit; without correcting, all does.
static void test_left_alone(void **state) {
    (void)state;
    for (int corrects = 0; corrects < 2; corrects++) {
        Image image = patches(41, 37, 3, 8), result = enlarged(&image, 2, corrects ? CONSISTENCY_NEAR : 100),
              out = create(82, 74, 3, 8);
        const ConsistencyCount count = run(&image, &result, 2, corrects, 5, &out);
        assert_memory_equal(out.pixels, result.pixels, image_row_bytes(&out) * 74);
        assert_int_equal(count.n_blocks, 5 * 4);
        if (corrects)
            assert_int_equal(count.n_far, 0);
        else
            assert_true(count.n_far > 0);
        image_free(&image);
        image_free(&result);
        image_free(&out);
    }
}

static void test_sentences(void **state) {
    (void)state;
    Bytes warnings = {0};
    consistency_warn((ConsistencyCount){1000, 5, 90}, false, &warnings); // one of 200
    assert_int_equal(warnings.size, 0);
    consistency_warn((ConsistencyCount){0}, false, &warnings);
    assert_int_equal(warnings.size, 0);
    consistency_warn(consistency_sum((ConsistencyCount){600, 250, 90}, (ConsistencyCount){400, 250, 30}), false,
                     &warnings);
    static const char sentence[] = "In 50 % of the picture the result's colours are far off, by up to 90 of 255: ";
    assert_memory_equal(warnings.data, sentence, sizeof sentence - 1);
    bytes_free(&warnings);
    consistency_warn((ConsistencyCount){1000, 1000, 90}, false, &warnings);
    assert_memory_equal(warnings.data, "In 100 % of", 11);
    bytes_free(&warnings);
}

static Status begin_and_end(void *context) {
    Consistency *consistency = NULL;
    Status status = consistency_begin(context, 2, true, &consistency);
    consistency_end(consistency);
    return status;
}

static void test_every_allocation_failing(void **state) {
    (void)state;
    need_counted_memory();
    Image image = create(20, 20, 3, 8);
    assert_true(fail_each_allocation(begin_and_end, &image) > 0);
    image_free(&image);
}

int main(int argc, char **argv) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_replaced_as_a_whole),
        cmocka_unit_test(test_left_alone),
        cmocka_unit_test(test_sentences),
        cmocka_unit_test(test_every_allocation_failing),
    };
    return RUN_TESTS("consistency", argc, argv, tests);
}
