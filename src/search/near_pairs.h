// Pairs of perceptual hashes (image/perceptual_hash.h) that differ in few bits. Two of distance d differ in at most
// d / 16 bits of at least one of their 16 words, so tables by word find them all without comparing each with each
// (Norouzi, Punjani, Fleet 2012, "Fast Search in Hamming Space with Multi-Index Hashing").
#ifndef SEARCH_NEAR_PAIRS_H
#define SEARCH_NEAR_PAIRS_H

#include <stddef.h>
#include <stdint.h>

#include "core/status.h"

enum {
    NEAR_PAIRS_HASH_BYTES = 32,
    NEAR_PAIRS_MAX = 1 << 24, // pairs: if there are more, many pictures are copies of one
};

typedef struct NearPairs {
    int32_t *pairs; // owned; [n][2], a < b, by rising a and b
    size_t n;
} NearPairs;

// All pairs of hashes [n][NEAR_PAIRS_HASH_BYTES] that differ in `distance` bits at most. STATUS_BAD_ARGUMENT: distance
// not from 0 to 256, or n < 0; STATUS_UNSUPPORTED: more than NEAR_PAIRS_MAX; STATUS_NO_MEMORY.
MUST_CHECK Status near_pairs_find(const uint8_t *hashes, int n, int distance, NearPairs *out);
void near_pairs_free(NearPairs *pairs);

#endif
