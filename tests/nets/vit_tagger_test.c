// The WD tagger's network layer by layer against what timm computed from the same weights (vit_tagger_golden.h), and
// files that do not fit.
#include "core/parallel.h"
#include "nets/golden_files.h"
#include "nets/load_networks.h"
#include "nets/vit_tagger_golden.h"
#include "unit/failing_memory.h"

enum { SIDE = 32, N_TAGS = 21, N_LAYERS = 5 };

#define MODEL "wd-vit/model.safetensors"

static void run(Net tagger, float *tags) {
    float pixels[SIDE * SIDE * 3];
    for (int y = 0; y < SIDE; y++) {
        for (int x = 0; x < SIDE; x++) {
            for (int c = 0; c < 3; c++) pixels[(y * SIDE + x) * 3 + c] = (golden_input(y, x, c) - 0.5f) * 4;
        }
    }
    run_net(tagger, (NetworkRun){.pixels = pixels, .outputs = {tags}});
}

static void compare(File file, bool use_ref, double tolerance) {
    GoldenCheck check = {.layers = VIT_TAGGER_GOLDEN, .n_layers = N_LAYERS, .tolerance = tolerance};
    float tags[N_TAGS];
    Net tagger = load_net(&vit_tagger, file, use_ref);
    assert_int_equal(sizes_of(tagger).side, SIDE);
    assert_int_equal(dim_of(tagger, 0), N_TAGS);
    tap_net(tagger, check_golden, &check);
    run(tagger, tags);
    check_golden(&check, "out", (Tensor){tags, 1, 1, N_TAGS});
    check_golden_end(&check);
    free_net(tagger);
}

static void test_layers(void **state) {
    (void)state;
    compare(read_golden(MODEL), false, 1e-5);
}
static void test_reference_kernels(void **state) {
    (void)state;
    compare(read_golden(MODEL), true, 1e-5);
}
// As it is published.
static void test_f32(void **state) {
    (void)state;
    compare(edited_golden(MODEL, (Edit){.widen = true}), false, 1e-5);
}
static void test_any_order(void **state) {
    (void)state;
    compare(edited_golden(MODEL, (Edit){.reverse = true}), false, 1e-5);
}
// The weights have lost 3 of their 11 bits.
static void test_bf16(void **state) {
    (void)state;
    compare(edited_golden(MODEL, (Edit){.narrow = true}), false, 0.1);
}

// ---- files that do not fit

static void assert_refused(Edit edit, const char *expected) {
    File file = edited_golden(MODEL, edit);
    assert_int_equal(check_net(&vit_tagger, file), STATUS_BAD_FORMAT);
    if (!strstr(status_message(), expected))
        fail_msg("expected a sentence with \"%s\" but found: %s", expected, status_message());
    free(file.data);
}

static void test_missing_tensor(void **state) {
    (void)state;
    const GoldenNames names = golden_names(MODEL);
    for (int i = 0; i < names.n; i++) {
        assert_refused((Edit){.drop = names.names[i]}, names.names[i]);
        assert_non_null(strstr(status_message(), "there is none"));
    }
}

static void test_wrong_shape_and_dtype(void **state) {
    (void)state;
    assert_refused((Edit){.flatten = "blocks.1.attn.qkv.weight"},
                   "blocks.1.attn.qkv.weight to have the shape [144, 48]");
    assert_refused((Edit){.flatten = "pos_embed"}, "pos_embed to have 3 dimensions");
    assert_refused((Edit){.flatten = "head.weight"}, "head.weight to have 2 dimensions");
    assert_refused((Edit){.lengthen = "pos_embed", .n_rows = 2},
                   "pos_embed to have the shape [1, 16, 48] but found [2");
    assert_refused((Edit){.as_u8 = "blocks.0.norm1.weight"}, "blocks.0.norm1.weight");
    assert_refused((Edit){.spoil = "blocks.0.attn.qkv.bias", .spoilt = NAN}, "blocks.0.attn.qkv.bias but found nan");
}

// The header of a file of n patches, with as much as is looked at before it is refused.
static void assert_refused_patches(int n, Status status, const char *expected) {
    char data[512];
    sprintf(data + 8,
            "{\"patch_embed.proj.weight\":{\"dtype\":\"U8\",\"shape\":[1,3,100,100],\"data_offsets\":[0,30000]},"
            "\"pos_embed\":{\"dtype\":\"U8\",\"shape\":[1,%d,1],\"data_offsets\":[30000,%d]}}",
            n, 30000 + n);
    const uint64_t size = strlen(data + 8);
    memcpy(data, &size, 8);
    assert_int_equal(check_net(&vit_tagger, (File){data, 8 + size}), status);
    if (!strstr(status_message(), expected)) fail_msg("expected \"%s\" but found: %s", expected, status_message());
}

static void test_odd_patches(void **state) {
    (void)state;
    assert_refused_patches(15, STATUS_BAD_FORMAT,
                           "Expected pos_embed to have a row for each patch of a square but found 15");
    assert_refused_patches(0, STATUS_BAD_FORMAT, "pos_embed");
    assert_refused_patches(441, STATUS_UNSUPPORTED,
                           "at most 2048 x 2048 pixels but found 21 x 21 patches of 100 x 100");
    assert_refused_patches(16386, STATUS_UNSUPPORTED, "at most 16385 places but found 16386");
}

// Wherever the file ends, and whichever allocation fails, the network is refused and nothing leaks (under the
// sanitizers).
static void test_truncated(void **state) {
    (void)state;
    File file = read_golden(MODEL);
    for (size_t size = 0; size < file.size; size += 997)
        assert_int_equal(check_net(&vit_tagger, (File){file.data, size}), STATUS_BAD_FORMAT);
    free(file.data);
}

static Status attempt(void *file) { return check_net(&vit_tagger, *(File *)file); }

static void test_failing_memory(void **state) {
    (void)state;
    need_counted_memory();
    File file = read_golden(MODEL);
    assert_true(fail_each_allocation(attempt, &file) > 50);
    free(file.data);
}

int main(int argc, char **argv) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_layers),
        cmocka_unit_test(test_reference_kernels),
        cmocka_unit_test(test_f32),
        cmocka_unit_test(test_any_order),
        cmocka_unit_test(test_bf16),
        cmocka_unit_test(test_missing_tensor),
        cmocka_unit_test(test_wrong_shape_and_dtype),
        cmocka_unit_test(test_odd_patches),
        cmocka_unit_test(test_truncated),
        cmocka_unit_test(test_failing_memory),
    };
    if (parallel_start(2)) return 1;
    return RUN_TESTS("vit_tagger", argc, argv, tests);
}
