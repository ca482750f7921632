// The k best of any number of rows: the higher score first, of equal scores the lower row.
#ifndef SEARCH_TOP_K_H
#define SEARCH_TOP_K_H

#include <math.h>
#include <stdint.h>

#include "core/status.h"

typedef struct ScoredRow {
    double score; // never NaN
    int32_t row;
} ScoredRow;

// A heap until top_k_sort; its first row is the worst.
typedef struct TopK {
    ScoredRow *best; // owned
    int n, k;
} TopK;

// k >= 1. STATUS_NO_MEMORY.
MUST_CHECK Status top_k_create(int k, TopK *out);
void top_k_free(TopK *top); // accepts a zeroed one

// The score that a row must reach to be among the best.
static inline double top_k_threshold(const TopK *top) {
    return top->n < top->k ? -(double)INFINITY : top->best[0].score;
}

void top_k_add(TopK *top, ScoredRow row);
// The best first. Nothing can be added afterwards.
void top_k_sort(TopK *top);

#endif
