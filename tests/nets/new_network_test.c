// What it takes to add a network: its own file (mean_colour.h) and a line of the registry, which here is this
// program's. Nothing else knows it, and yet the C interface loads and runs it.
#include <math.h>

#include "api/acg.h"
#include "api/acg_embed.h"
#include "nets/mean_colour.h"
#include "nets/registry.h"
#include "unit/failing_memory.h"

const Network *const registry[] = {&mean_colour, NULL};

enum { DIM = 4, SIDE = 16 };

static const float weights[DIM][3] = {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}, {1, -2, 0.5f}}, biases[DIM] = {0, 0, 1, -0.25f};

typedef struct SmallFile {
    uint8_t bytes[1024];
    size_t size;
} SmallFile;

static SmallFile make_file(void) {
    SmallFile file = {0};
    char *header = (char *)file.bytes + 8;
    sprintf(header,
            "{\"__metadata__\":{\"network\":\"mean_colour\",\"input_side\":\"%d\"},"
            "\"dense.weight\":{\"dtype\":\"F32\",\"shape\":[%d,3],\"data_offsets\":[0,%zu]},"
            "\"dense.bias\":{\"dtype\":\"F32\",\"shape\":[%d],\"data_offsets\":[%zu,%zu]}}",
            SIDE, DIM, sizeof weights, DIM, sizeof weights, sizeof weights + sizeof biases);
    const uint64_t length = strlen(header);
    memcpy(file.bytes, &length, 8);
    file.size = 8 + (size_t)length;
    memcpy(file.bytes + file.size, weights, sizeof weights);
    memcpy(file.bytes + file.size + sizeof weights, biases, sizeof biases);
    file.size += sizeof weights + sizeof biases;
    return file;
}

static int load(AcgModel *model, const SmallFile *file) {
    size_t at = 0;
    for (size_t n; (n = acg_model_want_size(model)) > 0; at += n) {
        memcpy(acg_model_want(model), file->bytes + at, n);
        const int status = acg_model_took(model, n);
        if (status) return status;
    }
    return acg_model_finish(model);
}

static AcgImage *one_colour(void) {
    uint8_t pixels[9 * 7 * 3];
    for (int i = 0; i < 9 * 7 * 3; i++) pixels[i] = (uint8_t)(51 * (i % 3 + 1));
    return acg_image_rgb_from_pixels(pixels, 9, 7, 3);
}

static void check_vector(const float *vector) {
    static const float mean[3] = {0.2f, 0.4f, 0.6f};
    for (int i = 0; i < DIM; i++) {
        float expected = biases[i];
        for (int c = 0; c < 3; c++) expected += weights[i][c] * mean[c];
        assert_float_equal(vector[i], expected, 1e-6);
    }
}

static int run(const AcgModel *model, const AcgImage *image) {
    AcgEmbed *task = acg_embed_image(model, image, 1, 0, 0);
    int status = task ? 0 : acg_status();
    while (!status && acg_embed_done(task) < acg_embed_total(task)) status = acg_embed_step(task);
    if (!status) check_vector(acg_embed_output(task, 0));
    acg_embed_end(task);
    return status;
}

static void test_opens_and_runs(void **state) {
    (void)state;
    const SmallFile file = make_file();
    AcgModel *model = acg_model_open("mean_colour");
    assert_non_null(model);
    assert_int_equal(load(model, &file), STATUS_OK);
    assert_int_equal(acg_model_n_outputs(model), 1);
    assert_string_equal(acg_model_output_name(model, 0), "vector");
    assert_int_equal(acg_model_output_dim(model, 0), DIM);
    AcgImage *image = one_colour();
    assert_int_equal(run(model, image), STATUS_OK);
    acg_image_free(image);
    acg_model_close(model);
    assert_null(acg_model_open("clip_vision")); // not in this registry
    assert_int_equal(acg_status(), STATUS_BAD_ARGUMENT);
}

static void test_another_file_is_refused(void **state) {
    (void)state;
    SmallFile file = make_file();
    memcpy(strstr((char *)file.bytes + 8, "[4,3]"), "[3,4]", 5);
    AcgModel *model = acg_model_open("mean_colour");
    assert_int_equal(load(model, &file), STATUS_BAD_FORMAT);
    assert_non_null(strstr(acg_message(), "dense.weight to have the shape [3, 3] but found [3, 4]"));
    acg_model_close(model);
}

static Status attempt(const SmallFile *file) {
    AcgModel *model = acg_model_open("mean_colour");
    AcgImage *image = model ? one_colour() : NULL;
    Status status = image ? STATUS_OK : (Status)acg_status();
    if (!status) status = (Status)load(model, file);
    if (!status) status = (Status)run(model, image);
    acg_image_free(image);
    acg_model_close(model);
    return status;
}

// (Leaks are for the sanitizer to find: arenas come from aligned_alloc, which is not counted.)
static void test_failing_memory(void **state) {
    (void)state;
    need_counted_memory();
    const SmallFile file = make_file();
    Status status;
    long i = 0;
    do {
        count_memory(i++);
        status = attempt(&file);
        count_memory(-1);
        if (status) assert_int_equal(status, STATUS_NO_MEMORY);
    } while (status);
    assert_true(i > 10);
}

int main(int argc, char **argv) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_opens_and_runs),
        cmocka_unit_test(test_another_file_is_refused),
        cmocka_unit_test(test_failing_memory),
    };
    return RUN_TESTS("new_network", argc, argv, tests);
}
