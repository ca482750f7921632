// pix2score's and DeepDanbooru's networks layer by layer against what Keras computed from the same weights
// (resnet_v2_golden.h, deepdanbooru_golden.h), and files that do not fit.
#include <math.h>
#include <stdbool.h>

#include "core/arena.h"
#include "core/parallel.h"
#include "kernels/kernel.h"
#include "nets/deepdanbooru_golden.h"
#include "nets/golden_files.h"
#include "nets/golden_layers.h"
#include "nets/load_networks.h"
#include "nets/resnet_v2_golden.h"
#include "unit/failing_memory.h"

enum { MAX_DIM = 64, N_OUTPUTS = 3 };
enum { ALL = 1 << DEEPDANBOORU_TAGS | 1 << DEEPDANBOORU_ILLUST2VEC | 1 << DEEPDANBOORU_STYLE };

static const char *const resnet_file = "pix2score/model.safetensors", *const resnet_i8 =
                                                                          "pix2score/model_i8.safetensors";
static const char *const booru_file = "deepdanbooru/model.safetensors", *const booru_i8 =
                                                                            "deepdanbooru/model_i8.safetensors";

typedef struct Outputs {
    float values[N_OUTPUTS][MAX_DIM];
} Outputs;

static const Network *network_of(const char *path) { return strstr(path, "pix2score") ? &resnet_v2 : &deepdanbooru; }

static Status load(const char *golden, File file, bool use_ref, Net *net) {
    return try_net(network_of(golden), file, use_ref, net);
}

static Net loaded(const char *golden, Edit edit, bool use_ref) {
    File file = edited_golden(golden, edit);
    Net net;
    if (load(golden, file, use_ref, &net)) fail_msg("%s", status_message());
    free(file.data);
    return net;
}

static float *test_input(int side) {
    float *pixels = malloc((size_t)side * (size_t)side * 3 * sizeof *pixels);
    for (int y = 0; y < side; y++) {
        for (int x = 0; x < side; x++) {
            for (int c = 0; c < 3; c++) pixels[(y * side + x) * 3 + c] = golden_input(y, x, c);
        }
    }
    return pixels;
}

static Outputs run(Net net, int wanted) {
    Outputs outputs;
    NetworkRun at = {0};
    for (int i = 0; i < N_OUTPUTS; i++) at.outputs[i] = wanted >> i & 1 ? outputs.values[i] : NULL;
    for (int i = 0; i < N_OUTPUTS * MAX_DIM; i++) outputs.values[i / MAX_DIM][i % MAX_DIM] = NAN;
    float *pixels = test_input(sizes_of(net).side);
    at.pixels = pixels;
    run_net(net, at);
    free(pixels);
    return outputs;
}

static int n_steps(Net net, int wanted) {
    float any;
    NetworkRun at = {0};
    for (int i = 0; i < N_OUTPUTS; i++) at.outputs[i] = wanted >> i & 1 ? &any : NULL;
    return net.network->n_steps(net.self, &at);
}

// ---- against the golden file

enum {
    N_RESNET = sizeof RESNET_V2_GOLDEN / sizeof RESNET_V2_GOLDEN[0],
    N_BOORU = sizeof DEEPDANBOORU_GOLDEN / sizeof DEEPDANBOORU_GOLDEN[0],
};

static void compare_resnet(Edit edit, bool use_ref, double tolerance) {
    Net net = loaded(resnet_file, edit, use_ref);
    GoldenCheck check = {.layers = RESNET_V2_GOLDEN, .n_layers = N_RESNET, .tolerance = tolerance};
    tap_net(net, check_golden, &check);
    run(net, ALL);
    check_golden_end(&check);
    free_net(net);
}

static void compare_booru(Edit edit, bool use_ref, double tolerance) {
    Net net = loaded(booru_file, edit, use_ref);
    GoldenCheck check = {.layers = DEEPDANBOORU_GOLDEN, .n_layers = N_BOORU, .tolerance = tolerance};
    tap_net(net, check_golden, &check);
    Outputs outputs = run(net, ALL);
    check_golden(&check, "illust2vec", (Tensor){outputs.values[DEEPDANBOORU_ILLUST2VEC], 1, 1, 48});
    check_golden(&check, "style", (Tensor){outputs.values[DEEPDANBOORU_STYLE], 1, 1, 16});
    check_golden_end(&check);
    free_net(net);
}

static void test_resnet_v2(void **state) {
    (void)state;
    compare_resnet((Edit){0}, false, 1e-5);
}
static void test_resnet_v2_reference_kernels(void **state) {
    (void)state;
    compare_resnet((Edit){0}, true, 1e-5);
}
static void test_deepdanbooru(void **state) {
    (void)state;
    compare_booru((Edit){0}, false, 1e-5);
}
static void test_deepdanbooru_reference_kernels(void **state) {
    (void)state;
    compare_booru((Edit){0}, true, 1e-5);
}

static void test_any_order(void **state) {
    (void)state;
    compare_resnet((Edit){.reverse = true}, false, 1e-5);
    compare_booru((Edit){.reverse = true}, false, 1e-5);
}

// Against the same network in F32, which the golden file vouches for; and the plain twins, that round in the same
// places.
static void compare_i8(const char *exact_file, const char *i8_file, const int dims[N_OUTPUTS]) {
    Net exact = loaded(exact_file, (Edit){0}, false), fast = loaded(i8_file, (Edit){0}, false),
        ref = loaded(i8_file, (Edit){0}, true);
    const Outputs expected = run(exact, ALL), found = run(fast, ALL), plain = run(ref, ALL);
    for (int i = 0; i < N_OUTPUTS; i++) {
        const double to_exact = cosine(expected.values[i], found.values[i], dims[i]);
        const double to_plain = cosine(plain.values[i], found.values[i], dims[i]);
        print_message("# output %d: cosine %.6f, with its plain twins %.7f\n", i, to_exact, to_plain);
        assert_true(to_exact >= 0.995); // so narrow a network averages little
        assert_true(to_plain >= 0.998);
    }
    free_net(exact);
    free_net(fast);
    free_net(ref);
}

static void test_i8(void **state) {
    (void)state;
    compare_i8(resnet_file, resnet_i8, (const int[]){15, 15, 5});
    compare_i8(booru_file, booru_i8, (const int[]){25, 48, 16});
}

// Each output alone is what it is among all; the others are not touched, and the run ends earlier.
static void test_outputs_alone(void **state) {
    (void)state;
    const char *const files[] = {resnet_file, booru_file};
    for (int f = 0; f < 2; f++) {
        Net net = loaded(files[f], (Edit){0}, false);
        const Outputs all = run(net, ALL);
        for (int i = 0; i < N_OUTPUTS; i++) {
            const Outputs alone = run(net, 1 << i);
            const int dim = dim_of(net, i);
            assert_true(dim > 0);
            for (int c = 0; c < dim; c++)
                assert_true(fabsf(alone.values[i][c] - all.values[i][c]) <= 1e-6f * fabsf(all.values[i][c]));
            for (int other = 0; other < N_OUTPUTS; other++) assert_true(other == i || isnan(alone.values[other][0]));
        }
        if (net.network == &deepdanbooru) {
            assert_int_equal(n_steps(net, ALL), 1 + 14 + 1);
            assert_int_equal(n_steps(net, 1 << DEEPDANBOORU_ILLUST2VEC), 1 + 9);
            assert_int_equal(n_steps(net, 1 << DEEPDANBOORU_STYLE), 1 + 3);
        }
        free_net(net);
    }
}

// A file without head has no tags; one whose metadata name blocks that are not there has no vectors.
static void test_file_that_ends_early(void **state) {
    (void)state;
    Net net = loaded(booru_file, (Edit){.drop = "head.weight"}, false), whole = loaded(booru_file, (Edit){0}, false);
    assert_int_equal(dim_of(net, DEEPDANBOORU_TAGS), 0);
    const Outputs found = run(net, 1 << DEEPDANBOORU_ILLUST2VEC), expected = run(whole, 1 << DEEPDANBOORU_ILLUST2VEC);
    assert_memory_equal(found.values[DEEPDANBOORU_ILLUST2VEC], expected.values[DEEPDANBOORU_ILLUST2VEC],
                        48 * sizeof(float));
    free_net(net);
    free_net(whole);
    net = loaded(booru_file, (Edit){.drop_metadata = "feature_block"}, false); // the 43rd
    assert_int_equal(dim_of(net, DEEPDANBOORU_ILLUST2VEC), 0);
    free_net(net);
}

// Only a list of at most eight blocks, in rising order and of equally many channels, gives a style vector.
static void test_style_blocks(void **state) {
    (void)state;
    const struct {
        const char *text;
        int dim;
    } cases[] = {{"0", 16},  {"1,2", 16}, {"0,1,2", 16}, {"", 0},        {"0,1,2,", 0}, {"0,1x", 0},
                 {"0 1", 0}, {"1,0", 0},  {"0,0", 0},    {"0,1,2,3", 0}, {"-1", 0},     {"99", 0}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Net net = loaded(booru_file, (Edit){.style_blocks = cases[i].text}, false);
        const int dim = dim_of(net, DEEPDANBOORU_STYLE);
        if (dim != cases[i].dim) fail_msg("style_blocks \"%s\": %d", cases[i].text, dim);
        free_net(net);
    }
}

// ---- files that do not fit

static void assert_refused(const char *golden, Edit edit, Status code, const char *expected) {
    File file = edited_golden(golden, edit);
    Net net;
    const Status status = load(golden, file, false, &net);
    if (status != code) fail_msg("expected status %d but found %d: %s", code, status, status_message());
    if (!strstr(status_message(), expected))
        fail_msg("expected a sentence with \"%s\" but found: %s", expected, status_message());
    free(file.data);
}

// Without any one tensor that the network needs it is refused, in a sentence with the tensor's name.
static void test_missing_tensor(void **state) {
    (void)state;
    const char *const files[] = {resnet_file, resnet_i8, booru_file, booru_i8};
    for (int f = 0; f < 4; f++) {
        const GoldenNames names = golden_names(files[f]);
        for (int i = 0; i < names.n; i++) {
            const char *name = names.names[i];
            // A file may end before the head, and dense layers may have no bias.
            if (!strncmp(name, "head", 4) || strstr(name, "predict.bias")) continue;
            assert_refused(files[f], (Edit){.drop = name}, STATUS_BAD_FORMAT, name);
            assert_non_null(strstr(status_message(), "there is none"));
        }
    }
}

static void test_wrong_shape(void **state) {
    (void)state;
    assert_refused(resnet_file, (Edit){.flatten = "bookmark_predict.weight"}, STATUS_BAD_FORMAT,
                   "bookmark_predict.weight to have 2 dimensions");
    assert_refused(resnet_file, (Edit){.lengthen = "conv3_block1_2_conv.weight", .n_rows = 13}, STATUS_BAD_FORMAT,
                   "conv3_block1_2_conv.bias");
    assert_refused(resnet_file, (Edit){.lengthen = "post_bn.weight", .n_rows = 65}, STATUS_BAD_FORMAT,
                   "post_bn.weight to have the shape [64] but found [65]");
    assert_refused(booru_file, (Edit){.lengthen = "stages.1.1.conv3.weight", .n_rows = 40}, STATUS_BAD_FORMAT,
                   "stages.1.1.conv3");
    assert_refused(booru_file, (Edit){.flatten = "head.weight"}, STATUS_BAD_FORMAT, "head.weight to have 2 dimensions");
    assert_refused(booru_i8, (Edit){.reverse = true}, STATUS_BAD_FORMAT, "weight.scale to stand before");
}

static void test_absurd_sizes(void **state) {
    (void)state;
    assert_refused(resnet_file, (Edit){.input_side = "100000"}, STATUS_UNSUPPORTED,
                   "input_side to be 8 to 2048 but found 100000");
    assert_refused(booru_file, (Edit){.input_side = "1"}, STATUS_UNSUPPORTED, "input_side to be 8 to 2048 but found 1");
    assert_refused(booru_file, (Edit){.input_side = "many"}, STATUS_BAD_FORMAT, "whole number from 1 for input_side");
    assert_refused(booru_file, (Edit){.lengthen = "stages.0.0.conv3.weight", .n_rows = 1100, .input_side = "2048"},
                   STATUS_UNSUPPORTED, "stages.0.0.conv3 to make a map of at most");
    assert_refused(booru_file, (Edit){.lengthen = "stem.weight", .n_rows = 257, .input_side = "2048"},
                   STATUS_UNSUPPORTED, "stem to make a map of at most");
    assert_refused(
        booru_file, (Edit){.lengthen = "stem.weight", .n_rows = 8193}, STATUS_UNSUPPORTED,
        "stem to make a map of at most 67108864 values and 8192 channels but found 8193 channels of 36 x 36");
    assert_refused(resnet_file, (Edit){.lengthen = "conv2_block1_1_conv.weight", .n_rows = 32768}, STATUS_UNSUPPORTED,
                   "8192 channels but found 32768 channels");
}

// Numbers that no network has, whichever tensor they stand in: refused with its name.
static void test_what_is_no_number(void **state) {
    (void)state;
    const char *const files[] = {resnet_file, resnet_i8, booru_file, booru_i8};
    static const float odd[] = {NAN, INFINITY, 1e30f};
    int n = 0;
    for (int f = 0; f < 4; f++) {
        const GoldenNames names = golden_names(files[f]);
        for (int i = 0; i < names.n; i++) {
            const char *name = names.names[i];
            const bool is_i8 = f % 2 && strstr(name, "scale") == NULL; // its weights can be anything
            File file = edited_golden(files[f], (Edit){.spoil = name, .spoilt = odd[i % 3]});
            Net net;
            const Status status = load(files[f], file, false, &net);
            if (!status && !is_i8) fail_msg("%s of %s was not refused", name, files[f]);
            if (status && (status != STATUS_BAD_FORMAT || !strstr(status_message(), name) ||
                           !strstr(status_message(), "Expected numbers of at most 1e+18")))
                fail_msg("%s: %s", name, status_message());
            n += status != STATUS_OK;
            if (!status) free_net(net);
            free(file.data);
        }
    }
    print_message("# %d tensors were refused\n", n);
    assert_true(n > 150);
}

// A header that promises a network of some GiB, and no data: no more memory than a piece of it.
static void test_memory_follows_the_data(void **state) {
    (void)state;
    need_counted_memory();
    static char header[8192];
    size_t at = 0;
    strcpy(header + 8, "{\"__metadata__\":{\"input_side\":\"64\"},");
    for (int i = 0; i < 1 + 6 * 4; i++) {
        const int c = i ? 4096 : 3, kernel = i ? 1 : 7;
        const char *const parts[] = {"shortcut", "conv1", "conv2", "conv3"};
        char name[64];
        snprintf(name, sizeof name, i ? "stages.%d.0.%s" : "stem", (i - 1) / 4, parts[(i + 3) % 4]);
        const int side = i % 4 == 3 ? 3 : kernel;
        const size_t n = (size_t)4096 * (size_t)c * (size_t)(side * side) * 2;
        sprintf(header + 8 + strlen(header + 8),
                "%s\"%s.weight\":{\"dtype\":\"F16\",\"shape\":[4096,%d,%d,%d],\"data_offsets\":[%zu,%zu]}",
                i ? "," : "", name, c, side, side, at, at + n);
        at += n;
        sprintf(header + 8 + strlen(header + 8),
                ",\"%s.bias\":{\"dtype\":\"F32\",\"shape\":[4096],\"data_offsets\":[%zu,%zu]}", name, at, at + 16384);
        at += 16384;
    }
    strcat(header + 8, "}");
    const uint64_t length = strlen(header + 8);
    memcpy(header, &length, 8);
    assert_true(at > (size_t)1 << 30);
    Net net;
    count_memory(-1);
    const int64_t before = memory.live_bytes;
    assert_int_equal(load(booru_file, (File){header, 8 + (size_t)length}, false, &net), STATUS_BAD_FORMAT);
    if (!strstr(status_message(), "ends too early: expected 1204224 bytes for tensor stem.weight but found 0"))
        fail_msg("%s", status_message());
    print_message("# %zu MiB promised, %ld KiB taken\n", at >> 20, (long)((memory.peak_bytes - before) >> 10));
    assert_true(memory.peak_bytes - before < 4 << 20);
}

// Wherever the file ends, and whichever allocation fails, the network is refused and nothing leaks (under the
// sanitizers).
static void test_truncated(void **state) {
    (void)state;
    const char *const files[] = {resnet_file, booru_file};
    for (int f = 0; f < 2; f++) {
        File file = read_golden(files[f]);
        Net net;
        for (size_t size = 0; size < file.size; size += 3989)
            assert_int_equal(load(files[f], (File){file.data, size}, false, &net), STATUS_BAD_FORMAT);
        free(file.data);
    }
}

typedef struct Attempt {
    const char *golden;
    File file;
} Attempt;

static Status try_to_load(void *context) {
    const Attempt *attempt = context;
    Net net;
    const Status status = load(attempt->golden, attempt->file, false, &net);
    if (!status) free_net(net);
    return status;
}

static void test_failing_memory(void **state) {
    (void)state;
    need_counted_memory();
    const char *const files[] = {resnet_file, booru_file};
    for (int f = 0; f < 2; f++) {
        Attempt attempt = {files[f], read_golden(files[f])};
        assert_true(fail_each_allocation(try_to_load, &attempt) > 50);
        free(attempt.file.data);
    }
}

// ---- timing

// Reads the file as it comes, since it may be as large as half of the memory.
static Net load_large(const char *path) {
    TensorSink sink;
    Safetensors *reader;
    void *at;
    Net net = {network_of(path), NULL};
    FILE *file = fopen(path, "rb");
    if (!file) abort();
    Status status = net.network->create(&sink, &net.self);
    if (!status) status = safetensors_create(&sink, &reader);
    if (status) abort();
    for (size_t size; !status && (size = safetensors_want(reader, &at)) > 0;)
        status = safetensors_took(reader, fread(at, 1, size, file));
    if (!status) status = safetensors_end(reader);
    if (status) {
        printf("%s\n", status_message());
        exit(1);
    }
    safetensors_free(reader);
    fclose(file);
    return net;
}

// The least time of each step over some rounds, and their sum.
static void bench(const char *path, int threads, bool prints_steps) {
    enum { MAX_STEPS = 512 };
    static double best[MAX_STEPS];
    static float values[3][WEIGHT_STORE_MAX_DIM];
    NetworkRun at = {.outputs = {values[0]}};
    for (int i = 1; i < N_OUTPUTS && strstr(path, "pix2score"); i++) at.outputs[i] = values[i];
    const double start = seconds();
    Net net = load_large(path);
    const double loaded_at = seconds();
    if (parallel_start(threads)) abort();
    size_t scratch;
    Arena arena;
    float *pixels = test_input(sizes_of(net).side);
    const int steps = net.network->n_steps(net.self, &at);
    at.arena = &arena;
    at.pixels = pixels;
    if (network_plan(net, &at, &scratch) || arena_create(scratch, &arena)) abort();
    double whole = 1e9;
    for (int i = 0; i < steps; i++) best[i] = 1e9;
    for (int round = 0; round < 6; round++) {
        const double begin = seconds();
        if (net.network->begin(net.self, &at)) abort();
        for (int i = 0; i < steps; i++) {
            const double from = seconds();
            net.network->step(net.self, &at, i);
            best[i] = fmin(best[i], seconds() - from);
        }
        whole = fmin(whole, seconds() - begin);
    }
    double sum = 0;
    for (int i = 0; i < steps; i++) {
        sum += best[i];
        if (prints_steps) printf("step %d: %.2f ms\n", i, best[i] * 1e3);
    }
    printf("%s, %d threads: %.1f ms, least of each step %.1f; scratch %.1f MB; loaded in %.0f ms\n", path, threads,
           whole * 1e3, sum * 1e3, (double)scratch / 1e6, (loaded_at - start) * 1e3);
    arena_free(&arena);
    free(pixels);
    free_net(net);
}

// convnet_test --bench <file.safetensors> [--steps]: whose path says pix2score, or another of DeepDanbooru's network.
int main(int argc, char **argv) {
    if (argc > 2 && has_flag(argc, argv, "--bench")) {
        for (int threads = 1; threads <= 2; threads++) bench(argv[2], threads, has_flag(argc, argv, "--steps"));
        return 0;
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_resnet_v2),         cmocka_unit_test(test_resnet_v2_reference_kernels),
        cmocka_unit_test(test_deepdanbooru),      cmocka_unit_test(test_deepdanbooru_reference_kernels),
        cmocka_unit_test(test_any_order),         cmocka_unit_test(test_i8),
        cmocka_unit_test(test_outputs_alone),     cmocka_unit_test(test_file_that_ends_early),
        cmocka_unit_test(test_style_blocks),      cmocka_unit_test(test_missing_tensor),
        cmocka_unit_test(test_wrong_shape),       cmocka_unit_test(test_absurd_sizes),
        cmocka_unit_test(test_truncated),         cmocka_unit_test(test_failing_memory),
        cmocka_unit_test(test_what_is_no_number), cmocka_unit_test(test_memory_follows_the_data),
    };
    if (parallel_start(2)) return 1;
    return RUN_TESTS("convnet", argc, argv, tests);
}
