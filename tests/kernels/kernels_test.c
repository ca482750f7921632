// The tables of kernels: another implementation of an operator is another entry, and the chosen table is what runs.
#include "kernels/kernel.h"
#include "ops/kernels.h"

static int n_planned, n_attended, n_normalised, n_pooled, n_activated;

static Status plan_attention(int n_keys, int head_dim) {
    n_planned++;
    return kernels_simd.attention_plan(n_keys, head_dim);
}

static void attend(const Attention *attention) {
    n_attended++;
    kernels_simd.attention(attention);
}

static void normalise(const LayerNorm *norm, const float *x, size_t x_stride, int rows, float *y, size_t y_stride) {
    n_normalised++;
    kernels_simd.layer_norm(norm, x, x_stride, rows, y, y_stride);
}

static void pool(const Windows *windows, float outside, float *out) {
    n_pooled++;
    kernels_simd.pool_max(windows, outside, out);
}

static void activate(Activation activation, float *x, size_t n) {
    n_activated++;
    kernels_simd.activation(activation, x, n);
}

static void run_each(void) {
    const float x[] = {1, 2, 3, 4}, one[] = {1, 1, 1, 1};
    float y[4] = {0};
    const LayerNorm norm = {4, one, one, 1e-5f};
    const Windows windows = {{(float *)x, 2, 2, 1}, 2, 2, 0, 1, 1};
    assert_int_equal(attention_plan(1, 4), STATUS_OK);
    attention_run(&(Attention){.heads = 1,
                               .head_dim = 4,
                               .n_queries = 1,
                               .n_keys = 1,
                               .scale = 1,
                               .q = x,
                               .k = x,
                               .v = x,
                               .q_stride = 4,
                               .kv_stride = 4,
                               .out = y,
                               .out_stride = 4});
    assert_true(y[0] == 1 && y[3] == 4);
    layer_norm_run(&norm, x, 4, 1, y, 4);
    assert_true(y[0] < y[3]);
    pool_max(&windows, 0, y);
    assert_true(y[0] == 4);
    activation_run(ACTIVATION_RELU, y, 1);
    assert_true(y[0] == 4);
}

static void test_the_chosen_table_runs(void **state) {
    (void)state;
    Kernels counted = kernels_simd;
    counted.attention_plan = plan_attention;
    counted.attention = attend;
    counted.layer_norm = normalise;
    counted.pool_max = pool;
    counted.activation = activate;
    assert_ptr_equal(kernels_chosen(), &kernels_simd);
    run_each();
    kernels_choose(&kernels_reference);
    run_each();
    assert_int_equal(n_planned + n_attended + n_normalised + n_pooled + n_activated, 0);
    kernels_choose(&counted);
    run_each();
    kernels_choose(&kernels_simd);
    assert_true(n_planned == 1 && n_attended == 1 && n_normalised == 1 && n_pooled == 1 && n_activated == 1);
}

static bool suits_pointwise(ConvSpec spec) { return spec.kernel == 1; }

// A kernel that knows some layers stands before those that know the rest.
static void test_a_layer_takes_the_first_that_suits(void **state) {
    (void)state;
    ConvKernel pointwise = conv_windows_kernel;
    pointwise.suits = suits_pointwise;
    const ConvKernel *const list[] = {&pointwise, &conv_windows_kernel};
    Kernels more = kernels_simd;
    more.conv = list;
    const float weights[9] = {2, 2, 2, 2, 2, 2, 2, 2, 2}, x[9] = {1, 2, 3, 4, 5, 6, 7, 8, 9};
    for (int kernel = 1; kernel <= 3; kernel += 2) {
        Conv *conv;
        size_t bytes;
        float y[9];
        assert_int_equal(conv_create((ConvSpec){1, 1, kernel, 1, {0, 0}, 0, DTYPE_F32, false, false}, &more, &conv),
                         STATUS_OK);
        assert_ptr_equal(conv->kernel, kernel == 1 ? &pointwise : &conv_windows_kernel);
        assert_int_equal(conv_pack(conv, weights, (LinearScales){0}), STATUS_OK);
        assert_int_equal(conv_plan(conv, 3, 3, &bytes), STATUS_OK);
        void *scratch = aligned_alloc(64, (bytes + 127) / 64 * 64);
        conv_run(conv, (Tensor){(float *)x, 3, 3, 1}, (ConvEnd){.slope = 1}, (Tensor){y, 4 - kernel, 4 - kernel, 1},
                 scratch);
        assert_true(y[0] == (kernel == 1 ? 2 : 90));
        free(scratch);
        conv_free(conv);
    }
}

int main(int argc, char **argv) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_chosen_table_runs),
        cmocka_unit_test(test_a_layer_takes_the_first_that_suits),
    };
    return RUN_TESTS("kernels", argc, argv, tests);
}
