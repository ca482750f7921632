// The handles of vectors, searches and pairs.
#include "api/acg_search.h"

#include <stdlib.h>

#include "api/acg_export.h"
#include "core/checked.h"
#include "search/diverse.h"
#include "search/near_pairs.h"
#include "search/search.h"

struct AcgVectors {
    VectorRows *rows;
};

struct AcgSearch {
    Search *search;
    AcgFound found;
    int32_t *rows;
    float *scores;
};

struct AcgPairs {
    NearPairs pairs;
};

static void *handle(size_t size) {
    void *made = calloc(1, size);
    if (!made && status_fail(STATUS_NO_MEMORY, "Not enough memory for a search.")) return NULL;
    return made;
}

static VectorForm form_of(int dims, int dtype) {
    static const Dtype dtypes[] = {DTYPE_F32, DTYPE_F16, DTYPE_I8};
    const int n = sizeof dtypes / sizeof *dtypes;
    return (VectorForm){dims, dtype >= 0 && dtype < n ? dtypes[dtype] : DTYPE_COUNT};
}

EXPORT AcgVectors *acg_search_vectors_open(int dims, int dtype) {
    AcgVectors *vectors = handle(sizeof *vectors);
    if (!vectors) return NULL;
    if (!vector_rows_create(form_of(dims, dtype), &vectors->rows)) return vectors;
    free(vectors);
    return NULL;
}

EXPORT int acg_search_vectors_append(AcgVectors *vectors, const float *values, int n) {
    return (int)vector_rows_append(vectors->rows, values, n);
}

EXPORT int acg_search_vectors_append_stored(AcgVectors *vectors, const uint8_t *stored, int n) {
    return (int)vector_rows_append_stored(vectors->rows, stored, n);
}

EXPORT void acg_search_vectors_truncate(AcgVectors *vectors, int n) { vector_rows_truncate(vectors->rows, n); }
EXPORT int acg_search_vectors_rows(const AcgVectors *vectors) { return vector_rows_n(vectors->rows); }
EXPORT double acg_search_vectors_bytes(const AcgVectors *vectors) { return (double)vector_rows_bytes(vectors->rows); }

EXPORT void acg_search_vectors_close(AcgVectors *vectors) {
    if (!vectors) return;
    vector_rows_free(vectors->rows);
    free(vectors);
}

EXPORT size_t acg_search_stored_bytes(int dims, int dtype) {
    const VectorForm form = form_of(dims, dtype);
    return stored_vector_check_form(form) ? 0 : stored_vector_bytes(form);
}

EXPORT int acg_search_store(const float *values, int dims, int dtype, uint8_t *stored) {
    const VectorForm form = form_of(dims, dtype);
    const Status status = stored_vector_check_form(form);
    return (int)(status ? status : stored_vector_from(form, values, "the vector", stored));
}

EXPORT int acg_search_scores(const float *query, int dims, int dtype, const uint8_t *stored, int n, int metric,
                             float *scores) {
    return (int)search_scores(form_of(dims, dtype), (SearchMetric)metric, query, stored, n, scores);
}

EXPORT AcgSearch *acg_search_begin(const float *query, int dims, int k, int metric) {
    AcgSearch *search = handle(sizeof *search);
    if (!search) return NULL;
    if (!search_begin(query, dims, k, (SearchMetric)metric, &search->search)) return search;
    free(search);
    return NULL;
}

EXPORT int acg_search_add(AcgSearch *search, const AcgVectors *vectors, const uint8_t *filter, size_t filter_bytes) {
    const size_t wanted = ((size_t)vector_rows_n(vectors->rows) + 7) / 8;
    if (filter && filter_bytes < wanted)
        return (int)status_fail(STATUS_BAD_ARGUMENT, "Expected a filter of %zu bytes but received %zu.", wanted,
                                filter_bytes);
    return (int)search_add(search->search, vectors->rows, filter);
}

EXPORT const AcgFound *acg_search_found(AcgSearch *search) {
    const SearchFound found = search_found(search->search);
    search->rows = malloc(((size_t)found.n + 1) * sizeof *search->rows);
    search->scores = malloc(((size_t)found.n + 1) * sizeof *search->scores);
    if ((!search->rows || !search->scores) && status_fail(STATUS_NO_MEMORY, "Not enough memory for a search."))
        return NULL;
    for (int i = 0; i < found.n; i++) {
        search->rows[i] = found.best[i].row;
        search->scores[i] = (float)found.best[i].score;
    }
    search->found = (AcgFound){found.count, found.mean, found.deviation, found.n, search->rows, search->scores};
    return &search->found;
}

EXPORT void acg_search_end(AcgSearch *search) {
    if (!search) return;
    search_end(search->search);
    free(search->rows);
    free(search->scores);
    free(search);
}

EXPORT int acg_search_diverse(const float *vectors, int n, int dims, const float *relevance, int k, float weight,
                              int32_t *chosen) {
    const DiverseCandidates from = {vectors, relevance, n, dims};
    int n_chosen;
    return diverse_choose(&from, k, weight, chosen, &n_chosen) ? -1 : n_chosen;
}

EXPORT AcgPairs *acg_search_pairs_find(const uint8_t *hashes, int n, int distance) {
    AcgPairs *pairs = handle(sizeof *pairs);
    if (!pairs) return NULL;
    if (!near_pairs_find(hashes, n, distance, &pairs->pairs)) return pairs;
    free(pairs);
    return NULL;
}

EXPORT size_t acg_search_pairs_n(const AcgPairs *pairs) { return pairs->pairs.n; }
EXPORT const int32_t *acg_search_pairs_at(const AcgPairs *pairs) { return pairs->pairs.pairs; }

EXPORT void acg_search_pairs_free(AcgPairs *pairs) {
    if (!pairs) return;
    near_pairs_free(&pairs->pairs);
    free(pairs);
}
