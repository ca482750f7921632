// Dot products of rows against their plain twin, with the largest values too; with --bench both are timed.
#include "search/row_dot.h"

#include "core/half.h"
#include "kernels/kernel.h"

static const Dtype dtypes[] = {DTYPE_F32, DTYPE_F16, DTYPE_I8};
static const char *const names[] = {"float32", "float16", "int8"};

// Random values, of int8 from -128, of float16 every rebiased one.
static void *random_rows(Dtype dtype, size_t n) {
    uint8_t *rows = malloc(n * dtype_bytes(dtype));
    assert_non_null(rows);
    for (size_t i = 0; i < n; i++) {
        const float value = random_float();
        const uint16_t half = half_rebias((uint16_t)((uint32_t)(value * 32767) & 0x87ffu) | (i % 3 ? 0x3000u : 0));
        switch (dtype) {
            case DTYPE_I8: ((int8_t *)rows)[i] = (int8_t)(value * 128); break;
            case DTYPE_F16: ((uint16_t *)(void *)rows)[i] = half; break;
            default: ((float *)(void *)rows)[i] = value; break;
        }
    }
    return rows;
}

static RowDotQuery random_query(size_t padded, int most) {
    RowDotQuery query = {random_floats(padded, 1), malloc(padded * sizeof(int16_t))};
    assert_non_null(query.words);
    for (size_t i = 0; i < padded; i++) query.words[i] = (int16_t)(random_float() * (float)most);
    return query;
}

static void free_query(RowDotQuery query) {
    free(query.floats);
    free(query.words);
}

static void check(Dtype dtype, size_t padded) {
    const int room = INT32_MAX / 128 / (int)padded; // for words that are all as large
    const RowDotQuery query = random_query(padded, room < INT16_MAX ? room : INT16_MAX);
    void *row = random_rows(dtype, padded);
    const double found = row_dot_simd(dtype)(&query, row, padded), expected = row_dot_ref(dtype)(&query, row, padded);
    const double tolerance = dtype == DTYPE_I8 ? 0 : 1e-6 * (double)padded;
    if (!(fabs(found - expected) <= tolerance))
        fail_msg("%zu values of %s: expected %.9g but found %.9g", padded, dtype_name(dtype), expected, found);
    free(row);
    free_query(query);
}

static void test_equals_reference(void **state) {
    (void)state;
    const size_t sizes[] = {16, 32, 48, 112, 768, 1504, 65536};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        for (size_t k = 0; k < sizeof dtypes / sizeof *dtypes; k++) check(dtypes[k], sizes[i]);
    }
}

static void test_largest_integers(void **state) {
    (void)state;
    enum { PADDED = 512 };
    int8_t row[PADDED];
    RowDotQuery query = random_query(PADDED, 1);
    memset(row, -128, sizeof row);
    for (int i = 0; i < PADDED; i++) query.words[i] = -32767;
    assert_true(row_dot_simd(DTYPE_I8)(&query, row, PADDED) == 128.0 * 32767 * PADDED); // 2,147,418,112
    free_query(query);
}

static double run_all(RowDot *dot, const RowDotQuery *query, const uint8_t *rows, size_t row_bytes, size_t padded,
                      int n) {
    double sum = 0;
    for (int i = 0; i < n; i++) sum += dot(query, rows + (size_t)i * row_bytes, padded);
    return sum;
}

static void bench(Dtype dtype, const char *name) {
    enum { PADDED = 768, N = 256 }; // within the second cache
    const RowDotQuery query = random_query(PADDED, 1000);
    uint8_t *rows = random_rows(dtype, PADDED * N);
    const size_t bytes = PADDED * dtype_bytes(dtype);
    double best[2], sum = 0;
    BEST_SECONDS_OF_TWO(best, sum += run_all(row_dot_simd(dtype), &query, rows, bytes, PADDED, N),
                        sum += run_all(row_dot_ref(dtype), &query, rows, bytes, PADDED, N));
    printf("%s, 768 values: %.1f ns a row; plain twin: %.1f (%g)\n", name, best[0] * 1e9 / N, best[1] * 1e9 / N, sum);
    free(rows);
    free_query(query);
}

int main(int argc, char **argv) {
    if (has_flag(argc, argv, "--bench")) {
        for (size_t i = 0; i < sizeof dtypes / sizeof *dtypes; i++) bench(dtypes[i], names[i]);
        return 0;
    }
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_equals_reference),
                                       cmocka_unit_test(test_largest_integers)};
    return RUN_TESTS("row_dot", argc, argv, tests);
}
