#include "search/search.h"

#include <float.h>
#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "core/checked.h"
#include "core/ints.h"
#include "core/parallel.h"
#include "search/row_dot.h"
#include "search/score_stats.h"

struct Search {
    int dims, n_threads;
    size_t padded;
    SearchMetric metric;
    float *query; // [padded], as it was given
    double length;
    RowDotQuery forms;
    double word_scale; // of forms.words: query = word_scale * words
    // Bounds of the error of a fast score, relative to the product of both lengths.
    double float_error, word_error;
    TopK *tops; // [n_threads]
    ScoreStats stats;
    int n_rows;
};

static void make_floats(Search *search) {
    for (size_t i = 0; i < (size_t)search->dims; i++)
        search->forms.floats[i] = (float)(search->query[i] / search->length);
}

// A float32 sum of n products is wrong by n roundings at most (Higham 2002, section 3.1), here with one chain of every
// SIMD_LANES-th value; each value of the query by one rounding; and subnormal values may become 0.
static double float_error(const Search *search) { return ((double)search->padded / 4 + 16) * (FLT_EPSILON / 2) * 1.01; }

// Scales the query to the largest int16, or to the largest value whose sums still fit into an int32.
static void make_words(Search *search) {
    double most = 0, sum = 0, squares = 0;
    for (size_t i = 0; i < (size_t)search->dims; i++) {
        most = fmax(most, fabs(search->query[i]));
        sum += fabs(search->query[i]);
    }
    const double room = (double)(INT32_MAX / 128) - search->dims; // each rounding adds at most a half
    search->word_scale = fmax(most / INT16_MAX, sum / room);
    for (size_t i = 0; i < (size_t)search->dims; i++) {
        const double word = rint(search->query[i] / search->word_scale);
        const double error = search->query[i] - word * search->word_scale;
        search->forms.words[i] = (int16_t)word;
        squares += error * error;
    }
    search->word_error = sqrt(squares) / search->length + FLT_EPSILON; // Cauchy-Schwarz; the length is a float
}

static Status allocate(Search *search, int k) {
    search->query = calloc(search->padded, sizeof *search->query);
    search->forms.floats = calloc(search->padded, sizeof *search->forms.floats);
    search->forms.words = calloc(search->padded, sizeof *search->forms.words);
    search->tops = calloc((size_t)search->n_threads, sizeof *search->tops);
    if (!search->query || !search->forms.floats || !search->forms.words || !search->tops)
        return status_fail(STATUS_NO_MEMORY, "Not enough memory for a search.");
    Status status = STATUS_OK;
    for (int i = 0; i < search->n_threads && !status; i++) status = top_k_create(k, search->tops + i);
    return status;
}

static Status check_query(VectorForm form, const float *query, int k, SearchMetric metric) {
    const Status status = stored_vector_check_form(form);
    if (status) return status;
    if (k < 1) return status_fail(STATUS_BAD_ARGUMENT, "Expected at least 1 row to find but received %d.", k);
    if (metric != SEARCH_COSINE && metric != SEARCH_DOT)
        return status_fail(STATUS_BAD_ARGUMENT, "Expected cosine or dot product but received metric %d.", (int)metric);
    return stored_vector_check_values(form.dims, query, "the query");
}

Status search_begin(const float *query, int dims, int k, SearchMetric metric, Search **out) {
    const VectorForm form = {dims, DTYPE_F32};
    Status status = check_query(form, query, k, metric);
    if (status) return status;
    Search *search = calloc(1, sizeof *search);
    if (!search) return status_fail(STATUS_NO_MEMORY, "Not enough memory for a search.");
    search->dims = dims;
    search->padded = (size_t)round_up(dims, ROW_DOT_PAD);
    search->n_threads = parallel_n_threads();
    search->metric = metric;
    status = allocate(search, k);
    if (status) {
        search_end(search);
        return status;
    }
    memcpy(search->query, query, (size_t)dims * sizeof *query);
    search->length = stored_vector_length(form, (const uint8_t *)query);
    make_floats(search);
    make_words(search);
    search->float_error = float_error(search);
    *out = search;
    return STATUS_OK;
}

void search_end(Search *search) {
    if (!search) return;
    for (int i = 0; search->tops && i < search->n_threads; i++) top_k_free(search->tops + i);
    free(search->tops);
    free(search->query);
    free(search->forms.floats);
    free(search->forms.words);
    free(search);
}

// One call of search_add.
typedef struct Scan {
    Search *search;
    const VectorRows *rows;
    const uint8_t *filter;
    VectorForm form;
    RowDot *dot;
    double factor; // of the kernel's sums
    double error;
    ScoreStats *stats; // [blocks]
} Scan;

static double score_of(VectorProduct product, double scale, SearchMetric metric, double query_length) {
    return metric == SEARCH_DOT ? product.dot * scale : product.dot / (query_length * sqrt(product.squares));
}

Status search_scores(VectorForm form, SearchMetric metric, const float *query, const uint8_t *stored, int n,
                     float *scores) {
    Status status = check_query(form, query, n, metric);
    if (status) return status;
    const double length = stored_vector_length((VectorForm){form.dims, DTYPE_F32}, (const uint8_t *)query);
    for (int i = 0; i < n && !status; i++, stored += stored_vector_bytes(form)) {
        status = stored_vector_check(form, stored, "a stored vector");
        if (status) return status;
        const VectorProduct product = stored_vector_product(form, query, stored + stored_vector_header(form));
        scores[i] = (float)score_of(product, (double)stored_vector_scale(form, stored), metric, length);
    }
    return STATUS_OK;
}

static double scale_of(const VectorBlock *block, int i) { return block->scales ? (double)block->scales[i] : 1; }

static double exact_score(const Scan *scan, const VectorBlock *block, int i, int thread) {
    const Search *search = scan->search;
    const uint8_t *values = vector_rows_as_stored(scan->form, search->padded, block, i, parallel_scratch(thread));
    const VectorProduct product = stored_vector_product(scan->form, search->query, values);
    return score_of(product, scale_of(block, i), search->metric, search->length);
}

// A row that passes the filter; `dot` is the fast dot product.
static void look_at(const Scan *scan, const VectorBlock *block, int i, double dot, int thread, ScoreSums *sums) {
    const Search *search = scan->search;
    TopK *top = search->tops + thread;
    const double lengths = search->length * fabsf(block->lengths[i]);
    const double unit = search->metric == SEARCH_DOT ? 1 : lengths;
    const bool is_rebiased = block->lengths[i] >= 0;
    double score = dot / unit;
    if (!is_rebiased || (dot + scan->error * lengths) >= top_k_threshold(top) * unit) {
        const double exact = exact_score(scan, block, i, thread);
        top_k_add(top, (ScoredRow){exact, search->n_rows + block->first + i});
        if (!is_rebiased) score = exact;
    }
    score_stats_add(sums, score);
}

static bool passes(const uint8_t *filter, int row) { return !filter || filter[row / 8] >> row % 8 & 1; }

static void scan_block(void *context, int index, int thread) {
    const Scan *scan = context;
    const Search *search = scan->search;
    const VectorBlock *block = vector_rows_block(scan->rows, index);
    ScoreSums scores = {0};
    for (int i = 0; i < block->n; i++) {
        if (!passes(scan->filter, block->first + i)) continue;
        const uint8_t *values = vector_rows_values(scan->form, search->padded, block, i);
        const double sum = scan->dot(&search->forms, values, search->padded);
        look_at(scan, block, i, sum * scan->factor * scale_of(block, i), thread, &scores);
    }
    scan->stats[index] = score_stats_of(&scores);
}

Status search_add(Search *search, const VectorRows *rows, const uint8_t *filter) {
    const VectorForm form = vector_rows_form(rows);
    const int n_blocks = vector_rows_n_blocks(rows);
    const bool is_i8 = form.dtype == DTYPE_I8;
    if (form.dims != search->dims)
        return status_fail(STATUS_BAD_ARGUMENT, "Expected vectors of %d values, as the query has, but received %d.",
                           search->dims, form.dims);
    if (search->n_rows > INT_MAX - vector_rows_n(rows))
        return status_fail(STATUS_UNSUPPORTED, "Expected fewer than 2^31 vectors.");
    const Scan scan = {
        .search = search,
        .rows = rows,
        .filter = filter,
        .form = form,
        .dot = row_dot_simd(form.dtype),
        .factor = is_i8 ? search->word_scale : search->length,
        .error = is_i8 ? search->word_error : search->float_error,
        .stats = calloc((size_t)n_blocks + 1, sizeof *scan.stats),
    };
    if (!scan.stats) return status_fail(STATUS_NO_MEMORY, "Not enough memory for a search.");
    const Status status = parallel_reserve_scratch((size_t)form.dims * sizeof(uint16_t));
    if (!status) parallel_for_thread(scan_block, (void *)&scan, n_blocks);
    for (int i = 0; !status && i < n_blocks; i++) score_stats_join(&search->stats, scan.stats + i);
    if (!status) search->n_rows += vector_rows_n(rows);
    free(scan.stats);
    return status;
}

SearchFound search_found(Search *search) {
    TopK *all = search->tops;
    for (int thread = 1; thread < search->n_threads; thread++) {
        for (int i = 0; i < search->tops[thread].n; i++) top_k_add(all, search->tops[thread].best[i]);
        search->tops[thread].n = 0;
    }
    top_k_sort(all);
    return (SearchFound){all->best, all->n, search->stats.count, search->stats.mean,
                         score_stats_deviation(&search->stats)};
}
