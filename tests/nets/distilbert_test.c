// DistilBERT layer by layer against what the originals computed from the same weights (distilbert_golden.h), and files
// that do not fit.
#include <stdbool.h>
#include <stdint.h>

#include "core/arena.h"
#include "core/parallel.h"
#include "nets/distilbert_golden.h"
#include "nets/golden_files.h"
#include "nets/load_networks.h"
#include "unit/failing_memory.h"

enum { DIM = 40, MAX_TOKENS = 32, N_LAYERS = 5, N_TEXTS = DISTILBERT_GOLDEN_N_TEXTS };

#define MODEL "acgvoc2vec/model.safetensors"
#define MODEL_I8 "acgvoc2vec/model_i8.safetensors"

static void run(Net bert, int n, const int *lengths, const int32_t *ids, float *vectors) {
    run_net(bert, (NetworkRun){.n_texts = n, .lengths = lengths, .ids = ids, .outputs = {vectors}});
}

static void run_golden(Net bert, float vectors[N_TEXTS * DIM]) {
    run(bert, N_TEXTS, DISTILBERT_GOLDEN_LENGTHS, DISTILBERT_GOLDEN_IDS, vectors);
}

static void compare(File file, bool use_ref, double tolerance) {
    GoldenCheck check = {.layers = DISTILBERT_GOLDEN, .n_layers = N_LAYERS, .tolerance = tolerance};
    float vectors[N_TEXTS * DIM];
    Net bert = load_net(&distilbert, file, use_ref);
    assert_int_equal(sizes_of(bert).vocabulary, DISTILBERT_GOLDEN_VOCABULARY);
    assert_int_equal(sizes_of(bert).max_tokens, MAX_TOKENS);
    assert_int_equal(dim_of(bert, 0), DIM);
    tap_net(bert, check_golden, &check);
    run_golden(bert, vectors);
    check_golden(&check, "out", (Tensor){vectors, N_TEXTS, 1, DIM});
    check_golden_end(&check);
    free_net(bert);
}

static void test_layers(void **state) {
    (void)state;
    compare(read_golden(MODEL), false, 1e-5);
}
static void test_reference_kernels(void **state) {
    (void)state;
    compare(read_golden(MODEL), true, 1e-5);
}
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

// Words of I8, too. The plain twins of the layers round nothing but the weights.
static void test_i8(void **state) {
    (void)state;
    compare(read_golden(MODEL_I8), false, 0.1);
    compare(read_golden(MODEL_I8), true, 0.1);
    float exact[N_TEXTS * DIM], found[N_TEXTS * DIM], plain[N_TEXTS * DIM];
    Net bert = load_net(&distilbert, read_golden(MODEL), true),
        fast = load_net(&distilbert, read_golden(MODEL_I8), false),
        ref = load_net(&distilbert, read_golden(MODEL_I8), true);
    run_golden(bert, exact);
    run_golden(fast, found);
    run_golden(ref, plain);
    double least = 1, least_plain = 1;
    for (int i = 0; i < N_TEXTS; i++) {
        least = fmin(least, cosine(exact + i * DIM, found + i * DIM, DIM));
        least_plain = fmin(least_plain, cosine(plain + i * DIM, found + i * DIM, DIM));
    }
    print_message("# cosine %.7f, of the plain twins %.7f\n", least, least_plain);
    assert_true(least >= 0.999);
    assert_true(least_plain >= 0.99999);
    free_net(bert);
    free_net(fast);
    free_net(ref);
}

// The other texts of a batch change nothing.
static void test_alone(void **state) {
    (void)state;
    float together[N_TEXTS * DIM], alone[DIM];
    Net bert = load_net(&distilbert, read_golden(MODEL), false);
    const int32_t *ids = DISTILBERT_GOLDEN_IDS;
    run_golden(bert, together);
    for (int i = 0; i < N_TEXTS; i++) {
        run(bert, 1, &DISTILBERT_GOLDEN_LENGTHS[i], ids, alone);
        assert_memory_equal(alone, together + i * DIM, sizeof alone);
        ids += DISTILBERT_GOLDEN_LENGTHS[i];
    }
    free_net(bert);
}

static void test_max_tokens(void **state) {
    (void)state;
    // with more rows than 128 and no metadata it is 128; with fewer, their number
    Net bert = load_net(&distilbert, edited_golden(MODEL, (Edit){.drop_metadata = "max_seq_length"}), false);
    assert_int_equal(sizes_of(bert).max_tokens, 36);
    free_net(bert);
    const Edit more = {
        .drop_metadata = "max_seq_length", .lengthen = "embeddings.position_embeddings.weight", .n_rows = 200};
    bert = load_net(&distilbert, edited_golden(MODEL, more), false);
    assert_int_equal(sizes_of(bert).max_tokens, 128);
    free_net(bert);
}

// ---- files that do not fit

static void assert_refused_file(File file, const char *expected) {
    assert_int_equal(check_net(&distilbert, file), STATUS_BAD_FORMAT);
    if (!strstr(status_message(), expected))
        fail_msg("expected a sentence with \"%s\" but found: %s", expected, status_message());
    free(file.data);
}

static void assert_refused(const char *golden, Edit edit, const char *expected) {
    assert_refused_file(edited_golden(golden, edit), expected);
}

static void test_missing_tensor(void **state) {
    (void)state;
    static const char *const goldens[] = {MODEL, MODEL_I8};
    for (int g = 0; g < 2; g++) {
        const GoldenNames names = golden_names(goldens[g]);
        for (int i = 0; i < names.n; i++) {
            assert_refused(goldens[g], (Edit){.drop = names.names[i]}, names.names[i]);
            assert_non_null(strstr(status_message(), "there is none"));
        }
    }
}

static void test_wrong_shape_and_dtype(void **state) {
    (void)state;
    assert_refused(MODEL, (Edit){.flatten = "transformer.layer.1.ffn.lin2.weight"},
                   "transformer.layer.1.ffn.lin2.weight to have the shape [48, 96] but found [4608]");
    assert_refused(MODEL, (Edit){.flatten = "dense.weight"}, "dense.weight to have 2 dimensions");
    assert_refused(MODEL, (Edit){.flatten = "embeddings.word_embeddings.weight"}, "word_embeddings");
    assert_refused(MODEL, (Edit){.as_u8 = "embeddings.word_embeddings.weight"},
                   "word_embeddings.weight to hold F32, F16, BF16 or I8 but found U8");
}

static void test_what_is_absurd(void **state) {
    (void)state;
    File file = edited_golden(MODEL, (Edit){.lengthen = "embeddings.position_embeddings.weight", .n_rows = 16386});
    assert_int_equal(check_net(&distilbert, file), STATUS_UNSUPPORTED);
    assert_non_null(strstr(status_message(), "at most 16385 places but found 16386"));
    free(file.data);
    assert_refused(MODEL, (Edit){.spoil = "embeddings.word_embeddings.weight", .spoilt = NAN},
                   "word_embeddings.weight but found nan");
    assert_refused(MODEL, (Edit){.spoil = "transformer.layer.1.ffn.lin2.weight", .spoilt = INFINITY},
                   "lin2.weight but found inf");
}

static void test_another_network(void **state) {
    (void)state;
    assert_refused_file(read_golden("clip/text.safetensors"), "embeddings.word_embeddings.weight");
}

// Wherever the file ends, and whichever allocation fails, the network is refused and nothing leaks (under the
// sanitizers).
static void test_truncated(void **state) {
    (void)state;
    File file = read_golden(MODEL_I8);
    for (size_t size = 0; size < 64000; size += 997)
        assert_int_equal(check_net(&distilbert, (File){file.data, size}), STATUS_BAD_FORMAT);
    free(file.data);
}

static Status try_to_load(void *file) { return check_net(&distilbert, *(File *)file); }

static void test_failing_memory(void **state) {
    (void)state;
    need_counted_memory();
    File file = read_golden(MODEL_I8);
    assert_true(fail_each_allocation(try_to_load, &file) > 50);
    free(file.data);
}

int main(int argc, char **argv) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_layers),
        cmocka_unit_test(test_reference_kernels),
        cmocka_unit_test(test_f32),
        cmocka_unit_test(test_any_order),
        cmocka_unit_test(test_bf16),
        cmocka_unit_test(test_i8),
        cmocka_unit_test(test_alone),
        cmocka_unit_test(test_max_tokens),
        cmocka_unit_test(test_missing_tensor),
        cmocka_unit_test(test_wrong_shape_and_dtype),
        cmocka_unit_test(test_another_network),
        cmocka_unit_test(test_what_is_absurd),
        cmocka_unit_test(test_truncated),
        cmocka_unit_test(test_failing_memory),
    };
    if (parallel_start(2)) return 1;
    return RUN_TESTS("distilbert", argc, argv, tests);
}
