// The nearest vectors to a query: an exact scan of all rows on all threads.
//
// Each row first gets a fast score, whose error has a known bound. Rows that could be among the best get the
// exact score, in float64. So the answer is the same as that of an exhaustive search in float64 over the stored
// vectors, for each dtype. It depends neither on threads nor on the machine.
#ifndef SEARCH_SEARCH_H
#define SEARCH_SEARCH_H

#include "search/top_k.h"
#include "search/vector_rows.h"

typedef enum SearchMetric { SEARCH_COSINE, SEARCH_DOT } SearchMetric;

typedef struct Search Search;

// For the `k` >= 1 best of the rows that search_add brings. `query` [dims] is not kept. Errors as of
// stored_vector_check_form and stored_vector_from (float32); STATUS_NO_MEMORY.
MUST_CHECK Status search_begin(const float *query, int dims, int k, SearchMetric metric, Search **out);
void search_end(Search *search); // accepts NULL

// Scans all rows. Their numbers follow those of earlier calls, so a collection that does not fit into memory can pass
// through one VectorRows part by part. `filter` NULL: all may be in the answer; else bit r % 8 of byte r / 8 says
// whether row r of `rows` may. STATUS_BAD_ARGUMENT: other dims; STATUS_UNSUPPORTED: more than 2^31 - 1 rows in all;
// STATUS_NO_MEMORY.
MUST_CHECK Status search_add(Search *search, const VectorRows *rows, const uint8_t *filter);

typedef struct SearchFound {
    const ScoredRow *best; // [n], the best first, of equal scores the lower row; the search's own
    int n;
    // Of the scores of all rows that pass the filter: how many, their mean and (population) standard deviation; to
    // about 1e-4 of the query's length times the vectors'.
    double count, mean, deviation;
} SearchFound;

// To be called once, after the last search_add.
SearchFound search_found(Search *search);

// The exact scores [n] of n vectors as they are stored, for those that a search of a coarser dtype has found. Errors as
// of search_begin, and STATUS_BAD_FORMAT for a vector that stored_vector_check refuses.
MUST_CHECK Status search_scores(VectorForm form, SearchMetric metric, const float *query, const uint8_t *stored, int n,
                                float *scores);

#endif
