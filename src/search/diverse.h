// Few of many candidates that are relevant and unlike each other: greedy maximum a posteriori of a determinantal point
// process (Chen, Zhang, Zhou 2018, "Fast Greedy MAP Inference for Determinantal Point Process to Improve Recommendation
// Diversity", algorithm 1).
#ifndef SEARCH_DIVERSE_H
#define SEARCH_DIVERSE_H

#include <stdint.h>

#include "core/status.h"

typedef struct DiverseCandidates {
    const float *vectors;   // [n][dims], of any length but 0
    const float *relevance; // [n], finite
    int n, dims;
} DiverseCandidates;

// Chooses up to `k` >= 1 candidates, one after the other, each time the one that adds most to
//     weight * sum of relevance + (1 - weight) * log det S,    S[i][j] = (1 + cosine of i and j) / 2;
// of equal ones the first. `weight` from 0 to 1: 1: only relevance counts. A copy of a chosen candidate has
// det S = 0 and is never chosen, so there may be fewer than k. chosen [k]; n_chosen: how many.
// STATUS_BAD_ARGUMENT: an argument out of range, or a vector that stored_vector_from refuses; STATUS_NO_MEMORY.
MUST_CHECK Status diverse_choose(const DiverseCandidates *from, int k, float weight, int32_t *chosen, int *n_chosen);

#endif
