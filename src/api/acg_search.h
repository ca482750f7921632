// The C interface of the search in vectors and hashes (src/search). acg.h says how functions fail. The ten vectors that
// are nearest to a query, without checks for failures:
//
//     AcgVectors *vectors = acg_search_vectors_open(dims, ACG_DTYPE_F16);
//     acg_search_vectors_append(vectors, values, n);
//     AcgSearch *search = acg_search_begin(query, dims, 10, ACG_METRIC_COSINE);
//     acg_search_add(search, vectors, NULL, 0);
//     const AcgFound *found = acg_search_found(search); // rows [n] and scores [n]
//     acg_search_end(search);
#ifndef API_ACG_SEARCH_H
#define API_ACG_SEARCH_H

#include <stddef.h>
#include <stdint.h>

typedef struct AcgVectors AcgVectors;
typedef struct AcgSearch AcgSearch;
typedef struct AcgPairs AcgPairs;

enum { ACG_DTYPE_F32 = 0, ACG_DTYPE_F16 = 1, ACG_DTYPE_I8 = 2 };
enum { ACG_METRIC_COSINE = 0, ACG_METRIC_DOT = 1 };

// Opens an empty collection of vectors with `dims` values, 1 to 65536, which are kept as `dtype`, ACG_DTYPE_*.
// STATUS_BAD_ARGUMENT, STATUS_NO_MEMORY.
AcgVectors *acg_search_vectors_open(int dims, int dtype);
// Appends n vectors, as values [n][dims] or in their stored form (search/stored_vector.h). After a failure none has
// been appended. STATUS_BAD_ARGUMENT: n < 0, or a vector whose length is 0, not finite or out of range;
// STATUS_BAD_FORMAT: not a stored vector; STATUS_NO_MEMORY.
int acg_search_vectors_append(AcgVectors *vectors, const float *values, int n);
int acg_search_vectors_append_stored(AcgVectors *vectors, const uint8_t *stored, int n);
void acg_search_vectors_truncate(AcgVectors *vectors, int n); // removes all but the first n, and keeps the memory
int acg_search_vectors_rows(const AcgVectors *vectors);       // the number of vectors
double acg_search_vectors_bytes(const AcgVectors *vectors);   // of memory
void acg_search_vectors_close(AcgVectors *vectors);           // accepts NULL

// The bytes of a vector in its stored form; 0: STATUS_BAD_ARGUMENT. acg_search_store writes that form of values [dims];
// errors as of acg_search_vectors_append.
size_t acg_search_stored_bytes(int dims, int dtype);
int acg_search_store(const float *values, int dims, int dtype, uint8_t *stored);
// Writes the exact scores [n] of n stored vectors. `metric`: ACG_METRIC_*. Errors as of acg_search_begin and
// acg_search_vectors_append_stored.
int acg_search_scores(const float *query, int dims, int dtype, const uint8_t *stored, int n, int metric, float *scores);

typedef struct AcgFound {
    double count, mean, deviation; // of the scores of all rows that passed the filters
    int32_t n;                     // how many were found, at most k
    const int32_t *rows;           // [n], the best first; of equal scores the lower row first
    const float *scores;           // [n]
} AcgFound;

// Begins a search for the k >= 1 vectors that are nearest to query [dims], which is not needed after this call.
// `metric`: ACG_METRIC_*. STATUS_BAD_ARGUMENT: an argument is out of range, or the query's length is 0 or not finite;
// STATUS_NO_MEMORY.
AcgSearch *acg_search_begin(const float *query, int dims, int k, int metric);
// Searches all rows of `vectors`. Their row numbers follow those of earlier calls. `filter`: NULL, or a bitmap in which
// bit r % 8 of byte r / 8 says whether row r of `vectors` may be in the answer. STATUS_BAD_ARGUMENT: other dims, or a
// bitmap that is too short; STATUS_UNSUPPORTED: more than 2^31 - 1 rows in all; STATUS_NO_MEMORY.
int acg_search_add(AcgSearch *search, const AcgVectors *vectors, const uint8_t *filter, size_t filter_bytes);
// To be called once, after the last acg_search_add; valid until acg_search_end. STATUS_NO_MEMORY.
const AcgFound *acg_search_found(AcgSearch *search);
void acg_search_end(AcgSearch *search); // accepts NULL

// Chooses up to k of n candidates that are relevant and unlike each other (search/diverse.h): vectors [n][dims],
// relevance [n], weight from 0 to 1 (1: only relevance counts) -> chosen [k]. Returns how many were chosen; -1: a
// failure.
int acg_search_diverse(const float *vectors, int n, int dims, const float *relevance, int k, float weight,
                       int32_t *chosen);

// Finds all pairs of perceptual hashes [n][32] that differ in at most `distance` bits, 0 to 256 (search/near_pairs.h).
// STATUS_BAD_ARGUMENT; STATUS_UNSUPPORTED: more than 2^24 pairs; STATUS_NO_MEMORY.
AcgPairs *acg_search_pairs_find(const uint8_t *hashes, int n, int distance);
size_t acg_search_pairs_n(const AcgPairs *pairs);
const int32_t *acg_search_pairs_at(const AcgPairs *pairs); // [n][2], numbers of hashes, the lower one first
void acg_search_pairs_free(AcgPairs *pairs);               // accepts NULL

#endif
