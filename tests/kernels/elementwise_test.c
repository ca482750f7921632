// The passes over whole tensors, against loops that follow their contracts word by word. Exact.
#include "core/parallel.h"
#include "kernels/kernel.h"
#include "ops/elementwise.h"

static Tensor random_tensor(int h, int w, int c) {
    Tensor t = guarded_tensor(h, w, c);
    for (size_t i = 0; i < tensor_count(t); i++) t.data[i] = random_float();
    return t;
}

static Tensor copy_of(Tensor t) {
    Tensor copy = guarded_tensor(t.h, t.w, t.c);
    memcpy(copy.data, t.data, tensor_count(t) * sizeof(float));
    return copy;
}

static float at(Tensor t, int y, int x, int c) {
    return t.data[((size_t)y * (size_t)t.w + (size_t)x) * (size_t)t.c + (size_t)c];
}

static const int sizes[][3] = {{1, 1, 1}, {2, 3, 3}, {3, 1, 4}, {5, 7, 5}, {4, 4, 64}, {3, 11, 31}};

#define FOR_EACH_SAMPLE(t)              \
    for (int y = 0; y < (t).h; y++)     \
        for (int x = 0; x < (t).w; x++) \
            for (int c = 0; c < (t).c; c++)

static void test_leaky_relu(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        Tensor t = random_tensor(sizes[i][0], sizes[i][1], sizes[i][2]), before = copy_of(t);
        elementwise_leaky_relu(t, 0.1f);
        assert_guards(t);
        FOR_EACH_SAMPLE(t) {
            float x0 = at(before, y, x, c);
            assert_true(at(t, y, x, c) == (x0 > 0 ? x0 : x0 * 0.1f));
        }
        elementwise_leaky_relu(before, 1);
        guarded_free(t);
        guarded_free(before);
    }
}

static void test_prelu(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        Tensor t = random_tensor(sizes[i][0], sizes[i][1], sizes[i][2]), before = copy_of(t);
        float *slopes = random_floats((size_t)t.c, 2);
        elementwise_prelu(t, slopes);
        assert_guards(t);
        FOR_EACH_SAMPLE(t) {
            float x0 = at(before, y, x, c);
            assert_true(at(t, y, x, c) == (x0 > 0 ? x0 : x0 * slopes[c]));
        }
        guarded_free(t);
        guarded_free(before);
        free(slopes);
    }
}

static void test_clear_edges(void **state) {
    (void)state;
    static const int edges[][4] = {{0, 0, 0, 0},  {1, 0, 0, 0}, {0, 2, 0, 0}, {-3, 0, 1, 0},
                                   {0, -1, 0, 1}, {2, 1, 2, 3}, {9, 0, 0, 0}};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        for (size_t k = 0; k < sizeof edges / sizeof edges[0]; k++) {
            const int *e = edges[k];
            Tensor t = random_tensor(sizes[i][0], sizes[i][1], sizes[i][2]), before = copy_of(t);
            elementwise_clear_edges(t, e[0], e[1], e[2], e[3]);
            assert_guards(t);
            FOR_EACH_SAMPLE(t) {
                const bool is_clear = y < e[0] || x < e[1] || y >= t.h - e[2] || x >= t.w - e[3];
                assert_true(at(t, y, x, c) == (is_clear ? 0 : at(before, y, x, c)));
            }
            guarded_free(t);
            guarded_free(before);
        }
    }
}

// Within the rounding of a multiplication that is or is not fused with the addition.
static void test_scale_add_and_join(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        const int h = sizes[i][0], w = sizes[i][1], n = sizes[i][2];
        Tensor a = random_tensor(h, w, n), b = random_tensor(h, w, 3), out = guarded_tensor(h, w, n + 3);
        elementwise_join(a, b, out);
        assert_guards(out);
        FOR_EACH_SAMPLE(out) assert_true(at(out, y, x, c) == (c < n ? at(a, y, x, c) : at(b, y, x, c - n)));
        Tensor from = random_tensor(h, w, n), before = copy_of(a);
        elementwise_scale_add(a, 0.2f, from);
        assert_guards(a);
        FOR_EACH_SAMPLE(a) assert_float_equal(at(a, y, x, c), at(before, y, x, c) * 0.2f + at(from, y, x, c), 1e-6);
        guarded_free(a);
        guarded_free(b);
        guarded_free(out);
        guarded_free(from);
        guarded_free(before);
    }
}

static void test_scale_channels(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        Tensor t = random_tensor(sizes[i][0], sizes[i][1], sizes[i][2]), before = copy_of(t);
        float *factors = random_floats((size_t)t.c, 1);
        elementwise_scale_channels(t, factors);
        assert_guards(t);
        FOR_EACH_SAMPLE(t) assert_true(at(t, y, x, c) == at(before, y, x, c) * factors[c]);
        guarded_free(t);
        guarded_free(before);
        free(factors);
    }
}

// Within the rounding of a multiplication that is or is not fused with the addition.
static void test_scale_shift_relu(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        Tensor in = random_tensor(sizes[i][0], sizes[i][1], sizes[i][2]), out = random_tensor(in.h, in.w, in.c);
        float *factors = random_floats((size_t)in.c, 1), *shifts = random_floats((size_t)in.c, 1);
        elementwise_scale_shift_relu(in, factors, shifts, out);
        assert_guards(out);
        FOR_EACH_SAMPLE(out) {
            const double expected = (double)at(in, y, x, c) * factors[c] + shifts[c];
            assert_true(fabs(at(out, y, x, c) - (expected > 0 ? expected : 0)) < 3e-7);
        }
        elementwise_scale_shift_relu(in, factors, shifts, in); // in place
        assert_memory_equal(in.data, out.data, tensor_count(in) * sizeof(float));
        guarded_free(in);
        guarded_free(out);
        free(factors);
        free(shifts);
    }
}

static void test_add_cropped(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        for (int crop = 0; crop <= 4; crop += 2) {
            Tensor to = random_tensor(sizes[i][0], sizes[i][1], sizes[i][2]), before = copy_of(to);
            Tensor from = random_tensor(to.h + 2 * crop, to.w + 2 * crop, to.c);
            elementwise_add_cropped(to, from, crop);
            assert_guards(to);
            FOR_EACH_SAMPLE(to) assert_true(at(to, y, x, c) == at(before, y, x, c) + at(from, y + crop, x + crop, c));
            guarded_free(to);
            guarded_free(before);
            guarded_free(from);
        }
    }
}

static void test_add_nearest(void **state) {
    (void)state;
    Tensor to = random_tensor(12, 8, 3), before = copy_of(to), from = random_tensor(3 + 2 * 5, 2 + 2 * 5, 3);
    elementwise_add_nearest(to, from, 5, 4);
    assert_guards(to);
    FOR_EACH_SAMPLE(to) assert_true(at(to, y, x, c) == at(before, y, x, c) + at(from, 5 + y / 4, 5 + x / 4, c));
    guarded_free(to);
    guarded_free(before);
    guarded_free(from);
}

// PyTorch's definition: out[q][h r + i][w r + j] = in[q r² + i r + j][h][w].
static void test_pixel_shuffle(void **state) {
    (void)state;
    Tensor from = random_tensor(5, 6, 12), out = guarded_tensor(6, 8, 3);
    elementwise_pixel_shuffle(out, from, 1, 2);
    assert_guards(out);
    for (int h = 0; h < 3; h++) {
        for (int w = 0; w < 4; w++) {
            for (int q = 0; q < 12; q++) {
                assert_true(at(out, 2 * h + q / 2 % 2, 2 * w + q % 2, q / 4) == at(from, h + 1, w + 1, q));
            }
        }
    }
    guarded_free(from);
    guarded_free(out);
}

int main(int argc, char **argv) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_scale_add_and_join), cmocka_unit_test(test_prelu),
        cmocka_unit_test(test_clear_edges),        cmocka_unit_test(test_leaky_relu),
        cmocka_unit_test(test_scale_channels),     cmocka_unit_test(test_scale_shift_relu),
        cmocka_unit_test(test_add_cropped),        cmocka_unit_test(test_add_nearest),
        cmocka_unit_test(test_pixel_shuffle),
    };
    if (parallel_start(2)) return 1;
    return RUN_TESTS("elementwise", argc, argv, tests);
}
