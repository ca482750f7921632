// Attention against its plain twin; with --bench, the shapes of ViT-L/14 and of its text encoder are timed.
#include "core/host.h"
#include "core/parallel.h"
#include "kernels/kernel.h"
#include "ops/kernels.h"

typedef struct Case {
    int heads, head_dim, n_queries, n_keys;
    bool causal;
} Case;

static const Case cases[] = {
    {1, 1, 1, 1, false},      {2, 3, 2, 5, false},    {3, 4, 4, 4, true},      {2, 8, 7, 7, true},
    {1, 9, 13, 3, false},     {2, 64, 47, 49, true},  {2, 64, 48, 48, true},   {1, 64, 49, 50, false},
    {12, 64, 77, 77, true},   {12, 64, 10, 10, true}, {4, 80, 97, 97, false},  {12, 64, 10, 10, false},
    {3, 64, 257, 257, false}, {3, 64, 1, 257, false}, {2, 31, 101, 101, true},
};

typedef struct Fixture {
    float *qkv;
    Attention attention;
    Tensor out;
} Fixture;

// q, k and v as parts of one row. `spread` of q makes scores from alike to one far above the rest.
static Fixture make(Case c, float spread) {
    const int dim = c.heads * c.head_dim, tokens = c.n_queries > c.n_keys ? c.n_queries : c.n_keys;
    const size_t stride = (size_t)dim * 3 + 1;
    Fixture f = {.qkv = random_floats((size_t)tokens * stride, 1), .out = guarded_tensor(1, c.n_queries, dim)};
    for (size_t i = 0; i < (size_t)tokens * stride; i++) f.qkv[i] *= i % stride < (size_t)dim ? spread : 1;
    f.attention = (Attention){c.heads,  c.head_dim, c.n_queries, c.n_keys,        1 / sqrtf((float)c.head_dim),
                              c.causal, f.qkv,      f.qkv + dim, f.qkv + 2 * dim, stride,
                              stride,   f.out.data, (size_t)dim};
    return f;
}

static void test_equals_reference(void **state) {
    (void)state;
    const float spreads[] = {0.1f, 3, 60};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        for (int s = 0; s < 3; s++) {
            Fixture f = make(cases[i], spreads[s]);
            Tensor expected = guarded_tensor(1, f.out.w, f.out.c);
            Attention ref = f.attention;
            ref.out = expected.data;
            assert_int_equal(attention_plan(cases[i].n_keys, cases[i].head_dim), STATUS_OK);
            attention_run(&f.attention);
            kernels_reference.attention(&ref);
            assert_guards(f.out);
            const double error = normalised_error(f.out, expected);
            // scores of up to some hundred are rounded before exp makes relative errors of absolute ones
            if (!(error <= 1e-9)) print_error("case %zu, spread %g: error %g\n", i, spreads[s], error);
            assert_true(error <= 1e-9);
            guarded_free(f.out);
            guarded_free(expected);
            free(f.qkv);
        }
    }
}

// As in JavaScriptCore.
static void test_equals_reference_with_slow_splats(void **state) {
    host_set_slow_splats(true);
    test_equals_reference(state);
    host_set_slow_splats(false);
}

static void test_threads_do_not_matter(void **state) {
    (void)state;
    Fixture f = make((Case){5, 64, 77, 77, true}, 3);
    Tensor first = guarded_tensor(1, f.out.w, f.out.c);
    for (int threads = 1; threads <= 4; threads++) {
        assert_int_equal(parallel_start(threads), STATUS_OK);
        assert_int_equal(attention_plan(77, 64), STATUS_OK);
        attention_run(&f.attention);
        if (threads == 1) memcpy(first.data, f.out.data, tensor_count(first) * sizeof(float));
        assert_memory_equal(first.data, f.out.data, tensor_count(first) * sizeof(float));
    }
    guarded_free(f.out);
    guarded_free(first);
    free(f.qkv);
}

static void bench(Case c, int threads) {
    if (parallel_start(threads) || attention_plan(c.n_keys, c.head_dim)) abort();
    Fixture f = make(c, 3);
    double best[2];
    BEST_SECONDS_OF_TWO(best, attention_run(&f.attention), attention_run(&f.attention));
    const double flops = 4.0 * c.heads * c.head_dim * c.n_queries * c.n_keys;
    printf("| %d heads of %d, %d tokens%s | %d | %.3f | %.1f |\n", c.heads, c.head_dim, c.n_keys,
           c.causal ? ", causal" : "", threads, best[0] * 1e3, flops / best[0] * 1e-9);
    guarded_free(f.out);
    free(f.qkv);
}

int main(int argc, char **argv) {
    if (has_flag(argc, argv, "--bench")) {
        printf("| attention | threads | ms | GFLOP/s |\n|---|---|---|---|\n");
        for (int threads = 1; threads <= 2; threads++) {
            bench((Case){16, 64, 257, 257, false}, threads);
            bench((Case){12, 64, 77, 77, true}, threads);
            bench((Case){12, 64, 10, 10, true}, threads);
        }
        return 0;
    }
    if (parallel_start(2)) return 1;
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_equals_reference),
                                       cmocka_unit_test(test_equals_reference_with_slow_splats),
                                       cmocka_unit_test(test_threads_do_not_matter)};
    return RUN_TESTS("attention", argc, argv, tests);
}
