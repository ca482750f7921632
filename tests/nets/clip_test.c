// CLIP's networks layer by layer against what PyTorch computed from the same weights (clip_golden.h), and files that do
// not fit.
#include <stdbool.h>
#include <stdint.h>

#include "core/arena.h"
#include "core/parallel.h"
#include "nets/clip_golden.h"
#include "nets/golden_files.h"
#include "nets/load_networks.h"
#include "unit/failing_memory.h"

enum { MAX_VECTOR = 64, N_LAYERS = 4 };

// ---- against the golden file

static void run_vision(Net vision, float *vector) {
    const int side = sizes_of(vision).side;
    float *pixels = malloc((size_t)side * (size_t)side * 3 * sizeof *pixels);
    for (int y = 0; y < side; y++) {
        for (int x = 0; x < side; x++) {
            for (int c = 0; c < 3; c++) pixels[(y * side + x) * 3 + c] = (golden_input(y, x, c) - 0.5f) * 4;
        }
    }
    run_net(vision, (NetworkRun){.pixels = pixels, .outputs = {vector}});
    free(pixels);
}

static void run_text(Net text, int n, const int *lengths, const int32_t *ids, float *vectors) {
    run_net(text, (NetworkRun){.n_texts = n, .lengths = lengths, .ids = ids, .outputs = {vectors}});
}

static void compare_vision(File file, bool use_ref, double tolerance) {
    GoldenCheck check = {.layers = CLIP_GOLDEN_IMAGE, .n_layers = N_LAYERS, .tolerance = tolerance};
    float vector[MAX_VECTOR];
    Net vision = load_net(&clip_vision, file, use_ref);
    assert_int_equal(sizes_of(vision).side, 32);
    assert_int_equal(dim_of(vision, 0), 40);
    assert_float_equal(sizes_of(vision).logit_scale, 4, 0);
    tap_net(vision, check_golden, &check);
    run_vision(vision, vector);
    check_golden(&check, "out", (Tensor){vector, 1, 1, 40});
    check_golden_end(&check);
    free_net(vision);
}

static void compare_text(File file, bool use_ref, double tolerance) {
    GoldenCheck check = {.layers = CLIP_GOLDEN_TEXT, .n_layers = N_LAYERS, .tolerance = tolerance};
    float vectors[CLIP_GOLDEN_N_TEXTS * MAX_VECTOR];
    Net text = load_net(&clip_text, file, use_ref);
    assert_int_equal(sizes_of(text).vocabulary, 642);
    assert_int_equal(sizes_of(text).max_tokens, 77);
    assert_int_equal(dim_of(text, 0), 40);
    assert_float_equal(sizes_of(text).logit_scale, 4, 0);
    tap_net(text, check_golden, &check);
    run_text(text, CLIP_GOLDEN_N_TEXTS, CLIP_GOLDEN_LENGTHS, CLIP_GOLDEN_IDS, vectors);
    check_golden(&check, "out", (Tensor){vectors, CLIP_GOLDEN_N_TEXTS, 1, 40});
    check_golden_end(&check);
    free_net(text);
}

static void test_vision(void **state) {
    (void)state;
    compare_vision(read_golden("clip/image.safetensors"), false, 1e-5);
}
static void test_vision_reference_kernels(void **state) {
    (void)state;
    compare_vision(read_golden("clip/image.safetensors"), true, 1e-5);
}
static void test_text(void **state) {
    (void)state;
    compare_text(read_golden("clip/text.safetensors"), false, 1e-5);
}
static void test_text_reference_kernels(void **state) {
    (void)state;
    compare_text(read_golden("clip/text.safetensors"), true, 1e-5);
}

static void test_f32(void **state) {
    (void)state;
    compare_vision(edited_golden("clip/image.safetensors", (Edit){.widen = true}), false, 1e-5);
    compare_text(edited_golden("clip/text.safetensors", (Edit){.widen = true}), false, 1e-5);
}

// The weights have lost 3 of their 11 bits.
static void test_bf16(void **state) {
    (void)state;
    compare_vision(edited_golden("clip/image.safetensors", (Edit){.narrow = true}), false, 0.1);
    compare_text(edited_golden("clip/text.safetensors", (Edit){.narrow = true}), false, 0.1);
}

static void test_any_order(void **state) {
    (void)state;
    compare_vision(edited_golden("clip/image.safetensors", (Edit){.reverse = true}), false, 1e-5);
}

// Against the same network in F16, which the golden file vouches for.
static void test_i8(void **state) {
    (void)state;
    float exact[MAX_VECTOR], found[MAX_VECTOR], plain[MAX_VECTOR];
    Net vision = load_net(&clip_vision, read_golden("clip/image.safetensors"), true);
    Net quantised = load_net(&clip_vision, read_golden("clip/image_i8.safetensors"), false);
    Net reference = load_net(&clip_vision, read_golden("clip/image_i8.safetensors"), true);
    run_vision(vision, exact);
    run_vision(quantised, found);
    run_vision(reference, plain);
    print_message("# cosine %.7f\n", cosine(exact, found, 40));
    assert_true(cosine(exact, found, 40) >= 0.999);
    assert_true(cosine(plain, found, 40) >= 0.99999);
    free_net(vision);
    free_net(quantised);
    free_net(reference);
}

// Neither the other texts of a batch nor what follows the end token changes a text's vector.
static void test_text_alone(void **state) {
    (void)state;
    float together[CLIP_GOLDEN_N_TEXTS * MAX_VECTOR], alone[MAX_VECTOR];
    Net text = load_net(&clip_text, read_golden("clip/text.safetensors"), false);
    run_text(text, CLIP_GOLDEN_N_TEXTS, CLIP_GOLDEN_LENGTHS, CLIP_GOLDEN_IDS, together);
    const int32_t *ids = CLIP_GOLDEN_IDS;
    for (int i = 0; i < CLIP_GOLDEN_N_TEXTS; i++) {
        run_text(text, 1, &CLIP_GOLDEN_LENGTHS[i], ids, alone);
        for (int c = 0; c < 40; c++) assert_true(alone[c] == together[40 * i + c]);
        ids += CLIP_GOLDEN_LENGTHS[i];
    }
    free_net(text);
}

// ---- files that do not fit

// As a text network if `is_text`, otherwise as one for pictures.
static Status try_to_load(File file, bool is_text) { return check_net(is_text ? &clip_text : &clip_vision, file); }

static void assert_refused_file(File file, bool is_text, const char *expected) {
    assert_int_equal(try_to_load(file, is_text), STATUS_BAD_FORMAT);
    if (!strstr(status_message(), expected))
        fail_msg("expected a sentence with \"%s\" but found: %s", expected, status_message());
    free(file.data);
}

static bool is_of_text(const char *golden) { return strstr(golden, "text") != NULL; }

static void assert_refused(const char *golden, Edit edit, const char *expected) {
    assert_refused_file(edited_golden(golden, edit), is_of_text(golden), expected);
}

// Without any one tensor that the network needs it is refused, in a sentence with the tensor's name.
static void refuse_each_missing(const char *golden) {
    const GoldenNames names = golden_names(golden);
    for (int i = 0; i < names.n; i++) {
        const char *name = names.names[i];
        if (!strcmp(name, "logit_scale")) continue; // optional
        assert_refused(golden, (Edit){.drop = name}, name);
        assert_non_null(strstr(status_message(), "there is none"));
    }
}

static void test_missing_tensor(void **state) {
    (void)state;
    refuse_each_missing("clip/image.safetensors");
    refuse_each_missing("clip/text.safetensors");
    refuse_each_missing("clip/image_i8.safetensors");
}

static void test_wrong_shape(void **state) {
    (void)state;
    assert_refused("clip/image.safetensors", (Edit){.flatten = "vision_model.encoder.layers.1.mlp.fc2.weight"},
                   "vision_model.encoder.layers.1.mlp.fc2.weight to have the shape [48, 96] but found [4608]");
    assert_refused("clip/image.safetensors", (Edit){.flatten = "visual_projection.weight"},
                   "visual_projection.weight to have 2 dimensions");
    assert_refused("clip/image.safetensors", (Edit){.flatten = "vision_model.embeddings.position_embedding.weight"},
                   "position_embedding");
    assert_refused("clip/text.safetensors", (Edit){.flatten = "text_model.embeddings.token_embedding.weight"},
                   "token_embedding");
}

static void test_wrong_dtype(void **state) {
    (void)state;
    assert_refused("clip/image.safetensors", (Edit){.as_u8 = "vision_model.embeddings.class_embedding"},
                   "class_embedding");
    assert_refused("clip/text.safetensors", (Edit){.as_u8 = "text_model.embeddings.token_embedding.weight"},
                   "token_embedding.weight to hold F32, F16, BF16 or I8 but found U8");
}

static void test_scale_behind_its_weights(void **state) {
    (void)state;
    assert_refused("clip/image_i8.safetensors", (Edit){.reverse = true}, "weight.scale to stand before");
}

// The header of a file for pictures of grid x grid patches, with as much as is looked at before it is refused.
static File vision_header(int grid, int patch) {
    File file = {calloc(1, 1024), 0};
    const int n_positions = 1 + grid * grid, n_patch = 8 * 3 * patch * patch;
    sprintf(file.data + 8,
            "{\"vision_model.embeddings.class_embedding\":{\"dtype\":\"U8\",\"shape\":[8],\"data_offsets\":[0,8]},"
            "\"vision_model.embeddings.position_embedding.weight\":{\"dtype\":\"U8\",\"shape\":[%d,8],\"data_offsets\":"
            "[8,%d]},"
            "\"vision_model.embeddings.patch_embedding.weight\":{\"dtype\":\"U8\",\"shape\":[8,3,%d,%d],\"data_"
            "offsets\":[%d,%d]}}",
            n_positions, 8 + n_positions * 8, patch, patch, 8 + n_positions * 8, 8 + n_positions * 8 + n_patch);
    const uint64_t size = strlen(file.data + 8);
    memcpy(file.data, &size, 8);
    file.size = 8 + size;
    return file;
}

static void assert_too_large(int grid, int patch, const char *expected) {
    File file = vision_header(grid, patch);
    assert_int_equal(check_net(&clip_vision, file), STATUS_UNSUPPORTED);
    if (!strstr(status_message(), expected)) fail_msg("expected \"%s\" but found: %s", expected, status_message());
    free(file.data);
}

// Sizes whose squares do not fit 32 bits, and less absurd ones that nobody's network has.
static void test_absurd_sizes(void **state) {
    (void)state;
    assert_too_large(33, 591,
                     "pictures of at most 2048 x 2048 pixels but found 33 x 33 patches of 591 x 591 pixels each");
    assert_too_large(1, 2049, "found 1 x 1 patches of 2049 x 2049 pixels each");
    assert_too_large(129, 2,
                     "position_embedding.weight to have a row for each of at most 16385 places but found 16642");
    assert_too_large(1023, 32, "at most 16385 places but found 1046530");
    const Edit more = {.lengthen = "text_model.embeddings.position_embedding.weight", .n_rows = 16386};
    File file = edited_golden("clip/text.safetensors", more);
    assert_int_equal(try_to_load(file, true), STATUS_UNSUPPORTED);
    assert_non_null(strstr(status_message(), "at most 16385 places but found 16386"));
    free(file.data);
}

// Numbers that no network has, in any tensor of floats.
static void test_what_is_no_number(void **state) {
    (void)state;
    const char *const files[] = {"clip/image.safetensors", "clip/text.safetensors"};
    for (int f = 0; f < 2; f++) {
        const GoldenNames names = golden_names(files[f]);
        for (int i = 0; i < names.n; i++) {
            const float odd = !strcmp(names.names[i], "logit_scale") ? 1e30f : i % 2 ? NAN : INFINITY;
            assert_refused(files[f], (Edit){.spoil = names.names[i], .spoilt = odd}, names.names[i]);
            assert_non_null(strstr(status_message(), "Expected numbers of at most 1e+18"));
        }
    }
}

static void test_the_other_half(void **state) {
    (void)state;
    assert_refused_file(read_golden("clip/text.safetensors"), false, "vision_model.embeddings.class_embedding");
    assert_refused_file(read_golden("clip/image.safetensors"), true, "text_model.embeddings.token_embedding");
}

// Wherever the file ends, and whichever allocation fails, the network is refused and nothing leaks (under the
// sanitizers).
static void test_truncated(void **state) {
    (void)state;
    File file = read_golden("clip/image.safetensors");
    for (size_t size = 0; size < 105000; size += 997)
        assert_int_equal(try_to_load((File){file.data, size}, false), STATUS_BAD_FORMAT);
    free(file.data);
}

static Status attempt_vision(void *file) { return try_to_load(*(File *)file, false); }
static Status attempt_text(void *file) { return try_to_load(*(File *)file, true); }

static void fail_each_allocation_of(const char *golden) {
    File file = read_golden(golden);
    assert_true(fail_each_allocation(is_of_text(golden) ? attempt_text : attempt_vision, &file) > 50);
    free(file.data);
}

static void test_failing_memory(void **state) {
    (void)state;
    need_counted_memory();
    fail_each_allocation_of("clip/image.safetensors");
    fail_each_allocation_of("clip/text.safetensors");
    fail_each_allocation_of("clip/image_i8.safetensors");
}

int main(int argc, char **argv) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_vision),
        cmocka_unit_test(test_vision_reference_kernels),
        cmocka_unit_test(test_text),
        cmocka_unit_test(test_text_reference_kernels),
        cmocka_unit_test(test_f32),
        cmocka_unit_test(test_bf16),
        cmocka_unit_test(test_any_order),
        cmocka_unit_test(test_i8),
        cmocka_unit_test(test_text_alone),
        cmocka_unit_test(test_missing_tensor),
        cmocka_unit_test(test_wrong_shape),
        cmocka_unit_test(test_wrong_dtype),
        cmocka_unit_test(test_scale_behind_its_weights),
        cmocka_unit_test(test_the_other_half),
        cmocka_unit_test(test_truncated),
        cmocka_unit_test(test_failing_memory),
        cmocka_unit_test(test_absurd_sizes),
        cmocka_unit_test(test_what_is_no_number),
    };
    if (parallel_start(2)) return 1;
    return RUN_TESTS("clip", argc, argv, tests);
}
