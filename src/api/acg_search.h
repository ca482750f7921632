// The exported ABI of the search in vectors and hashes: see src/search. See acg.h for what all functions have in
// common.
#ifndef API_ACG_SEARCH_H
#define API_ACG_SEARCH_H

#include <stddef.h>
#include <stdint.h>

typedef struct AcgVectors AcgVectors;
typedef struct AcgSearch AcgSearch;
typedef struct AcgPairs AcgPairs;

enum { ACG_DTYPE_F32 = 0, ACG_DTYPE_F16 = 1, ACG_DTYPE_I8 = 2 };
enum { ACG_METRIC_COSINE = 0, ACG_METRIC_DOT = 1 };

// Vectors of `dims` values, none yet. They are kept as `dtype`, ACG_DTYPE_*.
AcgVectors *acg_search_vectors_open(int dims, int dtype);
// Appends n vectors [n][dims], or as they are stored (search/stored_vector.h). After a failure none has been appended.
int acg_search_vectors_append(AcgVectors *vectors, const float *values, int n);
int acg_search_vectors_append_stored(AcgVectors *vectors, const uint8_t *stored, int n);
void acg_search_vectors_truncate(AcgVectors *vectors, int n); // forgets all but the first n and keeps the memory
int acg_search_vectors_rows(const AcgVectors *vectors);
double acg_search_vectors_bytes(const AcgVectors *vectors); // of memory
void acg_search_vectors_close(AcgVectors *vectors);         // accepts NULL

// One vector in its stored form, of acg_search_stored_bytes(dims, dtype) bytes; 0 bytes: no such form.
size_t acg_search_stored_bytes(int dims, int dtype);
int acg_search_store(const float *values, int dims, int dtype, uint8_t *stored);
// The exact scores [n] of n stored vectors.
int acg_search_scores(const float *query, int dims, int dtype, const uint8_t *stored, int n, int metric, float *scores);

typedef struct AcgFound {
    double count, mean, deviation; // of the scores of all rows that passed the filters
    int32_t n;                     // the best, the best first; of equal scores the lower row
    const int32_t *rows;
    const float *scores;
} AcgFound;

// Begins to look for the k nearest of the vectors that acg_search_add brings. The query is not kept.
AcgSearch *acg_search_begin(const float *query, int dims, int k, int metric);
// Looks at all vectors; they get the row numbers behind those of earlier calls. `filter`: NULL, or a bitmap of
// filter_bytes in which bit r % 8 of byte r / 8 says whether row r of these may be in the answer.
int acg_search_add(AcgSearch *search, const AcgVectors *vectors, const uint8_t *filter, size_t filter_bytes);
const AcgFound *acg_search_found(AcgSearch *search); // once, after the last; valid until the end
void acg_search_end(AcgSearch *search);              // accepts NULL

// Chooses up to k of n candidates into chosen [k] (search/diverse.h). Returns how many; -1: failed.
int acg_search_diverse(const float *vectors, int n, int dims, const float *relevance, int k, float weight,
                       int32_t *chosen);

// All pairs of perceptual hashes [n][32] that differ in `distance` bits at most (search/near_pairs.h).
AcgPairs *acg_search_pairs_find(const uint8_t *hashes, int n, int distance);
size_t acg_search_pairs_n(const AcgPairs *pairs);
const int32_t *acg_search_pairs_at(const AcgPairs *pairs); // [n][2]
void acg_search_pairs_free(AcgPairs *pairs);               // accepts NULL

#endif
