// A picture to probabilities, tags and vectors, step by step: against Keras and timm (tests/golden/*/expected.json),
// what the steps are, what does not fit, memory that fails.
#include <math.h>

#include "core/json.h"
#include "core/parallel.h"
#include "failing_memory.h"
#include "nets/golden_files.h"
#include "nets/load_networks.h"
#include "pipeline/embed_image.h"
#include "pipeline/network_pixels.h"

enum { N_OUTPUTS = 3, ALL = (1 << N_OUTPUTS) - 1, MAX_DIM = 64 };

static Net load_resnet(void) { return load_net(&resnet_v2, read_golden("pix2score/model.safetensors"), false); }

static Net load_booru(const char *drop) {
    return load_net(&deepdanbooru, edited_golden("deepdanbooru/model.safetensors", (Edit){.drop = drop}), false);
}

static Image load_golden_picture(const char *name) {
    File file = read_golden(name);
    Image image;
    assert_int_equal(image_decode((const uint8_t *)file.data, file.size, NULL, &image), STATUS_OK);
    free(file.data);
    return image;
}

static Image load_picture(void) { return load_golden_picture("anime256.png"); }

static EmbedImage *run(Net net, const Image *image, EmbedImageOptions options) {
    EmbedImage *task;
    if (embed_image_begin(net, image, options, &task)) fail_msg("%s", status_message());
    const int total = embed_image_total(task);
    for (int i = 0; i < total; i++) {
        assert_int_equal(embed_image_done(task), i);
        assert_int_equal(embed_image_step(task), STATUS_OK);
    }
    assert_int_equal(embed_image_step(task), STATUS_BAD_ARGUMENT);
    return task;
}

// The numbers that expected.json gives for a picture and `output`; returns how many.
static int expected_of(const char *golden, const char *picture, const char *output, double *values) {
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
            if (strcmp(key, picture)) {
                json_skip(&json);
                continue;
            }
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

static void compare(Net net, const char *golden) {
    Image image = load_picture();
    EmbedImage *task = run(net, &image, (EmbedImageOptions){.outputs = ALL});
    assert_int_equal(net.network->n_outputs, N_OUTPUTS);
    for (int i = 0; i < N_OUTPUTS; i++) {
        double expected[MAX_DIM], worst = 0, power = 0;
        const char *name = net.network->outputs[i].name;
        const int dim = dim_of(net, i);
        assert_int_equal(expected_of(golden, "anime256.png", name, expected), dim);
        for (int c = 0; c < dim; c++) {
            worst = fmax(worst, fabs(embed_image_output(task, i)[c] - expected[c]));
            power += expected[c] * expected[c] / dim;
        }
        print_message("# %s: largest error %.2g of %.2g\n", name, worst, sqrt(power));
        assert_true(worst <= 2e-5 * sqrt(power));
    }
    embed_image_end(task);
    image_free(&image);
}

static void test_score(void **state) {
    (void)state;
    Net net = load_resnet();
    compare(net, "pix2score/expected.json");
    free_net(net);
}

static void test_tags(void **state) {
    (void)state;
    Net net = load_booru(NULL);
    compare(net, "deepdanbooru/expected.json");
    free_net(net);
}

// The WD tagger's scores, of a square without alpha and of a picture that is laid on white and gets margins.
static void test_wd_tags(void **state) {
    (void)state;
    Net net = load_net(&vit_tagger, read_golden("wd-vit/model.safetensors"), false);
    static const char *const pictures[] = {"anime256.png", "wd-vit/wide.png"};
    for (int i = 0; i < 2; i++) {
        double expected[MAX_DIM];
        Image image = load_golden_picture(pictures[i]);
        EmbedImage *task = run(net, &image, (EmbedImageOptions){.outputs = 1, .normalise = true});
        const char *name = strchr(pictures[i], '/') ? strchr(pictures[i], '/') + 1 : pictures[i];
        assert_int_equal(expected_of("wd-vit/expected.json", name, "tags", expected), dim_of(net, 0));
        for (int c = 0; c < dim_of(net, 0); c++)
            assert_true(fabs(embed_image_output(task, 0)[c] - expected[c]) <= 2e-5);
        assert_int_equal(image.channels, 3 + i);
        embed_image_end(task);
        image_free(&image);
    }
    free_net(net);
}

// The same picture with alpha, and in 16 bits, gives the same; and is not changed.
static void test_other_pictures(void **state) {
    (void)state;
    Net net = load_resnet();
    Image image = load_picture(), other;
    const size_t n = (size_t)image.width * (size_t)image.height;
    EmbedImage *expected = run(net, &image, (EmbedImageOptions){.outputs = 1});
    for (int bits = 8; bits <= 16; bits += 8) {
        assert_int_equal(image_create_deep(image.width, image.height, 4, bits, &other), STATUS_OK);
        uint16_t *deep = (uint16_t *)(void *)other.pixels;
        for (size_t i = 0; i < n * 4; i++) {
            const int value = i % 4 < 3 ? image.pixels[i / 4 * 3 + i % 4] : (int)(i % 251);
            if (bits == 8) other.pixels[i] = (uint8_t)value;
            if (bits == 16) deep[i] = (uint16_t)(value * 257);
        }
        const uint8_t first = other.pixels[0], last = other.pixels[n * 4 - 1];
        EmbedImage *task = run(net, &other, (EmbedImageOptions){.outputs = 1});
        assert_memory_equal(embed_image_output(task, 0), embed_image_output(expected, 0), 15 * sizeof(float));
        assert_null(embed_image_output(task, 1));
        assert_int_equal(other.channels, 4);
        assert_true(other.pixels[0] == first && other.pixels[n * 4 - 1] == last);
        embed_image_end(task);
        image_free(&other);
    }
    embed_image_end(expected);
    image_free(&image);
    free_net(net);
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
    Net net = load_booru(NULL);
    Image image = load_picture();
    image.height = 100;
    EmbedImage *stretched = run(net, &image, (EmbedImageOptions){.outputs = ALL, .normalise = true});
    EmbedImage *fitted = run(net, &image, (EmbedImageOptions){.outputs = ALL, .fit = true});
    const float *tags = embed_image_output(stretched, DEEPDANBOORU_TAGS),
                *others = embed_image_output(fitted, DEEPDANBOORU_TAGS);
    assert_true(fabsf(tags[2] - others[2]) > 1e-4f);
    assert_true(length_of(tags, 25) > 1.5);
    assert_true(fabs(length_of(embed_image_output(stretched, DEEPDANBOORU_ILLUST2VEC), 48) - 1) < 1e-6);
    assert_true(fabs(length_of(embed_image_output(stretched, DEEPDANBOORU_STYLE), 16) - 1) < 1e-6);
    assert_true(length_of(embed_image_output(fitted, DEEPDANBOORU_ILLUST2VEC), 48) > 2);
    embed_image_end(stretched);
    embed_image_end(fitted);
    image_free(&image);
    free_net(net);
}

static void assert_refused(Net net, int outputs, const char *expected) {
    Image image = load_picture();
    EmbedImage *task;
    assert_int_equal(embed_image_begin(net, &image, (EmbedImageOptions){.outputs = outputs}, &task),
                     STATUS_BAD_ARGUMENT);
    if (!strstr(status_message(), expected))
        fail_msg("expected a sentence with \"%s\" but found: %s", expected, status_message());
    image_free(&image);
}

static void test_outputs_that_are_not_there(void **state) {
    (void)state;
    Net net = load_booru("head.weight");
    assert_refused(net, 0, "a mask of outputs from 1 to 7 but received 0");
    assert_refused(net, 8, "a mask of outputs from 1 to 7 but received 8");
    assert_refused(net, 1 << DEEPDANBOORU_TAGS, "Expected a network that gives tags");
    assert_int_equal(dim_of(net, DEEPDANBOORU_TAGS), 0);
    free_net(net);
}

// The order of the channels does not depend on whether their range changes.
static void test_blue_first(void **state) {
    (void)state;
    enum { SIDE = 8 };
    const NetworkPicture plain = {.framing = NETWORK_STRETCH, .is_bgr = true};
    const NetworkPicture scaled = {
        .framing = NETWORK_STRETCH, .is_bgr = true, .means = {0, 0, -1}, .deviations = {2, 2, 4}};
    float pixels[SIDE * SIDE * 3];
    Image image;
    assert_int_equal(image_create(SIDE, SIDE, 3, &image), STATUS_OK);
    for (int i = 0; i < SIDE * SIDE; i++) memcpy(image.pixels + 3 * i, (const uint8_t[]){255, 51, 0}, 3);
    assert_int_equal(network_pixels_from(&image, &plain, false, SIDE, pixels), STATUS_OK);
    for (int i = 0; i < SIDE * SIDE; i++) {
        assert_float_equal(pixels[3 * i], 0, 1e-6);
        assert_float_equal(pixels[3 * i + 1], 0.2, 1e-6);
        assert_float_equal(pixels[3 * i + 2], 1, 1e-6);
    }
    assert_int_equal(network_pixels_from(&image, &scaled, false, SIDE, pixels), STATUS_OK);
    for (int i = 0; i < SIDE * SIDE; i++) {
        assert_float_equal(pixels[3 * i], 0.25, 1e-6);
        assert_float_equal(pixels[3 * i + 1], 0.1, 1e-6);
        assert_float_equal(pixels[3 * i + 2], 0.5, 1e-6);
    }
    image_free(&image);
}

static Status try_all(Net net, const Image *image) {
    EmbedImage *task;
    Status status = embed_image_begin(net, image, (EmbedImageOptions){.outputs = ALL, .fit = true}, &task);
    if (status) return status;
    while (!status && embed_image_done(task) < embed_image_total(task)) status = embed_image_step(task);
    embed_image_end(task);
    return status;
}

static void test_failing_memory(void **state) {
    (void)state;
    need_counted_memory();
    Net net = load_booru(NULL);
    Image image = load_picture(), rgba;
    assert_int_equal(image_create(60, 60, 4, &rgba), STATUS_OK);
    memset(rgba.pixels, 100, 60 * 60 * 4);
    const long live = memory.n_live;
    Status status;
    long i = 0;
    do {
        count_memory(i++);
        status = try_all(net, &rgba);
        count_memory(-1);
        if (status) assert_int_equal(status, STATUS_NO_MEMORY);
        assert_true(memory.n_live <= live + 1); // scratch of the threads stays
    } while (status);
    assert_true(i > 6);
    image_free(&rgba);
    image_free(&image);
    free_net(net);
}

int main(int argc, char **argv) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_score),      cmocka_unit_test(test_tags),
        cmocka_unit_test(test_wd_tags),    cmocka_unit_test(test_other_pictures),
        cmocka_unit_test(test_options),    cmocka_unit_test(test_outputs_that_are_not_there),
        cmocka_unit_test(test_blue_first), cmocka_unit_test(test_failing_memory),
    };
    if (parallel_start(2)) return 1;
    return RUN_TESTS("convnet_image", argc, argv, tests);
}
