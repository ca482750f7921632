// The reader of ncnn's files, on files made here: both kinds of float, both line ends, and every way to be broken.
#include "test.h"
#include "core/half.h"
#include "weights/ncnn.h"

static const char param_text[] =
    "7767517\n4 4\n"
    "Input in0 0 1 in0\n"
    "Convolution conv 1 1 in0 1 0=2 1=2 11=2 3=2 5=1 6=8 9=2 -23310=1,1.000000e-01\n"
    "Deconvolution up 1 1 1 2 0=1 1=2 3=2 4=0 5=1 6=8\n"
    "InnerProduct fc 1 1 2 out 0=3 1=1 2=3 9=4\n";

// A conv of 8 halves (1, -2, 0.5, 65504, 2^-24, -2^-14, 0, -0) and 2 biases; a deconv of 8 floats and 1 bias; an inner
// product of 3 halves, padded to 4, and 3 biases.
static const uint16_t halves[8] = {0x3c00, 0xc000, 0x3800, 0x7bff, 0x0001, 0x8400, 0x0000, 0x8000};
static const float half_values[8] = {1, -2, 0.5f, 65504, 0x1p-24f, -0x1p-14f, 0, -0.0f};

static size_t put_u32(uint8_t *to, uint32_t value) {
    for (int i = 0; i < 4; i++) to[i] = (uint8_t)(value >> 8 * i);
    return 4;
}

static size_t put_half(uint8_t *to, uint16_t value) {
    to[0] = (uint8_t)value;
    to[1] = (uint8_t)(value >> 8);
    return 2;
}

static size_t put_float(uint8_t *to, float value) {
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    return put_u32(to, bits);
}

static size_t make_bin(uint8_t *bin) {
    size_t n = put_u32(bin, 0x01306B47);
    for (int i = 0; i < 8; i++) n += put_half(bin + n, halves[i]);
    for (int i = 0; i < 2; i++) n += put_float(bin + n, 10.0f + (float)i);
    n += put_u32(bin + n, 0);
    for (int i = 0; i < 8; i++) n += put_float(bin + n, 0.25f * (float)i);
    n += put_float(bin + n, -7);
    n += put_u32(bin + n, 0x01306B47);
    for (int i = 0; i < 4; i++) n += put_half(bin + n, halves[0]);
    for (int i = 0; i < 3; i++) n += put_float(bin + n, (float)i);
    return n;
}

static Status open_text(const char *text, const uint8_t *bin, size_t size, NcnnModel *model) {
    return ncnn_open(text, strlen(text), bin, size, model);
}

static void check_model(NcnnModel *model) {
    assert_int_equal(model->n_layers, 3);
    const NcnnLayer *conv = &model->layers[0], *up = &model->layers[1], *fc = &model->layers[2];
    assert_string_equal(conv->name, "conv");
    assert_int_equal(conv->type, NCNN_CONVOLUTION);
    assert_true(conv->out == 2 && conv->kernel == 2 && conv->stride == 2 && conv->pad == 0 && conv->n_weights == 8);
    assert_int_equal(conv->activation, 2);
    assert_true(conv->activation_slope == 0.1f);
    for (int i = 0; i < 8; i++) assert_true(conv->weights[i] == half_values[i]);
    assert_true(conv->bias[0] == 10 && conv->bias[1] == 11);
    assert_int_equal(up->type, NCNN_DECONVOLUTION);
    for (int i = 0; i < 8; i++) assert_true(up->weights[i] == 0.25f * (float)i);
    assert_true(up->bias[0] == -7);
    assert_int_equal(fc->type, NCNN_INNER_PRODUCT);
    assert_true(fc->weights[2] == 1 && fc->bias[2] == 2 && fc->activation == 4);
}

static void test_reads(void **state) {
    (void)state;
    uint8_t bin[256];
    const size_t size = make_bin(bin);
    NcnnModel model;
    assert_int_equal(open_text(param_text, bin, size, &model), STATUS_OK);
    check_model(&model);
    ncnn_close(&model);
}

static void test_reads_crlf(void **state) {
    (void)state;
    uint8_t bin[256];
    const size_t size = make_bin(bin);
    char text[2 * sizeof param_text];
    size_t n = 0;
    for (const char *p = param_text; *p; p++) {
        if (*p == '\n') text[n++] = '\r';
        text[n++] = *p;
    }
    text[n] = 0;
    NcnnModel model;
    assert_int_equal(open_text(text, bin, size, &model), STATUS_OK);
    check_model(&model);
    ncnn_close(&model);
}

static void test_every_truncation_is_an_error(void **state) {
    (void)state;
    uint8_t bin[256];
    const size_t size = make_bin(bin);
    NcnnModel model;
    for (size_t n = 0; n < size; n++) {
        uint8_t *exact = malloc(n ? n : 1); // so that a sanitizer sees a read past the end
        assert_non_null(exact);
        memcpy(exact, bin, n);
        assert_int_equal(open_text(param_text, exact, n, &model), STATUS_BAD_FORMAT);
        free(exact);
    }
    bin[size] = 0;
    assert_int_equal(open_text(param_text, bin, size + 1, &model), STATUS_BAD_FORMAT);
    // without its last key, the activation, the text still describes a network; without more, never
    for (size_t n = 0; n + strlen(" 9=4\n") < strlen(param_text); n++) {
        char *exact = malloc(n ? n : 1);
        assert_non_null(exact);
        memcpy(exact, param_text, n);
        assert_int_not_equal(ncnn_open(exact, n, bin, size, &model), STATUS_OK);
        free(exact);
    }
}

static void test_senseless_texts(void **state) {
    (void)state;
    uint8_t bin[256];
    const size_t size = make_bin(bin);
    const char *texts[] = {
        "",
        "7767516\n1 1\nInput in0 0 1 in0\n",
        "7767517\n0 1\n",
        "7767517\n99999999 1\n",
        "7767517\n1 1\nConvolution c 1 1 a b 0=2 1=2 5=1 6=9\n",         // 9 is no multiple of 2 * 2 * 2
        "7767517\n1 1\nConvolution c 1 1 a b 0=-2 1=2 5=1 6=8\n",        // negative channels
        "7767517\n1 1\nConvolution c 1 1 a b 0=2 1=2 5=1 6=268435456\n", // more than the file holds
        "7767517\n1 1\nConvolution c 1 1 a b 0=2 1=2 5=1 6=1e300\n",
        "7767517\n1 1\nConvolution c 1 1 a b 0=2 1=2 99=1 5=1 6=8\n",
        "7767517\n1 1\nConvolution c 1 1 a b 0=nan 1=2 5=1 6=8\n",
        "7767517\n1 1\nConvolution c 1 1 a b 0=2 1=2 2=2 5=1 6=8\n", // dilation
        "7767517\n1 1\nConvolution a-name-that-is-longer-than-any-layer-has-ever-had 1 1 a b 0=2 1=2 5=1 6=8\n",
        "7767517\n1 1\nConvolution c 9 9 a b\n",
        "7767517\n1 1\nConvolution c 1 1 a b 0=2 1=2 5=1 6=8 -2147483648=1,1\n", // the smallest numbers of 32 bits
        "7767517\n1 1\nConvolution c 1 1 a b 0=2 1=2 5=1 6=8 -9223372036854775808=1,1\n", // and of 64
        "7767517\n1 1\nConvolution c 1 1 a b 0=2 1=2 5=1 6=8 -99999999999999999999=1,1\n",
        "7767517\n1 1\nConvolution c 1 1 a b 0=2 1=2 5=1 6=8 -2147460348=1,1\n",
        "7767517\n1 1\nConvolution c 1 1 a b 0=2 1=2 5=1 6=8 -23332=1,1\n", // one more than the last key
        "7767517\n1 1\nConvolution c 1 1 a b 0=2 1=2 5=1 6=8 99999999999999999999=1\n",
        "7767517\n1 1\nConvolution c 1 1 a b 0=2 1=2 5=1 6=8 -1=1\n",
    };
    NcnnModel model;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        assert_int_equal(open_text(texts[i], bin, size, &model), STATUS_BAD_FORMAT);
        assert_true(strlen(status_message()) > 20);
    }
    put_u32(bin, 0x000D4B38); // int8
    assert_int_equal(open_text(param_text, bin, size, &model), STATUS_UNSUPPORTED);
}

// An array without elements, and without even their number, is one that is not there.
static void test_empty_arrays(void **state) {
    (void)state;
    uint8_t bin[256];
    const size_t size = make_bin(bin);
    const char *const arrays[] = {"-23310=0", "-23310=", "-23331=0"};
    for (size_t i = 0; i < sizeof arrays / sizeof *arrays; i++) {
        char text[sizeof param_text + 32];
        const char *at = strstr(param_text, "-23310");
        snprintf(text, sizeof text, "%.*s%s%s", (int)(at - param_text), param_text, arrays[i], strchr(at, '\n'));
        NcnnModel model;
        if (open_text(text, bin, size, &model)) fail_msg("%s: %s", arrays[i], status_message());
        assert_true(model.layers[0].activation_slope == 0);
        ncnn_close(&model);
    }
}

// Layers that say they have 2^28 weights each: as many as 32 bits can count together, or more, and few bytes.
static void test_sums_of_weights(void **state) {
    (void)state;
    uint8_t bin[256];
    const size_t size = make_bin(bin);
    for (int n = 1; n <= NCNN_MAX_LAYERS; n++) {
        char text[16384];
        snprintf(text, sizeof text, "7767517\n%d 1\n", n);
        for (int i = 0; i < n; i++) strcat(text, "InnerProduct c 1 1 a b 0=1 1=1 2=268435456\n");
        NcnnModel model;
        assert_int_equal(open_text(text, bin, size, &model), STATUS_BAD_FORMAT);
        assert_non_null(strstr(status_message(), "Expected the model's .bin to hold"));
    }
}

// All 65536 halves against their definition.
static void test_half(void **state) {
    (void)state;
    for (uint32_t bits = 0; bits < 0x10000; bits++) {
        const int exponent = (int)(bits >> 10 & 31), sign = bits >> 15 ? -1 : 1;
        const float found = half_to_float((uint16_t)bits);
        if (exponent == 31) {
            assert_true((bits & 0x3ff) ? found != found : found * (float)sign > 1e38f);
            continue;
        }
        double expected = exponent ? 1 + (bits & 0x3ff) / 1024.0 : (bits & 0x3ff) / 1024.0;
        for (int i = exponent ? exponent : 1; i < 15; i++) expected /= 2;
        for (int i = 15; i < exponent; i++) expected *= 2;
        assert_true(found == sign * expected);
    }
}

// Enough of them for several pieces, the last of an odd length.
static void test_reads_every_half(void **state) {
    (void)state;
    enum { N = 65535 };
    static const char text[] = "7767517\n1 1\nInnerProduct fc 1 1 0 out 0=3 1=1 2=65535\n";
    uint8_t *bin = malloc(4 + 2 * (N + 1) + 3 * 4);
    assert_non_null(bin);
    size_t size = put_u32(bin, 0x01306B47);
    for (uint32_t i = 0; i <= N; i++) size += put_half(bin + size, (uint16_t)i); // one more to fill up four bytes
    for (int i = 0; i < 3; i++) size += put_float(bin + size, (float)i);
    NcnnModel model;
    assert_int_equal(open_text(text, bin, size, &model), STATUS_OK);
    for (uint32_t i = 0; i < N; i++) {
        const float expected = half_to_float((uint16_t)i), found = model.layers[0].weights[i];
        assert_true(expected != expected ? found != found : memcmp(&found, &expected, sizeof found) == 0);
    }
    assert_true(model.layers[0].bias[0] == 0 && model.layers[0].bias[2] == 2);
    ncnn_close(&model);
    free(bin);
}

int main(int argc, char **argv) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_reads),
        cmocka_unit_test(test_reads_crlf),
        cmocka_unit_test(test_every_truncation_is_an_error),
        cmocka_unit_test(test_senseless_texts),
        cmocka_unit_test(test_half),
        cmocka_unit_test(test_reads_every_half),
        cmocka_unit_test(test_empty_arrays),
        cmocka_unit_test(test_sums_of_weights),
    };
    return RUN_TESTS("ncnn", argc, argv, tests);
}
