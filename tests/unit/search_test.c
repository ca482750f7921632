// The search in vectors against exhaustive ones in NumPy (search_fixtures.py), with copies and near copies among them;
// choosing unlike ones, hashes and their pairs likewise. What makes no vector is refused.
#include "search/search.h"

#include <math.h>

#include "core/half.h"
#include "core/parallel.h"
#include "failing_memory.h"
#include "fixtures.h"
#include "image/perceptual_hash.h"
#include "resize_picture.h"
#include "search/diverse.h"
#include "search/near_pairs.h"
#include "test.h"

// As noise() of search_fixtures.py: from -1 to 1.
static float noise_at(uint32_t seed, uint32_t i) {
    uint32_t x = i * 2654435761u + seed * 668265263u;
    x = (x ^ x >> 15) * 2246822519u;
    x = (x ^ x >> 13) * 3266489917u;
    return (float)(int32_t)(x ^ x >> 16) / 2147483648.0f;
}

static float *noise(uint32_t seed, size_t n) {
    float *values = malloc((n + 1) * sizeof *values);
    assert_non_null(values);
    for (size_t i = 0; i < n; i++) values[i] = noise_at(seed, (uint32_t)i);
    return values;
}

enum { ALIKE_DIMS = 96 };

// As alike() and collection() of search_fixtures.py.
static float *collection(uint32_t seed, int n, int dims, float size) {
    const size_t width = (size_t)dims;
    float *vectors = noise(seed, (size_t)n * width);
    for (int i = 0; dims == ALIKE_DIMS && i < n * dims; i++)
        vectors[i] = noise_at(seed + 1, (uint32_t)(i % dims)) + vectors[i] * size;
    if (dims == ALIKE_DIMS) return vectors;
    for (int i = 0; i < n; i++) {
        float *own = vectors + (size_t)i * width;
        for (int k = 0; k < dims; k++)
            own[k] = (own[k] * 0.25f + noise_at(seed + 1, (uint32_t)(i % 8 * dims + k))) * size;
    }
    for (int i = 1; i < n; i++) {
        float *own = vectors + (size_t)i * width;
        for (size_t k = 0; k < width; k++) {
            if (i % 7 == 3) own[k] = own[k - width];
            if (i % 11 == 5) own[k] = own[k - width] * 2;
            if (i % 13 == 6) own[k] = own[k - width];
        }
        if (i % 13 == 6) own[i % dims] = nextafterf(own[i % dims], INFINITY);
    }
    return vectors;
}

typedef struct Case {
    VectorForm form;
    SearchMetric metric;
    int n, k, every;
    float size;
    FixtureBytes rows, scores, about;
} Case;

typedef struct Choice {
    int n, dims, k, copies;
    float weight;
    FixtureBytes chosen;
} Choice;

typedef struct Hash {
    int width, height;
    FixtureBytes bits, mirrored;
    double contrast;
} Hash;

static Case *cases;
static Choice *choices;
static Hash *hashes;
static FixtureBytes floats, halves;
static int n_cases, n_choices, n_hashes;

static Dtype dtype_of(const char *name) {
    return !strcmp(name, "i8") ? DTYPE_I8 : !strcmp(name, "f16") ? DTYPE_F16 : DTYPE_F32;
}

static void load_cases(Fixtures *set) {
    cases = fixtures_table(set, "searches", sizeof *cases, &n_cases);
    for (Case *at = cases; at < cases + n_cases; at++) {
        at->form.dtype = dtype_of(fixtures_text(set));
        at->metric = strcmp(fixtures_text(set), "dot") ? SEARCH_COSINE : SEARCH_DOT;
        at->n = fixtures_int(set);
        at->form.dims = fixtures_int(set);
        at->size = strtof(fixtures_text(set), NULL);
        at->k = fixtures_int(set);
        at->every = fixtures_int(set);
        at->rows = fixtures_bytes(set);
        at->scores = fixtures_bytes(set);
        at->about = fixtures_bytes(set);
    }
}

static void load_others(Fixtures *set) {
    int n;
    free(fixtures_table(set, "halves", 1, &n)); // one row
    floats = fixtures_bytes(set);
    halves = fixtures_bytes(set);
    choices = fixtures_table(set, "choices", sizeof *choices, &n_choices);
    for (Choice *at = choices; at < choices + n_choices; at++) {
        at->n = fixtures_int(set);
        at->dims = fixtures_int(set);
        at->k = fixtures_int(set);
        at->weight = strtof(fixtures_text(set), NULL);
        at->copies = fixtures_int(set);
        at->chosen = fixtures_bytes(set);
    }
    hashes = fixtures_table(set, "hashes", sizeof *hashes, &n_hashes);
    for (Hash *at = hashes; at < hashes + n_hashes; at++) {
        at->width = fixtures_int(set);
        at->height = fixtures_int(set);
        at->bits = fixtures_bytes(set);
        at->mirrored = fixtures_bytes(set);
        at->contrast = strtod(fixtures_text(set), NULL);
    }
}

static void assert_ok(Status status) {
    if (status) fail_msg("%s", status_message());
}

static VectorRows *rows_of(VectorForm form, const float *vectors, int n) {
    VectorRows *rows;
    assert_ok(vector_rows_create(form, &rows));
    assert_ok(vector_rows_append(rows, vectors, n / 3)); // in two parts
    assert_ok(vector_rows_append(rows, vectors + (size_t)(n / 3) * (size_t)form.dims, n - n / 3));
    assert_int_equal(vector_rows_n(rows), n);
    return rows;
}

// Of every how many rows: all the more bytes than needed, as no byte more may be read.
static uint8_t *filter_of(int every, int n) {
    uint8_t *filter = calloc((size_t)(n + 7) / 8, 1);
    assert_non_null(filter);
    for (int row = 0; row < n; row += every) filter[row / 8] |= (uint8_t)(1 << row % 8);
    return filter;
}

static void compare_with(const Case *c, int number, const SearchFound *found) {
    const int32_t *rows = (const int32_t *)(const void *)c->rows.data;
    const double *scores = (const double *)(const void *)c->scores.data;
    const double *about = (const double *)(const void *)c->about.data;
    assert_int_equal(found->n, c->rows.size / sizeof *rows);
    double most = 1e-30;
    for (int i = 0; i < found->n; i++) {
        if (found->best[i].row != rows[i])
            fail_msg("case %d: expected row %d at %d but found %d (%.17g, %.17g)", number, rows[i], i,
                     found->best[i].row, scores[i], found->best[i].score);
        most = fmax(most, fabs(scores[i]));
        if (!(fabs(found->best[i].score - scores[i]) <= 1e-12 * most))
            fail_msg("case %d: expected score %.17g but found %.17g", number, scores[i], found->best[i].score);
    }
    const double tolerance = c->metric == SEARCH_COSINE ? 1e-4 : 1e-4 * most;
    assert_true(fabs(found->mean - about[0]) <= tolerance);
    assert_true(fabs(found->deviation - about[1]) <= tolerance);
    assert_int_equal((int)found->count, c->every ? (c->n + c->every - 1) / c->every : c->n);
}

static void check_case(int number) {
    const Case *c = cases + number;
    float *vectors = collection((uint32_t)number, c->n, c->form.dims, c->size);
    float *query = noise((uint32_t)number + 1000, (size_t)c->form.dims);
    uint8_t *filter = c->every ? filter_of(c->every, c->n) : NULL;
    VectorRows *rows = rows_of(c->form, vectors, c->n);
    Search *search;
    assert_ok(search_begin(query, c->form.dims, c->k, c->metric, &search));
    assert_ok(search_add(search, rows, filter));
    const SearchFound found = search_found(search);
    compare_with(c, number, &found);
    search_end(search);
    vector_rows_free(rows);
    free(filter);
    free(vectors);
    free(query);
}

static void test_equals_exhaustive_search(void **state) {
    (void)state;
    for (int threads = 1; threads <= 3; threads += 2) {
        assert_ok(parallel_start(threads));
        for (int i = 0; i < n_cases; i++) check_case(i);
    }
}

// The same collection part by part through the same memory.
static void test_streamed(void **state) {
    (void)state;
    for (int number = 0; number < n_cases; number++) {
        const Case *c = cases + number;
        if (c->every) continue;
        const size_t bytes = stored_vector_bytes(c->form);
        float *vectors = collection((uint32_t)number, c->n, c->form.dims, c->size);
        float *query = noise((uint32_t)number + 1000, (size_t)c->form.dims);
        uint8_t *stored = malloc((size_t)c->n * bytes);
        assert_non_null(stored);
        for (int i = 0; i < c->n; i++)
            assert_ok(stored_vector_from(c->form, vectors + (size_t)i * (size_t)c->form.dims, "",
                                         stored + (size_t)i * bytes));
        VectorRows *rows;
        Search *search;
        assert_ok(vector_rows_create(c->form, &rows));
        assert_ok(search_begin(query, c->form.dims, c->k, c->metric, &search));
        for (int at = 0, part; at < c->n; at += part) {
            part = c->n - at < 41 ? c->n - at : 41;
            vector_rows_truncate(rows, 0);
            assert_ok(vector_rows_append_stored(rows, stored + (size_t)at * bytes, part));
            assert_ok(search_add(search, rows, NULL));
        }
        const SearchFound found = search_found(search);
        compare_with(c, number, &found);
        search_end(search);
        vector_rows_free(rows);
        // and each score by itself
        float *scores = malloc((size_t)c->n * sizeof *scores);
        assert_non_null(scores);
        assert_ok(search_scores(c->form, c->metric, query, stored, c->n, scores));
        for (size_t i = 0; i < c->rows.size / 4; i++) {
            const double expected = ((const double *)(const void *)c->scores.data)[i];
            assert_true(fabs((double)scores[((const int32_t *)(const void *)c->rows.data)[i]] - expected) <=
                        1e-6 * fabs(expected) + 1e-12);
        }
        free(scores);
        free(stored);
        free(vectors);
        free(query);
    }
}

// A search computes on the threads of the pool, search_scores on the caller: both see subnormal values as they are.
static void test_subnormal_values(void **state) {
    (void)state;
    const VectorForm form = {2, DTYPE_F32};
    const float query[2] = {1, 0}, row[2] = {1e-40f, 1};
    float score;
    VectorRows *rows = rows_of(form, row, 1);
    Search *search;
    assert_ok(search_begin(query, form.dims, 1, SEARCH_DOT, &search));
    assert_ok(search_add(search, rows, NULL));
    const double found = search_found(search).best[0].score;
    assert_ok(search_scores(form, SEARCH_DOT, query, (const uint8_t *)row, 1, &score));
    assert_true(found == (double)row[0]);
    assert_true(score == row[0]);
    search_end(search);
    vector_rows_free(rows);
}

static void test_half_precision(void **state) {
    (void)state;
    const size_t n = floats.size / sizeof(float);
    for (size_t i = 0; i < n; i++) {
        const float value = ((const float *)(const void *)floats.data)[i];
        const uint16_t expected = ((const uint16_t *)(const void *)halves.data)[i], found = half_from_float(value);
        const bool is_nan = (expected & 0x7fff) > 0x7c00;
        if (is_nan ? (found & 0x7fff) <= 0x7c00 : found != expected)
            fail_msg("%.9g: expected %04x but found %04x", (double)value, expected, found);
    }
    assert_true(n > 4000);
}

static void assert_refused(VectorForm form, const float *values, const char *sentence) {
    VectorRows *rows;
    uint8_t stored[64];
    assert_ok(vector_rows_create(form, &rows));
    const float two[8] = {1, 2, 3, 4, values[0], values[1], values[2], values[3]};
    assert_int_equal(vector_rows_append(rows, two, 2), STATUS_BAD_ARGUMENT);
    if (!strstr(status_message(), sentence)) fail_msg("expected '%s' but found '%s'", sentence, status_message());
    assert_int_equal(vector_rows_n(rows), 0);
    assert_int_equal(stored_vector_from(form, values, "it", stored), STATUS_BAD_ARGUMENT);
    vector_rows_free(rows);
}

static void test_refused(void **state) {
    (void)state;
    const Dtype dtypes[] = {DTYPE_F32, DTYPE_F16, DTYPE_I8};
    for (int i = 0; i < 3; i++) {
        const VectorForm form = {4, dtypes[i]};
        assert_refused(form, (float[]){1, NAN, 0, 0}, "Expected finite values but vector 1 has");
        assert_refused(form, (float[]){1, 0, 0, -INFINITY}, "Expected finite values but vector 1 has -inf");
        assert_refused(form, (float[]){0, 0, -0.0f, 0}, "Expected a vector whose length is from 1e-12 to 1e+12");
        assert_refused(form, (float[]){1e-13f, 0, 0, 0}, "has 1e-13");
        assert_refused(form, (float[]){0, 2e12f, 0, 0}, "");
    }
    assert_refused((VectorForm){4, DTYPE_F16}, (float[]){0, 65520, 0, 0}, "has inf");
    assert_refused((VectorForm){4, DTYPE_F16}, (float[]){0, 1e-9f, 0, 0}, "has 0");
    VectorRows *rows;
    assert_int_equal(vector_rows_create((VectorForm){0, DTYPE_F32}, &rows), STATUS_BAD_ARGUMENT);
    assert_int_equal(vector_rows_create((VectorForm){65537, DTYPE_F32}, &rows), STATUS_BAD_ARGUMENT);
    assert_int_equal(vector_rows_create((VectorForm){4, DTYPE_BF16}, &rows), STATUS_BAD_ARGUMENT);
}

static void test_refused_as_stored(void **state) {
    (void)state;
    const float bad_scales[] = {NAN, INFINITY, -1, 0, 1e-20f, 1e20f};
    uint8_t stored[4 + 4] = {0, 0, 0, 0, 1, 128, 3, 4};
    VectorRows *rows;
    assert_ok(vector_rows_create((VectorForm){4, DTYPE_I8}, &rows));
    for (size_t i = 0; i < sizeof bad_scales / sizeof *bad_scales; i++) {
        memcpy(stored, bad_scales + i, 4);
        assert_int_equal(vector_rows_append_stored(rows, stored, 1), STATUS_BAD_FORMAT);
    }
    memcpy(stored, (float[]){0.5f}, 4);
    assert_ok(vector_rows_append_stored(rows, stored, 1)); // -128, too
    assert_int_equal(vector_rows_append_stored(rows, stored, -1), STATUS_BAD_ARGUMENT);
    assert_int_equal(vector_rows_n(rows), 1);
    vector_rows_free(rows);
}

static void test_refused_searches(void **state) {
    (void)state;
    const float query[3] = {1, 2, 3}, zero[3] = {0};
    Search *search;
    VectorRows *rows;
    assert_int_equal(search_begin(query, 3, 0, SEARCH_DOT, &search), STATUS_BAD_ARGUMENT);
    assert_int_equal(search_begin(query, 3, 1, (SearchMetric)2, &search), STATUS_BAD_ARGUMENT);
    assert_int_equal(search_begin(zero, 3, 1, SEARCH_DOT, &search), STATUS_BAD_ARGUMENT);
    assert_non_null(strstr(status_message(), "the query has 0"));
    assert_ok(search_begin(query, 3, 4, SEARCH_DOT, &search));
    assert_ok(vector_rows_create((VectorForm){2, DTYPE_F32}, &rows));
    assert_int_equal(search_add(search, rows, NULL), STATUS_BAD_ARGUMENT);
    assert_int_equal(search_found(search).n, 0); // of nothing
    search_end(search);
    vector_rows_free(rows);
}

static void test_diverse(void **state) {
    (void)state;
    for (int number = 0; number < n_choices; number++) {
        const Choice *c = choices + number;
        const size_t copies = (size_t)c->copies, dims = (size_t)c->dims, rest = (size_t)(c->n - c->copies);
        float *vectors = noise((uint32_t)number + 50, (size_t)c->n * dims),
              *relevance = noise((uint32_t)number + 70, (size_t)c->n);
        memcpy(vectors + rest * dims, vectors, copies * dims * sizeof *vectors);
        for (size_t i = 0; i < copies; i++) relevance[rest + i] = relevance[i] - 0.5f;
        const DiverseCandidates from = {vectors, relevance, c->n, c->dims};
        int32_t chosen[64];
        int n;
        assert_ok(diverse_choose(&from, c->k, c->weight, chosen, &n));
        assert_int_equal(n, c->chosen.size / sizeof *chosen);
        assert_memory_equal(chosen, c->chosen.data, c->chosen.size);
        assert_int_equal(diverse_choose(&from, 0, c->weight, chosen, &n), STATUS_BAD_ARGUMENT);
        assert_int_equal(diverse_choose(&from, 1, NAN, chosen, &n), STATUS_BAD_ARGUMENT);
        relevance[1] = NAN;
        assert_int_equal(diverse_choose(&from, 1, c->weight, chosen, &n), STATUS_BAD_ARGUMENT);
        free(vectors);
        free(relevance);
    }
}

static void test_perceptual_hash(void **state) {
    (void)state;
    for (int i = 0; i < n_hashes; i++) {
        Image image = picture(hashes[i].width, hashes[i].height, (uint32_t)i);
        PerceptualHash hash;
        perceptual_hash_make(&image, &hash);
        assert_memory_equal(hash.bits, hashes[i].bits.data, PERCEPTUAL_HASH_BYTES);
        assert_memory_equal(hash.mirrored, hashes[i].mirrored.data, PERCEPTUAL_HASH_BYTES);
        assert_true(fabs((double)hash.contrast - hashes[i].contrast) < 1e-4);
        image_free(&image);
    }
}

// Transparent white looks like white, whatever its colour.
static void test_hash_of_transparent_picture(void **state) {
    (void)state;
    Image seen, clear;
    PerceptualHash hashes_of[2];
    assert_ok(image_create(40, 30, 3, &seen));
    assert_ok(image_create(40, 30, 4, &clear));
    for (int i = 0; i < 40 * 30; i++) {
        const bool is_there = i % 40 < 20 + i / 40 % 7;
        for (int c = 0; c < 3; c++) {
            seen.pixels[i * 3 + c] = is_there ? (uint8_t)(i * 7 % 200) : 255;
            clear.pixels[i * 4 + c] = (uint8_t)(i * 7 % 200);
        }
        clear.pixels[i * 4 + 3] = is_there ? 255 : 0;
    }
    perceptual_hash_make(&seen, hashes_of);
    perceptual_hash_make(&clear, hashes_of + 1);
    assert_memory_equal(hashes_of[0].bits, hashes_of[1].bits, PERCEPTUAL_HASH_BYTES);
    assert_true(hashes_of[0].contrast > 10);
    image_free(&seen);
    image_free(&clear);
}

enum { HASH_BYTES = NEAR_PAIRS_HASH_BYTES };

// Hashes of which every third differs from the one before in a few bits.
static uint8_t *made_hashes(int n) {
    uint8_t *all = malloc((size_t)n * HASH_BYTES);
    assert_non_null(all);
    for (int i = 0; i < n; i++) {
        uint8_t *own = all + (size_t)i * HASH_BYTES;
        for (int k = 0; k < HASH_BYTES; k++)
            own[k] = (uint8_t)(128 + 127 * noise_at(3, (uint32_t)(i * HASH_BYTES + k)));
        if (i % 3 != 2) continue;
        memcpy(own, own - HASH_BYTES, HASH_BYTES);
        for (int k = 0; k < i % 50; k++) own[(i * 31 + k * 7) % HASH_BYTES] ^= (uint8_t)(1 << (i + k) % 8);
    }
    return all;
}

static int bits_apart(const uint8_t *a, const uint8_t *b) {
    int bits = 0;
    for (int i = 0; i < HASH_BYTES; i++) bits += __builtin_popcount((unsigned)(a[i] ^ b[i]));
    return bits;
}

static void check_pairs(const uint8_t *all, int n, int distance) {
    NearPairs pairs;
    size_t at = 0;
    assert_ok(near_pairs_find(all, n, distance, &pairs));
    for (int a = 0; a < n; a++) {
        for (int b = a + 1; b < n; b++) {
            if (bits_apart(all + (size_t)a * HASH_BYTES, all + (size_t)b * HASH_BYTES) > distance) continue;
            assert_true(at < pairs.n);
            assert_int_equal(pairs.pairs[2 * at], a);
            assert_int_equal(pairs.pairs[2 * at + 1], b);
            at++;
        }
    }
    assert_int_equal(pairs.n, at);
    near_pairs_free(&pairs);
}

static void test_near_pairs(void **state) {
    (void)state;
    uint8_t *all = made_hashes(1100);
    const int distances[] = {0, 15, 31, 40, 50}; // by tables of exact words, of 1 and of 2 bits, each with each
    for (size_t i = 0; i < sizeof distances / sizeof *distances; i++) check_pairs(all, 1100, distances[i]);
    for (int n = 0; n < 4; n++) check_pairs(all, n, 256);
    check_pairs(all, 200, 100);
    NearPairs pairs;
    assert_int_equal(near_pairs_find(all, 10, 257, &pairs), STATUS_BAD_ARGUMENT);
    assert_int_equal(near_pairs_find(all, 10, -1, &pairs), STATUS_BAD_ARGUMENT);
    free(all);
}

static void test_too_many_pairs(void **state) {
    (void)state;
    const int n = 6000; // all the same: 17,997,000 pairs
    uint8_t *all = calloc((size_t)n, HASH_BYTES);
    NearPairs pairs;
    assert_non_null(all);
    assert_int_equal(near_pairs_find(all, n, 100, &pairs), STATUS_UNSUPPORTED);
    free(all);
}

static Status search_all(const float *values, VectorRows *rows) {
    Search *search = NULL;
    Status status = vector_rows_append(rows, values, 20);
    if (!status) status = search_begin(values, 8, 3, SEARCH_COSINE, &search);
    if (!status) status = search_add(search, rows, NULL);
    search_end(search);
    return status;
}

static Status choose_and_pair(const float *values) {
    int32_t chosen[3];
    int n;
    NearPairs pairs;
    Status status = diverse_choose(&(DiverseCandidates){values, values, 8, 8}, 3, 0.5f, chosen, &n);
    if (status) return status;
    status = near_pairs_find((const uint8_t *)values, 20, 200, &pairs);
    if (!status) near_pairs_free(&pairs);
    return status;
}

static Status do_all(void *context) {
    const float *values = context;
    VectorRows *rows;
    Status status = vector_rows_create((VectorForm){8, DTYPE_I8}, &rows);
    if (status) return status;
    status = search_all(values, rows);
    vector_rows_free(rows);
    return status ? status : choose_and_pair(values);
}

static void test_failing_allocations(void **state) {
    (void)state;
    need_counted_memory();
    assert_ok(parallel_start(1));
    float *values = noise(1, 20 * 8);
    assert_ok(do_all(values)); // scratch is reserved once
    assert_in_range(fail_each_allocation(do_all, values), 12, 30);
    free(values);
}

int main(int argc, char **argv) {
    Fixtures set = fixtures_open("search");
    load_cases(&set);
    load_others(&set);
    fixtures_close(&set);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_equals_exhaustive_search),
        cmocka_unit_test(test_streamed),
        cmocka_unit_test(test_subnormal_values),
        cmocka_unit_test(test_half_precision),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_refused_as_stored),
        cmocka_unit_test(test_refused_searches),
        cmocka_unit_test(test_diverse),
        cmocka_unit_test(test_perceptual_hash),
        cmocka_unit_test(test_hash_of_transparent_picture),
        cmocka_unit_test(test_near_pairs),
        cmocka_unit_test(test_too_many_pairs),
        cmocka_unit_test(test_failing_allocations),
    };
    return RUN_TESTS("search", argc, argv, tests);
}
