// Vectors as they are stored, of any bytes: what is taken up must be found, in the order of the exact scores. Then
// choosing among them, and pairs of hashes.
#include <math.h>

#include "fuzz.h"
#include "search/diverse.h"
#include "search/near_pairs.h"
#include "search/search.h"

enum { MOST_ROWS = 48, MOST_DIMS = 40, MOST_HASHES = 40 };

static VectorForm draw_form(Draw *draw) {
    static const Dtype dtypes[] = {DTYPE_F32, DTYPE_F16, DTYPE_I8, DTYPE_BF16};
    const int which = draw_int(draw, 0, 255);
    return (VectorForm){draw_int(draw, 0, MOST_DIMS), dtypes[which < 4 ? which : which % 3]};
}

// Appends those rows that are vectors; `stored` gets them, too. Returns how many.
static int take_rows(Draw *draw, VectorForm form, VectorRows *rows, uint8_t *stored) {
    const size_t bytes = stored_vector_bytes(form);
    int n = 0;
    while (draw->left && n < MOST_ROWS) {
        uint8_t *own = stored + (size_t)n * bytes;
        for (size_t i = 0; i < bytes; i++) own[i] = draw_byte(draw);
        const Status status = vector_rows_append_stored(rows, own, 1);
        MUST(status == stored_vector_check(form, own, "it"));
        MUST(status == STATUS_OK || status == STATUS_BAD_FORMAT);
        n += status == STATUS_OK;
        MUST(vector_rows_n(rows) == n);
    }
    return n;
}

static bool draw_query(Draw *draw, VectorForm form, float *query) {
    for (int i = 0; i < form.dims; i++) query[i] = draw_any_float(draw);
    return stored_vector_check_values(form.dims, query, "the query") == STATUS_OK;
}

typedef struct Asked {
    const float *query;
    int k;
    SearchMetric metric;
} Asked;

// No row that was left out, and none behind, may be better than one that was found.
static void check_found(const SearchFound *found, const float *scores, int n, int k) {
    bool is_found[MOST_ROWS] = {false};
    MUST(found->n == (k < n ? k : n) && found->count == n);
    MUST(n == 0 || (isfinite(found->mean) && found->deviation >= 0));
    for (int i = 0; i < found->n; i++) {
        const ScoredRow at = found->best[i];
        MUST(at.row >= 0 && at.row < n && !is_found[at.row]);
        MUST((float)at.score == scores[at.row]);
        MUST(i == 0 || at.score < found->best[i - 1].score || at.row > found->best[i - 1].row);
        is_found[at.row] = true;
    }
    for (int row = 0; row < n && found->n; row++)
        MUST(is_found[row] || scores[row] <= scores[found->best[found->n - 1].row]);
}

static void search(const VectorRows *rows, const uint8_t *stored, Asked asked) {
    const VectorForm form = vector_rows_form(rows);
    const int n = vector_rows_n(rows);
    float scores[MOST_ROWS];
    Search *task;
    MUST_WORK(search_begin(asked.query, form.dims, asked.k, asked.metric, &task));
    MUST_WORK(search_add(task, rows, NULL));
    const SearchFound found = search_found(task);
    if (n) MUST_WORK(search_scores(form, asked.metric, asked.query, stored, n, scores));
    check_found(&found, scores, n, asked.k);
    search_end(task);
}

static void choose(const float *query, VectorForm form, Draw *draw) {
    enum { N = 6 };
    float vectors[N * MOST_DIMS], relevance[N];
    int32_t chosen[N];
    int n;
    for (int i = 0; i < N; i++) {
        relevance[i] = draw_any_float(draw);
        memcpy(vectors + i * form.dims, query, (size_t)form.dims * sizeof *query);
        vectors[i * form.dims + i % form.dims] = draw_any_float(draw);
    }
    const DiverseCandidates from = {vectors, relevance, N, form.dims};
    if (diverse_choose(&from, draw_int(draw, 0, N + 1), draw_any_float(draw), chosen, &n)) return;
    MUST(n >= 1 && n <= N);
    for (int i = 0; i < n; i++) {
        MUST(chosen[i] >= 0 && chosen[i] < N);
        for (int k = 0; k < i; k++) MUST(chosen[k] != chosen[i]);
    }
}

static int bits_apart(const uint8_t *a, const uint8_t *b) {
    int bits = 0;
    for (int i = 0; i < NEAR_PAIRS_HASH_BYTES; i++) bits += __builtin_popcount((unsigned)(a[i] ^ b[i]));
    return bits;
}

static void pair(const uint8_t *bytes, size_t size, int distance) {
    const size_t whole = size / NEAR_PAIRS_HASH_BYTES, n = whole < MOST_HASHES ? whole : MOST_HASHES;
    NearPairs pairs;
    size_t expected = 0;
    if (near_pairs_find(bytes, (int)n, distance, &pairs)) return;
    for (size_t a = 0; a < n; a++) {
        for (size_t b = a + 1; b < n; b++)
            expected += bits_apart(bytes + a * NEAR_PAIRS_HASH_BYTES, bytes + b * NEAR_PAIRS_HASH_BYTES) <= distance;
    }
    MUST(pairs.n == expected);
    near_pairs_free(&pairs);
}

void fuzz_one(const uint8_t *bytes, size_t size) {
    Draw draw = draw_from(bytes, size);
    const VectorForm form = draw_form(&draw);
    const int k = draw_int(&draw, 1, 60), metric = draw_int(&draw, 0, 1);
    float query[MOST_DIMS];
    uint8_t stored[MOST_ROWS * (sizeof(float) + MOST_DIMS * sizeof(float))];
    VectorRows *rows;
    pair(draw.at, draw.left, draw_any_int(&draw));
    if (vector_rows_create(form, &rows)) return;
    const bool is_vector = draw_query(&draw, form, query);
    if (is_vector) choose(query, form, &draw);
    take_rows(&draw, form, rows, stored);
    if (is_vector) search(rows, stored, (Asked){query, k, (SearchMetric)metric});
    vector_rows_free(rows);
}
