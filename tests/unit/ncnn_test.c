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

// What a sink is given.
typedef struct Given {
    int n, n_texts;
    char names[16][48];
    size_t dims[16][4];
    float *values[16];
    char texts[8][NCNN_DESCRIPTION];
    size_t room;          // of each piece of memory; 0: for all of a tensor
    const char *unwanted; // the name of one
    bool is_finished;
} Given;

static Status begin(void *context, const TensorTable *table) {
    Given *given = context;
    given->n_texts = (int)table->n_texts;
    for (int i = 0; i < given->n_texts && i < 8; i++) strcpy(given->texts[i], table->texts[i].value);
    return STATUS_OK;
}

static Status place(void *context, const TensorSpec *spec, size_t have, void **destination, size_t *room) {
    Given *given = context;
    *destination = NULL;
    if (given->unwanted && !strcmp(spec->name, given->unwanted)) return STATUS_OK;
    assert_int_equal(spec->dtype, DTYPE_F32);
    if (!have) {
        snprintf(given->names[given->n], sizeof given->names[0], "%s", spec->name);
        memcpy(given->dims[given->n], spec->dims, sizeof given->dims[0]);
    }
    *room = given->room && given->room < spec->bytes - have ? given->room : spec->bytes - have;
    given->values[given->n] = realloc(given->values[given->n], have + *room); // a sanitizer sees what is beyond it
    *destination = (uint8_t *)given->values[given->n] + have;
    return STATUS_OK;
}

static Status placed(void *context, const TensorSpec *spec) {
    Given *given = context;
    assert_string_equal(given->names[given->n++], spec->name);
    return STATUS_OK;
}

static Status finish(void *context) {
    ((Given *)context)->is_finished = true;
    return STATUS_OK;
}

static void given_free(Given *given) {
    for (int i = 0; i < 16; i++) free(given->values[i]);
}

static TensorSink sink_of(Given *given) { return (TensorSink){given, begin, place, placed, finish}; }

static Status open_sized(const char *text, size_t text_size, const uint8_t *bin, size_t size) {
    Given given = {0};
    const TensorSink sink = sink_of(&given);
    const Status status = ncnn_read(text, text_size, bin, size, &sink);
    assert_int_equal(given.is_finished, status == STATUS_OK);
    given_free(&given);
    return status;
}

static Status open_text(const char *text, const uint8_t *bin, size_t size) {
    return open_sized(text, strlen(text), bin, size);
}

// Reads the three layers.
static Given read_model(const char *text, size_t room, const char *unwanted) {
    uint8_t bin[256];
    const size_t size = make_bin(bin);
    Given given = {.room = room, .unwanted = unwanted};
    const TensorSink sink = sink_of(&given);
    if (ncnn_read(text, strlen(text), bin, size, &sink)) fail_msg("%s", status_message());
    assert_true(given.is_finished);
    return given;
}

static void check_layers(const char *text) {
    NcnnParam param;
    assert_int_equal(ncnn_param_read(text, strlen(text), &param), STATUS_OK);
    assert_int_equal(param.n_layers, 3);
    const NcnnLayer *conv = &param.layers[0], *up = &param.layers[1], *fc = &param.layers[2];
    assert_string_equal(conv->name, "conv");
    assert_int_equal(conv->type, NCNN_CONVOLUTION);
    assert_true(conv->out == 2 && conv->kernel == 2 && conv->stride == 2 && conv->pad == 0 && conv->n_weights == 8);
    assert_int_equal(conv->activation, 2);
    assert_true(conv->activation_slope == 0.1f);
    assert_int_equal(up->type, NCNN_DECONVOLUTION);
    assert_int_equal(fc->type, NCNN_INNER_PRODUCT);
    assert_int_equal(fc->activation, 4);
    ncnn_param_free(&param);
}

static void check_model(const Given *given) {
    static const char *const names[] = {"conv.weight", "conv.bias", "up.weight", "up.bias", "fc.weight", "fc.bias"};
    static const size_t dims[6][4] = {{2, 1, 2, 2}, {2}, {1, 2, 2, 2}, {1}, {3, 1, 1, 1}, {3}};
    assert_int_equal(given->n, 6);
    for (int i = 0; i < 6; i++) {
        assert_string_equal(given->names[i], names[i]);
        assert_memory_equal(given->dims[i], dims[i], sizeof dims[i]);
    }
    for (int i = 0; i < 8; i++) assert_true(given->values[0][i] == half_values[i]);
    assert_true(given->values[1][0] == 10 && given->values[1][1] == 11);
    for (int i = 0; i < 8; i++) assert_true(given->values[2][i] == 0.25f * (float)i);
    assert_true(given->values[3][0] == -7);
    assert_true(given->values[4][2] == 1 && given->values[5][2] == 2);
    assert_int_equal(given->n_texts, 4); // one of what resizes
    assert_string_equal(given->texts[0], "Convolution 1 to 2, kernel 2, stride 2, padding 0");
    assert_string_equal(given->texts[1], "Deconvolution 2 to 1, kernel 2, stride 2, padding 0");
    assert_string_equal(given->texts[2], "InnerProduct 1 to 3, kernel 1, stride 1, padding 0");
}

static void test_reads(void **state) {
    (void)state;
    check_layers(param_text);
    Given given = read_model(param_text, 0, NULL);
    check_model(&given);
    given_free(&given);
}

// The sink gives memory for a few bytes at a time, which need not be whole values, or wants some tensor not at all.
static void test_sinks(void **state) {
    (void)state;
    for (size_t room = 1; room < 9; room++) {
        Given given = read_model(param_text, room, NULL);
        check_model(&given);
        given_free(&given);
    }
    Given given = read_model(param_text, 0, "up.weight");
    assert_int_equal(given.n, 5);
    assert_string_equal(given.names[2], "up.bias");
    assert_true(given.values[2][0] == -7 && given.values[3][2] == 1);
    given_free(&given);
}

// The .bin comes in parts, which may end within a value.
static void test_parts(void **state) {
    (void)state;
    uint8_t bin[256];
    const size_t size = make_bin(bin);
    for (size_t step = 1; step < 12; step++) {
        Given given = {0};
        const TensorSink sink = sink_of(&given);
        Ncnn *ncnn;
        assert_int_equal(ncnn_create(&sink, &ncnn), STATUS_OK);
        assert_int_equal(ncnn_param(ncnn, param_text, strlen(param_text)), STATUS_OK);
        for (size_t at = 0; at < size; at += step) {
            const size_t n = size - at < step ? size - at : step;
            void *to;
            assert_true(ncnn_want(ncnn, &to) >= n);
            memcpy(to, bin + at, n);
            assert_int_equal(ncnn_took(ncnn, n), STATUS_OK);
        }
        assert_int_equal(ncnn_end(ncnn), STATUS_OK);
        check_model(&given);
        ncnn_free(ncnn);
        given_free(&given);
    }
}

static void test_calls_out_of_order(void **state) {
    (void)state;
    Given given = {0};
    const TensorSink sink = sink_of(&given);
    Ncnn *ncnn;
    void *to;
    assert_int_equal(ncnn_create(&sink, &ncnn), STATUS_OK);
    assert_int_equal(ncnn_took(ncnn, ncnn_want(ncnn, &to) + 1), STATUS_BAD_ARGUMENT);
    assert_int_equal(ncnn_param(ncnn, param_text, strlen(param_text)), STATUS_OK);
    assert_int_equal(ncnn_param(ncnn, param_text, strlen(param_text)), STATUS_BAD_ARGUMENT);
    assert_int_equal(ncnn_end(ncnn), STATUS_BAD_FORMAT);
    assert_non_null(strstr(status_message(), "ends before the weights of layer conv"));
    assert_int_equal(ncnn_want(ncnn, &to), 0);
    assert_int_equal(ncnn_took(ncnn, 0), STATUS_BAD_FORMAT); // the same way
    ncnn_free(ncnn);
    assert_int_equal(ncnn_create(&sink, &ncnn), STATUS_OK);
    assert_int_equal(ncnn_end(ncnn), STATUS_BAD_FORMAT);
    assert_non_null(strstr(status_message(), ".param before its .bin"));
    ncnn_free(ncnn);
}

static void test_reads_crlf(void **state) {
    (void)state;
    char text[2 * sizeof param_text];
    size_t n = 0;
    for (const char *p = param_text; *p; p++) {
        if (*p == '\n') text[n++] = '\r';
        text[n++] = *p;
    }
    text[n] = 0;
    check_layers(text);
    Given given = read_model(text, 0, NULL);
    check_model(&given);
    given_free(&given);
}

static void test_every_truncation_is_an_error(void **state) {
    (void)state;
    uint8_t bin[256];
    const size_t size = make_bin(bin);
    for (size_t n = 0; n < size; n++) {
        uint8_t *exact = malloc(n ? n : 1); // so that a sanitizer sees a read past the end
        assert_non_null(exact);
        memcpy(exact, bin, n);
        assert_int_equal(open_text(param_text, exact, n), STATUS_BAD_FORMAT);
        free(exact);
    }
    bin[size] = 0;
    assert_int_equal(open_text(param_text, bin, size + 1), STATUS_BAD_FORMAT);
    // without its last key, the activation, the text still describes a network; without more, never
    for (size_t n = 0; n + strlen(" 9=4\n") < strlen(param_text); n++) {
        char *exact = malloc(n ? n : 1);
        assert_non_null(exact);
        memcpy(exact, param_text, n);
        assert_int_not_equal(open_sized(exact, n, bin, size), STATUS_OK);
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
        "7767517\n2 2\nInnerProduct c 1 1 a b 0=2 1=1 2=2\nInnerProduct c 1 1 a b 0=2 1=1 2=2\n", // a name twice
    };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        assert_int_equal(open_text(texts[i], bin, size), STATUS_BAD_FORMAT);
        assert_true(strlen(status_message()) > 20);
    }
    put_u32(bin, 0x000D4B38); // int8
    assert_int_equal(open_text(param_text, bin, size), STATUS_UNSUPPORTED);
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
        NcnnParam param;
        if (open_text(text, bin, size)) fail_msg("%s: %s", arrays[i], status_message());
        assert_int_equal(ncnn_param_read(text, strlen(text), &param), STATUS_OK);
        assert_true(param.layers[0].activation_slope == 0);
        ncnn_param_free(&param);
    }
}

// Layers that say they have 2^28 weights each: as many as 32 bits can count together, or more, and few bytes.
static void test_sums_of_weights(void **state) {
    (void)state;
    uint8_t bin[256];
    const size_t size = make_bin(bin);
    for (int n = 1; n <= NCNN_MAX_LAYERS; n++) {
        char text[32768];
        snprintf(text, sizeof text, "7767517\n%d 1\n", n);
        for (int i = 0; i < n; i++)
            snprintf(text + strlen(text), 64, "InnerProduct c%d 1 1 a b 0=1 1=1 2=268435456\n", i);
        // no memory is taken here before anything comes: that is for the sink to do
        const TensorSink sink = {0};
        assert_int_equal(ncnn_read(text, strlen(text), bin, size, &sink), STATUS_BAD_FORMAT);
        assert_non_null(strstr(status_message(), "The model's .bin ends before the weights of layer c0 do."));
    }
}

// A PReLU has no flag and no bias; its layer may be the first. Of what resizes the last one is told.
static void test_prelu_and_resize(void **state) {
    (void)state;
    static const char text[] =
        "7767517\n5 5\nPReLU a 1 1 x y 0=3\nInterp r 1 1 x y 0=1 1=4.000000e+00\n"
        "InnerProduct b 1 1 y z 0=1 1=1 2=1\nPReLU c 1 1 z w 0=2\nInterp s 1 1 x y 0=3 1=7.5e-01\n";
    const float values[] = {0.25f, -1, 2, 0, 7, 8, 0.5f, 0.125f};
    Given given = {0};
    const TensorSink sink = sink_of(&given);
    assert_int_equal(ncnn_read(text, strlen(text), values, sizeof values, &sink), STATUS_OK);
    static const char *const names[] = {"a.weight", "b.weight", "b.bias", "c.weight"};
    assert_int_equal(given.n, 4);
    for (int i = 0; i < 4; i++) assert_string_equal(given.names[i], names[i]);
    for (int i = 0; i < 3; i++) assert_true(given.values[0][i] == values[i]);
    assert_true(given.values[1][0] == 7 && given.values[2][0] == 8);
    assert_true(given.values[3][0] == 0.5f && given.values[3][1] == 0.125f);
    assert_string_equal(given.texts[0], "PReLU 1 to 3, kernel 1, stride 1, padding 0");
    assert_string_equal(given.texts[3], "3 by 0.75");
    given_free(&given);
    for (size_t n = 0; n < sizeof values; n++) {
        uint8_t *exact = malloc(n ? n : 1);
        assert_non_null(exact);
        memcpy(exact, values, n);
        assert_int_equal(open_text(text, exact, n), STATUS_BAD_FORMAT);
        free(exact);
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
    Given given = {0};
    const TensorSink sink = sink_of(&given);
    assert_int_equal(ncnn_read(text, strlen(text), bin, size, &sink), STATUS_OK);
    for (uint32_t i = 0; i < N; i++) {
        const float expected = half_to_float((uint16_t)i), found = given.values[0][i];
        assert_true(expected != expected ? found != found : memcmp(&found, &expected, sizeof found) == 0);
    }
    assert_true(given.values[1][0] == 0 && given.values[1][2] == 2);
    given_free(&given);
    free(bin);
}

int main(int argc, char **argv) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_reads),
        cmocka_unit_test(test_sinks),
        cmocka_unit_test(test_parts),
        cmocka_unit_test(test_calls_out_of_order),
        cmocka_unit_test(test_reads_crlf),
        cmocka_unit_test(test_every_truncation_is_an_error),
        cmocka_unit_test(test_senseless_texts),
        cmocka_unit_test(test_prelu_and_resize),
        cmocka_unit_test(test_half),
        cmocka_unit_test(test_reads_every_half),
        cmocka_unit_test(test_empty_arrays),
        cmocka_unit_test(test_sums_of_weights),
    };
    return RUN_TESTS("ncnn", argc, argv, tests);
}
