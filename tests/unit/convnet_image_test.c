// A picture to probabilities, tags and vectors, step by step: against Keras (tests/golden/*/expected.json), what the
// steps are, what does not fit, memory that fails.
#include <math.h>

#include "core/json.h"
#include "core/parallel.h"
#include "failing_memory.h"
#include "nets/golden_files.h"
#include "nets/load_networks.h"
#include "pipeline/convnet_image.h"

enum { N_OUTPUTS = CONVNET_IMAGE_MAX_OUTPUTS, ALL = (1 << N_OUTPUTS) - 1, MAX_DIM = 64 };

static ResnetV2 *load_resnet(void) { return load_resnet_v2(read_golden("pix2score/model.safetensors"), false); }

static Deepdanbooru *load_booru(const char *drop) {
    return load_deepdanbooru(edited_golden("deepdanbooru/model.safetensors", (Edit){.drop = drop}), false);
}

static Image load_picture(void) {
    File file = read_golden("anime256.png");
    Image image;
    assert_int_equal(image_decode((const uint8_t *)file.data, file.size, NULL, &image), STATUS_OK);
    free(file.data);
    return image;
}

static ConvnetImage *run(ConvnetImageNet net, const Image *image, ConvnetImageOptions options) {
    ConvnetImage *task;
    if (convnet_image_begin(net, image, options, &task)) fail_msg("%s", status_message());
    const int total = convnet_image_total(task);
    for (int i = 0; i < total; i++) {
        assert_int_equal(convnet_image_done(task), i);
        assert_int_equal(convnet_image_step(task), STATUS_OK);
    }
    assert_int_equal(convnet_image_step(task), STATUS_BAD_ARGUMENT);
    return task;
}

// The numbers that expected.json gives for anime256.png and `output`; returns how many.
static int expected_of(const char *golden, const char *output, double *values) {
    File file = read_golden(golden);
    Json json = json_open(file.data, file.size, golden);
    char key[64];
    int n = 0;
    json_object(&json);
    while (json_key(&json, key, sizeof key)) {
        if (strcmp(key, "pictures")) {
            json_skip(&json);
            continue;
        }
        json_object(&json);
        while (json_key(&json, key, sizeof key)) {
            json_object(&json);
            while (json_key(&json, key, sizeof key)) {
                if (strcmp(key, output)) {
                    json_skip(&json);
                } else {
                    json_array(&json);
                    for (n = 0; json_element(&json); n++) assert_true(n < MAX_DIM && json_number(&json, &values[n]));
                }
            }
        }
    }
    assert_int_equal(json_close(&json), STATUS_OK);
    free(file.data);
    return n;
}

static void compare(ConvnetImageNet net, const char *golden) {
    Image image = load_picture();
    ConvnetImage *task = run(net, &image, (ConvnetImageOptions){.outputs = ALL});
    assert_int_equal(convnet_image_n_outputs(net), N_OUTPUTS);
    for (int i = 0; i < N_OUTPUTS; i++) {
        double expected[MAX_DIM], worst = 0, power = 0;
        const char *name = convnet_image_output_name(net, i);
        const int dim = convnet_image_output_dim(net, i);
        assert_int_equal(expected_of(golden, name, expected), dim);
        for (int c = 0; c < dim; c++) {
            worst = fmax(worst, fabs(convnet_image_output(task, i)[c] - expected[c]));
            power += expected[c] * expected[c] / dim;
        }
        print_message("# %s: largest error %.2g of %.2g\n", name, worst, sqrt(power));
        assert_true(worst <= 2e-5 * sqrt(power));
    }
    convnet_image_end(task);
    image_free(&image);
}

static void test_score(void **state) {
    (void)state;
    ResnetV2 *net = load_resnet();
    compare((ConvnetImageNet){.resnet_v2 = net}, "pix2score/expected.json");
    resnet_v2_free(net);
}

static void test_tags(void **state) {
    (void)state;
    Deepdanbooru *net = load_booru(NULL);
    compare((ConvnetImageNet){.deepdanbooru = net}, "deepdanbooru/expected.json");
    deepdanbooru_free(net);
}

// The same picture with alpha, and in 16 bits, gives the same; and is not changed.
static void test_other_pictures(void **state) {
    (void)state;
    ResnetV2 *resnet = load_resnet();
    const ConvnetImageNet net = {.resnet_v2 = resnet};
    Image image = load_picture(), other;
    const size_t n = (size_t)image.width * (size_t)image.height;
    ConvnetImage *expected = run(net, &image, (ConvnetImageOptions){.outputs = 1});
    for (int bits = 8; bits <= 16; bits += 8) {
        assert_int_equal(image_create_deep(image.width, image.height, 4, bits, &other), STATUS_OK);
        uint16_t *deep = (uint16_t *)(void *)other.pixels;
        for (size_t i = 0; i < n * 4; i++) {
            const int value = i % 4 < 3 ? image.pixels[i / 4 * 3 + i % 4] : (int)(i % 251);
            if (bits == 8) other.pixels[i] = (uint8_t)value;
            if (bits == 16) deep[i] = (uint16_t)(value * 257);
        }
        const uint8_t first = other.pixels[0], last = other.pixels[n * 4 - 1];
        ConvnetImage *task = run(net, &other, (ConvnetImageOptions){.outputs = 1});
        assert_memory_equal(convnet_image_output(task, 0), convnet_image_output(expected, 0), 15 * sizeof(float));
        assert_null(convnet_image_output(task, 1));
        assert_int_equal(other.channels, 4);
        assert_true(other.pixels[0] == first && other.pixels[n * 4 - 1] == last);
        convnet_image_end(task);
        image_free(&other);
    }
    convnet_image_end(expected);
    image_free(&image);
    resnet_v2_free(resnet);
}

static double length_of(const float *vector, int n) {
    double sum = 0;
    for (int i = 0; i < n; i++) sum += (double)vector[i] * vector[i];
    return sqrt(sum);
}

// A wide picture that is fitted gives something else than one that is stretched. Vectors get length 1, probabilities
// not.
static void test_options(void **state) {
    (void)state;
    Deepdanbooru *booru = load_booru(NULL);
    const ConvnetImageNet net = {.deepdanbooru = booru};
    Image image = load_picture();
    image.height = 100;
    ConvnetImage *stretched = run(net, &image, (ConvnetImageOptions){.outputs = ALL, .normalise = true});
    ConvnetImage *fitted = run(net, &image, (ConvnetImageOptions){.outputs = ALL, .fit = true});
    const float *tags = convnet_image_output(stretched, DEEPDANBOORU_TAGS),
                *others = convnet_image_output(fitted, DEEPDANBOORU_TAGS);
    assert_true(fabsf(tags[2] - others[2]) > 1e-4f);
    assert_true(length_of(tags, 25) > 1.5);
    assert_true(fabs(length_of(convnet_image_output(stretched, DEEPDANBOORU_ILLUST2VEC), 48) - 1) < 1e-6);
    assert_true(fabs(length_of(convnet_image_output(stretched, DEEPDANBOORU_STYLE), 16) - 1) < 1e-6);
    assert_true(length_of(convnet_image_output(fitted, DEEPDANBOORU_ILLUST2VEC), 48) > 2);
    convnet_image_end(stretched);
    convnet_image_end(fitted);
    image_free(&image);
    deepdanbooru_free(booru);
}

static void assert_refused(ConvnetImageNet net, int outputs, const char *expected) {
    Image image = load_picture();
    ConvnetImage *task;
    assert_int_equal(convnet_image_begin(net, &image, (ConvnetImageOptions){.outputs = outputs}, &task),
                     STATUS_BAD_ARGUMENT);
    if (!strstr(status_message(), expected))
        fail_msg("expected a sentence with \"%s\" but found: %s", expected, status_message());
    image_free(&image);
}

static void test_outputs_that_are_not_there(void **state) {
    (void)state;
    Deepdanbooru *booru = load_booru("head.weight");
    const ConvnetImageNet net = {.deepdanbooru = booru};
    assert_refused(net, 0, "a mask of outputs from 1 to 7 but received 0");
    assert_refused(net, 8, "a mask of outputs from 1 to 7 but received 8");
    assert_refused(net, 1 << DEEPDANBOORU_TAGS, "Expected a network that gives tags");
    assert_int_equal(convnet_image_output_dim(net, DEEPDANBOORU_TAGS), 0);
    deepdanbooru_free(booru);
}

static Status try_all(ConvnetImageNet net, const Image *image) {
    ConvnetImage *task;
    Status status = convnet_image_begin(net, image, (ConvnetImageOptions){.outputs = ALL, .fit = true}, &task);
    if (status) return status;
    while (!status && convnet_image_done(task) < convnet_image_total(task)) status = convnet_image_step(task);
    convnet_image_end(task);
    return status;
}

static void test_failing_memory(void **state) {
    (void)state;
    need_counted_memory();
    Deepdanbooru *booru = load_booru(NULL);
    Image image = load_picture(), rgba;
    assert_int_equal(image_create(60, 60, 4, &rgba), STATUS_OK);
    memset(rgba.pixels, 100, 60 * 60 * 4);
    const long live = memory.n_live;
    Status status;
    long i = 0;
    do {
        count_memory(i++);
        status = try_all((ConvnetImageNet){.deepdanbooru = booru}, &rgba);
        count_memory(-1);
        if (status) assert_int_equal(status, STATUS_NO_MEMORY);
        assert_true(memory.n_live <= live + 1); // scratch of the threads stays
    } while (status);
    assert_true(i > 6);
    image_free(&rgba);
    image_free(&image);
    deepdanbooru_free(booru);
}

int main(int argc, char **argv) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_score),
        cmocka_unit_test(test_tags),
        cmocka_unit_test(test_other_pictures),
        cmocka_unit_test(test_options),
        cmocka_unit_test(test_outputs_that_are_not_there),
        cmocka_unit_test(test_failing_memory),
    };
    if (parallel_start(2)) return 1;
    return RUN_TESTS("convnet_image", argc, argv, tests);
}
